// Decodes the settings of roles: `[roles.NAME]`, and `[accounts.NAME.roles]` for the roles of one account. The
// external id, which accounts have too, is decoded here for both.

import {
  durationProblem,
  externalIdProblem,
  nearestDuration,
  policyArnsProblem,
  roleNameProblem,
  sessionNameProblem,
  tagsProblem,
} from "../aws/session-limits.ts";
import { parseDuration } from "../text/duration.ts";
import type { Role, RoleSettings } from "./configuration.ts";
import { decodeRegion } from "./decode-region.ts";
import { makeRole } from "./find-in-configuration.ts";
import { type accountKeys, accountRoleKeys, ownWriteKeys, roleKeys } from "./known-keys.ts";
import { openTable, type Path, type Report, type Table, wrongType } from "./toml-table.ts";
import { decodeWriteSettings } from "./write-mode.ts";

type RoleTable = Table<(typeof roleKeys)[number]>;

export interface DecodedRole {
  readonly role: Role;
  /** What the table sets. */
  readonly settings: RoleSettings;
  readonly table: RoleTable;
}

export function decodeRole(name: string, value: unknown, path: Path, report: Report): DecodedRole {
  return decodeRoleTable(name, openTable(value, path, roleKeys, report), path, report);
}

function decodeRoleTable(name: string, table: RoleTable, path: Path, report: Report): DecodedRole {
  const problem = roleNameProblem(name);
  if (problem !== undefined) {
    report({ path, at: "key", message: `${JSON.stringify(name)} ${problem}` });
  }
  const session = table.oneOf("session", ["renew", "single"]);
  const settings = defined({
    session,
    durationSeconds: decodeDuration(
      table,
      "duration",
      (seconds) => durationProblem(seconds, session === "single"),
      report,
      (seconds) => `write duration = "${nearestDuration(seconds, session === "single")}"`,
    ),
    policyArns: table.texts("policyArns"),
    tags: table.stringTable("tags"),
    sourceIdentity: table.text("sourceIdentity"),
    sessionName: table.text("sessionName"),
    via: decodeVia(table),
    write:
      table.raw("write") === undefined
        ? undefined
        : decodeWriteSettings(table.table("write", ownWriteKeys)),
    confirm: table.truth("confirm"),
  });
  const role: Role = { ...makeRole(name), ...settings };
  checkInputs(table, role);
  if (role.via !== undefined && session === "single") {
    const hint = 'AWS ends a chained session after 1 h: remove session = "single"';
    report({
      path: table.pathOf("via"),
      at: "key",
      message: `role ${name} has via, so it can't have session = "single"`,
      hint,
    });
  }
  return { role, settings, table };
}

/** Leaves out what has no value. */
function defined<T extends object>(
  settings: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Returns seconds; undefined where the key is missing or wrong. `problemOf` returns what is wrong with a duration,
 *  `hintOf` what to write in its place. */
export function decodeDuration<Key extends string>(
  table: Table<Key>,
  key: Key,
  problemOf: (seconds: number) => string | undefined,
  report: Report,
  hintOf?: (seconds: number) => string,
): number | undefined {
  const value = table.raw(key);
  if (value === undefined) return undefined;
  if (typeof value !== "string" && typeof value !== "bigint") {
    report(wrongType(table.pathOf(key), 'a duration such as "90m", "4h" or 3600', value));
    return undefined;
  }
  const seconds = parseDuration(String(value));
  if (seconds === undefined) {
    table.report(
      key,
      `must not be ${JSON.stringify(String(value))}`,
      "write it as 90m, 4h, 1h30m or in seconds",
    );
    return undefined;
  }
  const problem = problemOf(seconds);
  if (problem !== undefined) table.report(key, problem, hintOf?.(seconds));
  return seconds;
}

function decodeVia(table: RoleTable): Role["via"] {
  const text = table.text("via");
  if (text === undefined) return undefined;
  const slash = text.indexOf("/");
  const account = text.slice(0, slash);
  const role = text.slice(slash + 1);
  if (slash > 0 && roleNameProblem(role) === undefined) return { account, role };
  table.report("via", `must not be ${JSON.stringify(text)}`, 'write it as "account/Role"');
  return undefined;
}

function checkInputs(table: RoleTable, role: Role): void {
  const problems = [
    ["policyArns", policyArnsProblem(role.policyArns)],
    ["tags", tagsProblem(role.tags)],
    ["sourceIdentity", role.sourceIdentity && sessionNameProblem(role.sourceIdentity)],
    ["sessionName", role.sessionName && sessionNameProblem(role.sessionName)],
  ] as const;
  for (const [key, problem] of problems) if (problem) table.report(key, problem);
}

/** Decodes `[accounts.NAME.roles]`: the roles offered here, with settings that replace those of `[roles]`. */
export function decodeOwnRoles(
  table: Table<(typeof accountKeys)[number]>,
  report: Report,
): readonly DecodedRole[] {
  return table.named("roles").map(({ name, path, value }) => {
    const own = openTable(value, path, accountRoleKeys, report);
    const decoded = decodeRoleTable(name, own, path, report);
    const externalId = decodeExternalId(own);
    const region = decodeRegion(own, "region");
    const settings = { ...decoded.settings, ...defined({ externalId, region }) };
    return { ...decoded, settings };
  });
}

export function decodeExternalId<Key extends string>(
  table: Table<Key | "externalId">,
): string | undefined {
  const externalId = table.text("externalId");
  const problem = externalId === undefined ? undefined : externalIdProblem(externalId);
  if (problem !== undefined) table.report("externalId", problem);
  return externalId;
}
