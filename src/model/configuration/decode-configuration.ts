// From the values of the file to what they mean. Every mistake of the file is found in one look;
// what awstools 0.13 accepts is accepted. Pure: positions are added by the adapter.

import { checkReferences, type Decoded } from "./check-references.ts";
import type { Configuration, Problem, Role } from "./configuration.ts";
import { type DecodedAccount, decodeAccount, decodeRegion } from "./decode-account.ts";
import { decodeDefaultIdentity, decodeIdentity } from "./decode-identity.ts";
import { type DecodedRole, decodeRole } from "./decode-role.ts";
import { builtInSeconds, makeRole } from "./find-role.ts";
import { keychainKeys, ownTopKeys, profilesKeys, topKeys, writeKeys } from "./known-keys.ts";
import { openTable, type Path, quoteKey, type Refuse, type Table } from "./toml-table.ts";

export interface DecodedConfiguration {
  /** undefined when there is any problem. */
  readonly configuration: Configuration | undefined;
  readonly problems: readonly Problem[];
}

/** `value`: the file's content, integers as bigint. `path`: where it came from. */
export function decodeConfiguration(value: unknown, path: string): DecodedConfiguration {
  const problems: Problem[] = [];
  const refuse: Refuse = (problem) => problems.push(problem);
  const top = openTable(value, [], topKeys, refuse);
  const profiles = top.table("profiles", profilesKeys);
  const accounts = decodeAccounts(top, refuse);
  const plainAccounts = new Map([...accounts].map(([name, { account }]) => [name, account]));
  const roles = new Map<string, DecodedRole>();
  for (const { name, path: at, value: each } of top.named("roles")) {
    roles.set(name, decodeRole(name, each, at, refuse));
  }
  const standard = decodeDefaultIdentity(top, profiles, plainAccounts, refuse);
  const identities = new Map([[standard.name, standard]]);
  const facts = { standard, accounts: plainAccounts };
  for (const { name, path: at, value: each } of top.named("identities")) {
    identities.set(name, decodeIdentity(name, each, at, facts, refuse));
  }
  const write = decodeWrite(top, refuse);
  const keychainBackend =
    top.table("keychain", keychainKeys).oneOf("backend", ["auto", "system", "file"]) ?? "auto";
  const defaultRegion =
    top.raw("defaultRegion") === "" ? undefined : decodeRegion(top, "defaultRegion");
  const roleMap = namedRoles(roles);
  const decoded: Decoded = {
    accounts,
    roles,
    roleNames: [...roleMap.keys()],
    rolesAreConfigured: roles.size > 0,
    identities,
    defaultIdentity: standard.name,
    defaultRegion,
    templates: write.isSound ? write.profiles : [],
  };
  checkReferences(decoded, refuse);
  const remarks = findRemarks(top, accounts);
  if (problems.length > 0) return { configuration: undefined, problems };
  const configuration: Configuration = {
    path,
    defaultRegion,
    defaultIdentity: standard.name,
    identities,
    accounts: plainAccounts,
    roles: roleMap,
    rolesAreConfigured: decoded.rolesAreConfigured,
    keychainBackend,
    writeProfiles: write.profiles,
    writeMode: write.mode,
    remarks,
  };
  return { configuration, problems };
}

type Top = Table<(typeof topKeys)[number]>;

function decodeAccounts(top: Top, refuse: Refuse): ReadonlyMap<string, DecodedAccount> {
  const named = top.named("accounts");
  return new Map(
    named.map(({ name, path, value }) => [name, decodeAccount(name, value, path, refuse)]),
  );
}

function namedRoles(roles: ReadonlyMap<string, DecodedRole>): ReadonlyMap<string, Role> {
  if (roles.size > 0) return new Map([...roles].map(([name, { role }]) => [name, role]));
  return new Map([...builtInSeconds.keys()].map((name) => [name, makeRole(name)]));
}

interface Write {
  readonly profiles: readonly string[];
  readonly mode: Configuration["writeMode"];
  /** Whether every name has both words in it, and may be tried out. */
  readonly isSound: boolean;
}

function decodeWrite(top: Top, refuse: Refuse): Write {
  const write = top.table("write", writeKeys);
  const templates = write.texts("profiles");
  if (templates?.length === 0) write.refuse("profiles", "is empty", 'as in ["{account}/{role}"]');
  const complaints = write.items("profiles").map((item) => templateProblem(item));
  for (const each of complaints) if (each !== undefined) refuse(each);
  return {
    profiles: templates ? [...new Set(templates)] : ["{account} {role}", "{account}/{role}"],
    mode: write.oneOf("mode", ["process", "keys"]) ?? "process",
    isSound: complaints.every((each) => each === undefined),
  };
}

function templateProblem({
  text,
  path,
}: {
  readonly text: string;
  readonly path: Path;
}): Problem | undefined {
  const words: readonly string[] = text.match(/\{[^{}]*\}/g) ?? [];
  const stranger = words.find((word) => word !== "{account}" && word !== "{role}");
  const literal = text.replaceAll(/\{(account|role)\}/g, "");
  const complain = (message: string, hint: string): Problem => ({
    path,
    at: "value",
    message: `profile name ${JSON.stringify(text)} ${message}`,
    hint,
  });
  if (stranger !== undefined) {
    return complain(`has ${stranger} in it`, "known: {account} and {role}");
  }
  if (!words.includes("{account}") || !words.includes("{role}")) {
    return complain("lacks {account} or {role}", 'both must be in it: "{account}/{role}"');
  }
  if (/^[\w.@/:+% -]*$/.test(literal) && text === text.trim() && !text.includes("  ")) {
    return undefined;
  }
  return complain(
    "is none that AWS's files can hold",
    "between the names: letters, digits, single blanks and any of _.@/:+%-",
  );
}

/** What a person may want to know of a file that is right. */
function findRemarks(top: Top, accounts: ReadonlyMap<string, DecodedAccount>): readonly string[] {
  const remarks: string[] = [];
  const own = ownTopKeys.filter((key) => top.raw(key) !== undefined).map((key) => `[${key}]`);
  const long = [...accounts.values()].find(({ table }) => table !== undefined);
  if (long !== undefined) own.push(`[accounts.${quoteKey(long.account.name)}]`);
  if (own.length > 0) {
    remarks.push(`awstools refuses this file now: it does not know ${own.join(", ")}`);
  }
  const minutes = top.raw("keyRotationIntervalMinutes");
  if (typeof minutes === "bigint" && minutes <= 0n) {
    remarks.push(
      `keyRotationIntervalMinutes = ${minutes} switches automatic rotation off; awstools rotated with every code`,
    );
  }
  if (top.integer("reuseCredentialsIfValidForMinutes") !== undefined) {
    remarks.push("reuseCredentialsIfValidForMinutes has no effect: sessions are kept and renewed");
  }
  if (top.truth("autoRotateMainAccountKey") !== undefined) {
    remarks.push("autoRotateMainAccountKey has no effect: keyRotationIntervalMinutes decides");
  }
  const kms = top.raw("defaultKmsKey");
  if (kms !== undefined && kms !== "") top.text("defaultKmsKey");
  if (accounts.size === 0) {
    remarks.push("there is no account: add one under [accounts]");
  }
  return remarks;
}
