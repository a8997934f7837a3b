// Decodes the tables `[accounts]` and `[identities]` (and `[profiles]` with `[mfa]`, which describe the default
// identity). Names are used exactly as written.

import { deviceProblem } from "../aws/device-serial.ts";
import { roleNameProblem } from "../aws/session-limits.ts";
import { suggestion } from "../text/nearest-name.ts";
import { oneLine } from "../text/one-line.ts";
import type { Account, Identity, PromptKind } from "./configuration.ts";
import { decodeRegion } from "./decode-region.ts";
import { type DecodedRole, decodeExternalId, decodeOwnRoles } from "./decode-roles.ts";
import {
  accountKeys,
  identityKeys,
  mfaKeys,
  ownWriteKeys,
  type profilesKeys,
  type topKeys,
} from "./known-keys.ts";
import {
  isRecord,
  nameOf,
  openTable,
  type Path,
  quoteKey,
  type Report,
  type Table,
  wrongType,
} from "./toml-table.ts";
import { decodeWriteSettings } from "./write-mode.ts";

export interface DecodedAccount {
  readonly account: Account;
  readonly path: Path;
  /** undefined for the short form. */
  readonly table: Table<(typeof accountKeys)[number]> | undefined;
  /** The roles with settings of their own here. */
  readonly ownRoles: readonly DecodedRole[];
}

/**
 * Decodes an account: `name = "12 digits"` or `[accounts.name]`. An account with a problem has the id `""`, so
 * that other settings can still refer to its name.
 */
export function decodeAccount(
  name: string,
  value: unknown,
  path: Path,
  report: Report,
): DecodedAccount {
  if (name.trim() === "") {
    report({ path, at: "key", message: `account ${JSON.stringify(name)} has an empty name` });
  } else if (oneLine(name) !== name) {
    const message = `account ${JSON.stringify(oneLine(name))} has a control character in its name`;
    report({ path, at: "key", message });
  }
  if (!isRecord(value)) {
    const id = decodeId(name, value, path, report);
    const nothing = { region: undefined, roles: undefined, externalId: undefined };
    const account = { name, id, ...nothing, identity: undefined };
    return { account, path, table: undefined, ownRoles: [] };
  }
  const table = openTable(value, path, accountKeys, isDottedKey(value) ? () => {} : report);
  const raw = table.raw("id");
  if (raw === undefined) {
    const hint = isDottedKey(value)
      ? `write a name with a dot in quotes: "${name}.${Object.keys(value)[0]}" = "…"`
      : 'add id = "111111111111"';
    report({ path, at: "key", message: `account ${quoteKey(name)} has no id`, hint });
  }
  const own = isRecord(table.raw("roles")) ? decodeOwnRoles(table, report) : undefined;
  const account = {
    name,
    id: raw === undefined ? "" : decodeId("id", raw, table.pathOf("id"), report),
    region: decodeRegion(table, "region"),
    roles: own === undefined ? decodeRoles(table, report) : own.map(({ role }) => role.name),
    ...(own && { roleSettings: new Map(own.map(({ role, settings }) => [role.name, settings])) }),
    externalId: decodeExternalId(table),
    identity: table.text("identity"),
    ...(table.raw("write") !== undefined && {
      write: decodeWriteSettings(table.table("write", ownWriteKeys)),
    }),
    production: table.truth("production"),
  };
  return { account, path, table, ownRoles: own ?? [] };
}

function decodeRoles(
  table: Table<(typeof accountKeys)[number]>,
  report: Report,
): readonly string[] | undefined {
  for (const { text, path } of table.items("roles")) {
    const problem = roleNameProblem(text);
    if (problem === undefined) continue;
    report({ path, at: "value", message: `${JSON.stringify(text)} ${problem}` });
  }
  const roles = table.texts("roles");
  return roles && [...new Set(roles)];
}

function decodeId(key: string, value: unknown, path: Path, report: Report): string {
  const line = (id: string) => `${quoteKey(key)} = "${id}"`;
  if (typeof value === "bigint") {
    const message = `${nameOf(path)} must be a string, not an integer`;
    const id = String(value).padStart(12, "0");
    report({ path, at: "value", message, hint: `write it in quotes: ${line(id)}` });
    return "";
  }
  if (typeof value !== "string") {
    report(wrongType(path, "a string of 12 digits or a table", value));
    return "";
  }
  if (/^\d{12}$/.test(value)) return value;
  report({ path, at: "value", ...idProblem(nameOf(path), value, line) });
  return "";
}

function idProblem(
  name: string,
  value: string,
  line: (id: string) => string,
): { readonly message: string; readonly hint: string } {
  if (/^<.*>$/.test(value.trim())) {
    const message = `${name} is still the placeholder ${JSON.stringify(value)}`;
    return { message, hint: `write the 12 digits of your account: ${line("111111111111")}` };
  }
  const digits = value.replaceAll(/[\s-]/g, "");
  if (/^\d{12}$/.test(digits)) {
    return {
      message: `${name} must be 12 digits without spaces or dashes`,
      hint: `write ${line(digits)}`,
    };
  }
  const count = /^\d+$/.test(value) ? ` (${value.length} digits)` : "";
  const message = `${name} must be 12 digits, not ${JSON.stringify(value)}${count}`;
  return { message, hint: `example: ${line("111111111111")}` };
}

/** `team.dev = "…"`: TOML reads it as the table `team`, which users do not expect. */
function isDottedKey(value: Readonly<Record<string, unknown>>): boolean {
  const entries = Object.entries(value);
  const [first] = entries;
  if (first === undefined || entries.length !== 1 || typeof first[1] !== "string") return false;
  return /^\d+$/.test(first[1]) && !accountKeys.some((key) => key === first[0]);
}

