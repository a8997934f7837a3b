// From the values of the file to what they mean. Every mistake of the file is found in one look;
// what awstools 0.13 accepts is accepted. Pure: positions are added by the adapter.

import { partitionOf } from "../aws/partition.ts";
import { roleNameComplaint } from "../aws/session-limits.ts";
import { nearestName, suggestion } from "../text/nearest-name.ts";
import type { Configuration, Identity, Problem, Role } from "./configuration.ts";
import {
  type DecodedAccount,
  type DecodedRole,
  decodeAccount,
  decodeDefaultIdentity,
  decodeIdentity,
  decodeRegion,
  decodeRole,
} from "./decode-sections.ts";
import { builtInSeconds, makeRole } from "./find-in-configuration.ts";
import { keychainKeys, ownTopKeys, profilesKeys, topKeys, writeKeys } from "./known-keys.ts";
import { sharedProfileNames } from "./profile-names.ts";
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

export interface Decoded {
  readonly accounts: ReadonlyMap<string, DecodedAccount>;
  readonly roles: ReadonlyMap<string, DecodedRole>;
  /** The roles of `[roles]`, or those that are built in. */
  readonly roleNames: readonly string[];
  readonly rolesAreConfigured: boolean;
  readonly identities: ReadonlyMap<string, Identity>;
  readonly defaultIdentity: string;
  readonly defaultRegion: string | undefined;
  readonly templates: readonly string[];
}

export function checkReferences(decoded: Decoded, refuse: Refuse): void {
  for (const each of decoded.accounts.values()) {
    checkOfferedRoles(each, decoded, refuse);
    const identity = checkIdentity(each, decoded);
    if (identity !== undefined) checkRegion(each, identity, decoded.defaultRegion);
  }
  for (const { role, table } of decoded.roles.values()) {
    if (role.via === undefined) continue;
    const { account } = role.via;
    if (!decoded.accounts.has(account)) {
      const hint = suggestion(account, [...decoded.accounts.keys()]);
      table.refuse("via", `names ${JSON.stringify(account)}, which is no account`, hint);
    }
    const circle = findCircle(role.name, decoded.roles);
    if (circle !== undefined) table.refuse("via", `leads in a circle: ${circle.join(" → ")}`);
  }
  checkProfileNames(decoded, refuse);
}

function checkOfferedRoles(
  { account, table }: DecodedAccount,
  decoded: Decoded,
  refuse: Refuse,
): void {
  const whose = `account ${quoteKey(account.name)}`;
  for (const { text: name, path } of table?.items("roles") ?? []) {
    const role = decoded.roles.get(name)?.role;
    if (decoded.rolesAreConfigured && !role && roleNameComplaint(name) === undefined) {
      const message = `${whose} offers ${JSON.stringify(name)}, which is not in [roles]`;
      refuse({ path, at: "value", message, hint: suggestion(name, decoded.roleNames) });
    }
    const hub = decoded.accounts.get(role?.via?.account ?? "")?.account;
    const ours = account.identity ?? decoded.defaultIdentity;
    if (hub?.identity !== undefined && hub.identity !== ours) {
      const message = `${whose} offers ${JSON.stringify(name)} via ${hub.name}, which belongs to identity ${hub.identity}, not to ${ours}`;
      refuse({ path, at: "value", message });
    }
  }
}

function checkIdentity({ account, table }: DecodedAccount, decoded: Decoded): Identity | undefined {
  const name = account.identity ?? decoded.defaultIdentity;
  const identity = decoded.identities.get(name);
  if (identity !== undefined || account.identity === undefined) return identity;
  const known = [...decoded.identities.keys()];
  const hint = nearestName(name, known)
    ? suggestion(name, known)
    : `add [identities.${quoteKey(name)}]`;
  table?.refuse("identity", `names ${JSON.stringify(name)}, which is no identity`, hint);
  return undefined;
}

/** Where neither is configured, the environment decides, and `resolveTarget` looks again. */
function checkRegion(
  { account, table }: DecodedAccount,
  identity: Identity,
  defaultRegion: string | undefined,
): void {
  const home = identity.region ?? defaultRegion;
  if (account.region === undefined || home === undefined) return;
  const theirs = partitionOf(account.region).name;
  const ours = partitionOf(home).name;
  if (theirs === ours) return;
  const message = `lies in partition ${theirs}, its identity ${quoteKey(identity.name)} in ${home} (${ours})`;
  table?.refuse("region", message, "give the account an identity with a region of its partition");
}

/** What a role reaches by `via`, when it comes back to itself. */
function findCircle(
  start: string,
  roles: ReadonlyMap<string, DecodedRole>,
): readonly string[] | undefined {
  const way = [start];
  for (let name = roles.get(start)?.role.via?.role; name !== undefined; ) {
    way.push(name);
    if (name === start) return way;
    if (way.indexOf(name) < way.length - 1) return undefined;
    name = roles.get(name)?.role.via?.role;
  }
  return undefined;
}

function checkProfileNames(decoded: Decoded, refuse: Refuse): void {
  const pairs = [...decoded.accounts.values()].flatMap(({ account }) =>
    (account.roles ?? decoded.roleNames).map((role) => ({ account: account.name, role })),
  );
  const told = new Set<string>();
  for (const [profile, owners] of sharedProfileNames(pairs, decoded.templates)) {
    const names = owners.map((owner) => owner.slice(0, owner.lastIndexOf(" ")));
    const path: Path | undefined = decoded.accounts.get(names[1] ?? "")?.path;
    if (path === undefined || told.has(names.join("\n"))) continue;
    told.add(names.join("\n"));
    const message = `${JSON.stringify(owners[0])} and ${JSON.stringify(owners[1])} would share the profile name ${JSON.stringify(profile)}`;
    refuse({ path, at: "key", message, hint: "rename one of them" });
  }
}
