// `[accounts]`: short form `name = "12 digits"`, long form `[accounts.name]`. Names are taken as written.

import { isRegion } from "../aws/partition.ts";
import { externalIdComplaint, roleNameComplaint } from "../aws/session-limits.ts";
import type { Account } from "./configuration.ts";
import { accountKeys } from "./known-keys.ts";
import {
  isRecord,
  nameOf,
  openTable,
  type Path,
  quoteKey,
  type Refuse,
  type Table,
  wrongType,
} from "./toml-table.ts";

export interface DecodedAccount {
  readonly account: Account;
  readonly path: Path;
  /** undefined for the short form. */
  readonly table: Table<(typeof accountKeys)[number]> | undefined;
}

/** Where there is a problem, the id is `""` and the account still known by its name. */
export function decodeAccount(
  name: string,
  value: unknown,
  path: Path,
  refuse: Refuse,
): DecodedAccount {
  if (/\p{Cc}/u.test(name)) {
    const message = `account ${JSON.stringify(name)} has a control character in its name`;
    refuse({ path, at: "key", message });
  }
  if (!isRecord(value)) {
    const id = decodeId(name, value, path, refuse);
    const nothing = { region: undefined, roles: undefined, externalId: undefined };
    return { account: { name, id, ...nothing, identity: undefined }, path, table: undefined };
  }
  const table = openTable(value, path, accountKeys, looksDotted(value) ? () => {} : refuse);
  const raw = table.raw("id");
  if (raw === undefined) {
    const hint = looksDotted(value)
      ? `a name with a dot stands in quotes: "${name}.${Object.keys(value)[0]}" = "…"`
      : 'add id = "111111111111"';
    refuse({ path, at: "key", message: `account ${quoteKey(name)} has no id`, hint });
  }
  const externalId = table.text("externalId");
  const complaint = externalId === undefined ? undefined : externalIdComplaint(externalId);
  if (complaint !== undefined) table.refuse("externalId", complaint);
  const account = {
    name,
    id: raw === undefined ? "" : decodeId("id", raw, table.pathOf("id"), refuse),
    region: decodeRegion(table, "region"),
    roles: decodeRoles(table, refuse),
    externalId,
    identity: table.text("identity"),
  };
  return { account, path, table };
}

/** A region becomes part of a host's name: nothing but one passes. */
export function decodeRegion<Key extends string>(table: Table<Key>, key: Key): string | undefined {
  const region = table.text(key);
  if (region === undefined || isRegion(region)) return region;
  table.refuse(
    key,
    `is ${JSON.stringify(region)}, no region's name`,
    "regions look like eu-west-1",
  );
  return undefined;
}

function decodeRoles(
  table: Table<(typeof accountKeys)[number]>,
  refuse: Refuse,
): readonly string[] | undefined {
  for (const { text, path } of table.items("roles")) {
    const complaint = roleNameComplaint(text);
    if (complaint === undefined) continue;
    refuse({ path, at: "value", message: `${JSON.stringify(text)} ${complaint}` });
  }
  const roles = table.texts("roles");
  return roles && [...new Set(roles)];
}

function decodeId(key: string, value: unknown, path: Path, refuse: Refuse): string {
  const line = (id: string) => `${quoteKey(key)} = "${id}"`;
  if (typeof value === "bigint") {
    const message = `${nameOf(path)} must be a string, not an integer`;
    const id = String(value).padStart(12, "0");
    refuse({ path, at: "value", message, hint: `write it in quotes: ${line(id)}` });
    return "";
  }
  if (typeof value !== "string") {
    refuse(wrongType(path, "a string of 12 digits or a table", value));
    return "";
  }
  if (/^\d{12}$/.test(value)) return value;
  refuse({ path, at: "value", ...idComplaint(nameOf(path), value, line) });
  return "";
}

function idComplaint(
  name: string,
  value: string,
  line: (id: string) => string,
): { readonly message: string; readonly hint: string } {
  if (/^<.*>$/.test(value.trim())) {
    const message = `${name} still holds the template's placeholder ${JSON.stringify(value)}`;
    return { message, hint: `put your account's 12 digits there: ${line("111111111111")}` };
  }
  const digits = value.replaceAll(/[\s-]/g, "");
  if (/^\d{12}$/.test(digits)) {
    return { message: `${name} must be 12 digits and nothing else`, hint: `write ${line(digits)}` };
  }
  const count = /^\d+$/.test(value) ? ` (${value.length} digits)` : "";
  const message = `${name} must be 12 digits, not ${JSON.stringify(value)}${count}`;
  return { message, hint: `as in ${line("111111111111")}` };
}

/** `team.dev = "…"`: to TOML a table of its own, which people do not expect. */
function looksDotted(value: Readonly<Record<string, unknown>>): boolean {
  const entries = Object.entries(value);
  const [first] = entries;
  if (first === undefined || entries.length !== 1 || typeof first[1] !== "string") return false;
  return /^\d+$/.test(first[1]) && !accountKeys.some((key) => key === first[0]);
}
