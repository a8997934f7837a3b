// `[roles.NAME]`: for how long a role is worked in, and what is sent along when it is assumed.

import {
  durationComplaint,
  policyArnsComplaint,
  roleNameComplaint,
  sessionNameComplaint,
  tagsComplaint,
} from "../aws/session-limits.ts";
import { parseDuration } from "../text/duration.ts";
import type { Role } from "./configuration.ts";
import { makeRole } from "./find-role.ts";
import { roleKeys } from "./known-keys.ts";
import { openTable, type Path, type Refuse, type Table, wrongType } from "./toml-table.ts";

type RoleTable = Table<(typeof roleKeys)[number]>;

export interface DecodedRole {
  readonly role: Role;
  readonly table: RoleTable;
}

export function decodeRole(name: string, value: unknown, path: Path, refuse: Refuse): DecodedRole {
  const complaint = roleNameComplaint(name);
  if (complaint !== undefined) {
    refuse({ path, at: "key", message: `${JSON.stringify(name)} ${complaint}` });
  }
  const table = openTable(value, path, roleKeys, refuse);
  const standard = makeRole(name);
  const session = table.oneOf("session", ["renew", "single"]) ?? standard.session;
  const role: Role = {
    name,
    session,
    durationSeconds:
      decodeDuration(table, session === "single", refuse) ?? standard.durationSeconds,
    policyArns: table.texts("policyArns") ?? [],
    tags: table.textsByName("tags") ?? {},
    sourceIdentity: table.text("sourceIdentity"),
    sessionName: table.text("sessionName"),
    via: decodeVia(table),
  };
  checkInputs(table, role);
  if (role.via !== undefined && session === "single") {
    const hint = 'AWS ends a chained session after 1 h: take session = "single" out';
    refuse({
      path: table.pathOf("via"),
      at: "key",
      message: `role ${name} has via and is single`,
      hint,
    });
  }
  return { role, table };
}

function decodeDuration(table: RoleTable, isSingle: boolean, refuse: Refuse): number | undefined {
  const value = table.raw("duration");
  if (value === undefined) return undefined;
  if (typeof value !== "string" && typeof value !== "bigint") {
    refuse(wrongType(table.pathOf("duration"), 'a duration such as "90m", "4h" or 3600', value));
    return undefined;
  }
  const seconds = parseDuration(String(value));
  if (seconds === undefined) {
    table.refuse(
      "duration",
      `is ${JSON.stringify(String(value))}`,
      "write it as 90m, 4h, 1h30m or in seconds",
    );
    return undefined;
  }
  const complaint = durationComplaint(seconds, isSingle);
  if (complaint !== undefined) table.refuse("duration", complaint);
  return seconds;
}

function decodeVia(table: RoleTable): Role["via"] {
  const text = table.text("via");
  if (text === undefined) return undefined;
  const slash = text.indexOf("/");
  const account = text.slice(0, slash);
  const role = text.slice(slash + 1);
  if (slash > 0 && roleNameComplaint(role) === undefined) return { account, role };
  table.refuse("via", `is ${JSON.stringify(text)}`, 'write it as "account/Role"');
  return undefined;
}

function checkInputs(table: RoleTable, role: Role): void {
  const complaints = [
    ["policyArns", policyArnsComplaint(role.policyArns)],
    ["tags", tagsComplaint(role.tags)],
    ["sourceIdentity", role.sourceIdentity && sessionNameComplaint(role.sourceIdentity)],
    ["sessionName", role.sessionName && sessionNameComplaint(role.sessionName)],
  ] as const;
  for (const [key, complaint] of complaints) if (complaint) table.refuse(key, complaint);
}