const oneWeekMinutes = 10_080;
const maxMinutes = 1_000_000_000n;
const prompts = ["terminal", "gui", "none"] as const;

export function decodeDefaultIdentity(
  top: Table<(typeof topKeys)[number]>,
  profiles: Table<(typeof profilesKeys)[number]>,
  accounts: ReadonlyMap<string, Account>,
  report: Report,
): Identity {
  const name = profiles.text("mainAccount");
  if (profiles.raw("mainAccount") === undefined) {
    const message =
      "profiles.mainAccount is missing: it names the AWS profile with your access key";
    const hint = 'add under [profiles]: mainAccount = "main-account"';
    report({
      path: top.raw("profiles") === undefined ? [] : profiles.path,
      at: "key",
      message,
      hint,
    });
  }
  if (name !== undefined) checkName(profiles, "mainAccount", name);
  const mfa = top.table("mfa", mfaKeys);
  const minutes = top.integer("keyRotationIntervalMinutes");
  const accountId = accounts.get(name ?? "")?.id || undefined;
  return {
    name: name ?? "",
    accountId,
    awsProfile: name ?? "",
    // awstools wrote both names even where they were empty; an empty name counts as absent.
    mfaSessionProfile:
      profiles.raw("mainAccountMfaSession") === ""
        ? undefined
        : profiles.text("mainAccountMfaSession"),
    region: undefined,
    device: decodeDevice(mfa, accountId),
    command: mfa.text("command"),
    prompt: decodePrompt(mfa),
    keyRotationIntervalMinutes: minutes === undefined ? oneWeekMinutes : clampMinutes(minutes),
  };
}

/** Decodes `[identities.NAME]`: a further identity, or more settings of the default one. */
export function decodeIdentity(
  name: string,
  value: unknown,
  path: Path,
  facts: { readonly standard: Identity; readonly accounts: ReadonlyMap<string, Account> },
  report: Report,
): Identity {
  const { standard, accounts } = facts;
  const isDefault = name === standard.name;
  if (/\p{Cc}/u.test(name)) {
    const message = `identity ${JSON.stringify(name)} has a control character in its name`;
    report({ path, at: "key", message });
  }
  const table = openTable(value, path, identityKeys, report);
  const accountId = decodeHome(table, accounts) ?? (isDefault ? standard.accountId : undefined);
  const awsProfile = table.text("awsProfile");
  if (awsProfile !== undefined) checkName(table, "awsProfile", awsProfile);
  const device = decodeDevice(table, accountId);
  const command = table.text("command");
  for (const key of ["device", "command"] as const) {
    if (isDefault && table.raw(key) !== undefined && standard[key] !== undefined) {
      table.report(key, "is set twice", `this is the default identity: keep only [mfa] ${key}`);
    }
  }
  const minutes = table.integer("keyRotationIntervalMinutes");
  if (minutes !== undefined && minutes < 0n) {
    table.report("keyRotationIntervalMinutes", "must be 0 (off) or more");
  }
  return {
    name,
    accountId,
    awsProfile: awsProfile ?? name,
    mfaSessionProfile: isDefault ? standard.mfaSessionProfile : undefined,
    region: decodeRegion(table, "region"),
    device: device ?? (isDefault ? standard.device : undefined),
    command: command ?? (isDefault ? standard.command : undefined),
    prompt: standard.prompt,
    keyRotationIntervalMinutes:
      minutes === undefined ? standard.keyRotationIntervalMinutes : clampMinutes(minutes),
  };
}

/** Decodes an account's name or its 12 digits. */
function decodeHome(
  table: Table<(typeof identityKeys)[number]>,
  accounts: ReadonlyMap<string, Account>,
): string | undefined {
  const text = table.text("account");
  if (text === undefined) return undefined;
  const account = accounts.get(text);
  if (account !== undefined) return account.id || undefined;
  if (/^\d{12}$/.test(text)) return text;
  table.report(
    "account",
    `names ${JSON.stringify(text)}, which is not an account`,
    suggestion(text, [...accounts.keys()]),
  );
  return undefined;
}

function decodeDevice<Key extends string>(
  table: Table<Key | "device">,
  accountId: string | undefined,
): string | undefined {
  const device = table.text("device");
  const problem = device === undefined ? undefined : deviceProblem(device, accountId);
  if (problem !== undefined) table.report("device", problem.message, problem.hint);
  return device;
}

function decodePrompt(mfa: Table<(typeof mfaKeys)[number]>): readonly PromptKind[] {
  const written = mfa.texts("prompt");
  if (written === undefined) return ["terminal", "gui"];
  const known = written.filter((each): each is PromptKind => prompts.some((kind) => kind === each));
  const allowed = 'allowed values: "terminal", "gui", or "none" alone';
  const unknown = written.find((each) => !prompts.some((kind) => kind === each));
  if (unknown !== undefined)
    mfa.report("prompt", `must not contain ${JSON.stringify(unknown)}`, allowed);
  if (written.length === 0) mfa.report("prompt", "is empty", allowed);
  if (known.includes("none") && known.length > 1)
    mfa.report("prompt", 'must not combine "none" with another value', allowed);
  return [...new Set(known)];
}

function checkName<Key extends string>(table: Table<Key>, key: Key, name: string): void {
  if (/[\p{Cc}[\]]/u.test(name)) {
    table.report(
      key,
      "has a bracket or a control character, which the name of an AWS profile can't have",
    );
  }
}

/** Returns the minutes within bounds; 0 means no automatic rotation. */
function clampMinutes(minutes: bigint): number {
  if (minutes < 0n) return 0;
  return Number(minutes > maxMinutes ? maxMinutes : minutes);
}
