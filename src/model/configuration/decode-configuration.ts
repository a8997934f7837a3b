// Decodes the configuration from the file's values, and checks what one setting says about another. One run
// reports every mistake; the adapter adds lines and columns. A file that awstools 0.13 accepts is valid.

import { partitionOf } from "../aws/partition.ts";
import { roleNameProblem } from "../aws/session-limits.ts";
import { nearestName, suggestion } from "../text/nearest-name.ts";
import type { Account, Configuration, Identity, Problem, Role } from "./configuration.ts";
import { decodeAliases } from "./decode-aliases.ts";
import { decodeRegion } from "./decode-region.ts";
import { type DecodedRole, decodeDuration, decodeRole } from "./decode-roles.ts";
import {
  type DecodedAccount,
  decodeAccount,
  decodeDefaultIdentity,
  decodeIdentity,
} from "./decode-sections.ts";
import { builtInSeconds, makeRole } from "./find-in-configuration.ts";
import {
  consoleKeys,
  keychainKeys,
  ownTopKeys,
  profilesKeys,
  topKeys,
  writeKeys,
} from "./known-keys.ts";
import {
  defaultTemplates,
  type ProfileNameOwners,
  plainAccountNames,
  profileNameOwners,
} from "./profile-names.ts";
import { openTable, type Path, quoteKey, type Report, type Table } from "./toml-table.ts";
import { decodeWriteSettings } from "./write-mode.ts";

export interface DecodedConfiguration {
  /** undefined when there is any problem. */
  readonly configuration: Configuration | undefined;
  readonly problems: readonly Problem[];
}

/** `value`: the parsed file, with integers as bigint. `path`: the file's. */
export function decodeConfiguration(value: unknown, path: string): DecodedConfiguration {
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push(problem);
  const top = openTable(value, [], topKeys, report);
  const profiles = top.table("profiles", profilesKeys);
  const accounts = decodeAccounts(top, report);
  const plainAccounts = new Map([...accounts].map(([name, { account }]) => [name, account]));
  const roles = new Map<string, DecodedRole>();
  for (const { name, path: at, value: each } of top.named("roles")) {
    roles.set(name, decodeRole(name, each, at, report));
  }
  const standard = decodeDefaultIdentity(top, profiles, plainAccounts, report);
  const identities = new Map([[standard.name, standard]]);
  const facts = { standard, accounts: plainAccounts };
  for (const { name, path: at, value: each } of top.named("identities")) {
    identities.set(name, decodeIdentity(name, each, at, facts, report));
  }
  const write = decodeWrite(top, report);
  const keychain = top.table("keychain", keychainKeys);
  const keychainBackend = keychain.oneOf("backend", ["auto", "system", "file"]) ?? "auto";
  const lockAfterSeconds = decodeDuration(keychain, "lockAfter", lockAfterProblem, report);
  const signInHosts = decodeSignInHosts(top);
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
    templates: write.isValid ? write.profiles : [],
  };
  checkReferences(decoded, report);
  const owners = ownersOf(decoded);
  checkProfileNames(decoded, owners, report);
  const aliases = decodeAliases(
    top.named("aliases"),
    { ...decoded, accounts: plainAccounts, profileOwner: owners.first },
    report,
  );
  const remarks = findRemarks(top, accounts);
  if (problems.length > 0) return { configuration: undefined, problems };
  const configuration: Configuration = {
    path,
    defaultRegion,
    defaultIdentity: standard.name,
    identities,
    accounts: plainAccounts,
    aliases,
    roles: roleMap,
    rolesAreConfigured: decoded.rolesAreConfigured,
    keychainBackend,
    lockAfterSeconds,
    signInHosts,
    writeProfiles: write.profiles,
    writePrint: write.print,
    writeMode: write.mode,
    ...(write.keysSeconds && { writeKeysSeconds: write.keysSeconds }),
    admin: top.raw("admin"),
    remarks,
  };
  return { configuration, problems };
}

function lockAfterProblem(seconds: number): string | undefined {
  return seconds < 60 || seconds > 7 * 86_400 ? "must be between 1m and 7d" : undefined;
}

type Top = Table<(typeof topKeys)[number]>;

function decodeAccounts(top: Top, report: Report): ReadonlyMap<string, DecodedAccount> {
  const named = top.named("accounts");
  return new Map(
    named.map(({ name, path, value }) => [name, decodeAccount(name, value, path, report)]),
  );
}

function namedRoles(roles: ReadonlyMap<string, DecodedRole>): ReadonlyMap<string, Role> {
  if (roles.size > 0) return new Map([...roles].map(([name, { role }]) => [name, role]));
  return new Map([...builtInSeconds.keys()].map((name) => [name, makeRole(name)]));
}

/** Names of hosts alone: a port or a path in an address does not matter for who gets the request. */
function decodeSignInHosts(top: Top): readonly string[] {
  const section = top.table("console", consoleKeys);
  const hosts = section.texts("signInHosts") ?? [];
  for (const host of hosts) {
    if (URL.canParse(`https://${host}`) && new URL(`https://${host}`).hostname === host) continue;
    section.report(
      "signInHosts",
      `has ${JSON.stringify(host)}, which is not the name of a host`,
      'example: ["signin.example.com"]',
    );
  }
  return hosts;
}

interface Write {
  readonly profiles: readonly string[];
  readonly print: string | undefined;
  readonly mode: Configuration["writeMode"];
  readonly keysSeconds: Configuration["writeKeysSeconds"];
  /** Whether every template is valid, so that names can be made from it. */
  readonly isValid: boolean;
}

function decodeWrite(top: Top, report: Report): Write {
  const write = top.table("write", writeKeys);
  const templates = write.texts("profiles");
  if (templates?.length === 0)
    write.report("profiles", "is empty", 'example: ["{account}/{role}"]');
  const templateProblems = write.items("profiles").map((item) => templateProblem(item));
  for (const each of templateProblems) if (each !== undefined) report(each);
  const profiles = templates ? [...new Set(templates)] : defaultTemplates;
  const print = write.text("print");
  if (print !== undefined && !profiles.includes(print)) {
    const hint = `write one of them: ${profiles.map((each) => JSON.stringify(each)).join(", ")}`;
    write.report("print", `is ${JSON.stringify(print)}, which is not in write.profiles`, hint);
  }
  const { mode = "process", keysSeconds } = decodeWriteSettings(write);
  return {
    profiles,
    print,
    mode,
    keysSeconds,
    isValid: templateProblems.every((each) => each === undefined),
  };
}

function templateProblem({
  text,
  path,
}: {
  readonly text: string;
  readonly path: Path;
}): Problem | undefined {
  const variables: readonly string[] = text.match(/\{[^{}]*\}/g) ?? [];
  const unknown = variables.find((each) => each !== "{account}" && each !== "{role}");
  const literal = text.replaceAll(/\{(account|role)\}/g, "");
  const problem = (message: string, hint: string): Problem => ({
    path,
    at: "value",
    message: `profile name ${JSON.stringify(text)} ${message}`,
    hint,
  });
  if (unknown !== undefined) {
    return problem(`has the unknown variable ${unknown}`, "known variables: {account} and {role}");
  }
  if (!variables.includes("{account}") || !variables.includes("{role}")) {
    return problem("must contain {account} and {role}", 'example: "{account}/{role}"');
  }
  if (/^[\w.@/:+% -]*$/.test(literal) && text === text.trim() && !text.includes("  ")) {
    return undefined;
  }
  return problem(
    "has characters that AWS's files can't hold",
    "allowed outside the variables: letters, digits, single spaces and any of _.@/:+%-",
  );
}

/** Returns remarks on a valid file, each one line. */
function findRemarks(top: Top, accounts: ReadonlyMap<string, DecodedAccount>): readonly string[] {
  const remarks: string[] = [];
  const own = ownTopKeys.filter((key) => top.raw(key) !== undefined).map((key) => `[${key}]`);
  const long = [...accounts.values()].find(({ table }) => table !== undefined);
  if (long !== undefined) own.push(`[accounts.${quoteKey(long.account.name)}]`);
  if (own.length > 0) {
    remarks.push(`awstools can't read this file: it does not know ${own.join(", ")}`);
  }
  const minutes = top.raw("keyRotationIntervalMinutes");
  if (typeof minutes === "bigint" && minutes <= 0n) {
    remarks.push(
      `keyRotationIntervalMinutes = ${minutes} turns automatic rotation off; awstools rotated the key with every code`,
    );
  }
  if (top.integer("reuseCredentialsIfValidForMinutes") !== undefined) {
    remarks.push(
      "reuseCredentialsIfValidForMinutes has no effect: awst caches and renews sessions",
    );
  }
  if (top.truth("autoRotateMainAccountKey") !== undefined) {
    remarks.push("autoRotateMainAccountKey has no effect: use keyRotationIntervalMinutes");
  }
  const kms = top.raw("defaultKmsKey");
  if (kms !== undefined && kms !== "") top.text("defaultKmsKey");
  if (accounts.size === 0) {
    remarks.push("no account is configured: add one under [accounts]");
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

function checkReferences(decoded: Decoded, report: Report): void {
  for (const each of decoded.accounts.values()) {
    checkOfferedRoles(each, decoded, report);
    const identity = checkIdentity(each, decoded);
    if (identity !== undefined) checkRegions(each, identity, decoded.defaultRegion);
  }
  const tables = viaTables(decoded);
  for (const [id, { role, table }] of tables) {
    if (role.via === undefined) continue;
    const { account } = role.via;
    if (!decoded.accounts.has(account)) {
      const hint = suggestion(account, [...decoded.accounts.keys()]);
      table.report("via", `names ${JSON.stringify(account)}, which is not an account`, hint);
    }
    const circle = findCircle(id, tables);
    if (circle !== undefined)
      table.report("via", `leads back to the same role: ${circle.join(" → ")}`);
  }
}

function checkOfferedRoles(
  { account, table, ownRoles }: DecodedAccount,
  decoded: Decoded,
  report: Report,
): void {
  const whose = `account ${quoteKey(account.name)}`;
  for (const { text: name, path } of table?.items("roles") ?? []) {
    const role = decoded.roles.get(name)?.role;
    if (decoded.rolesAreConfigured && !role && roleNameProblem(name) === undefined) {
      const message = `${whose} offers ${JSON.stringify(name)}, which is not in [roles]`;
      report({ path, at: "value", message, hint: suggestion(name, decoded.roleNames) });
    }
    checkHub(account, role, { path, at: "value" }, decoded, report);
  }
  for (const { role, table: own } of ownRoles) {
    const effective = role.via === undefined ? decoded.roles.get(role.name)?.role : role;
    checkHub(account, effective, { path: own.path, at: "key" }, decoded, report);
  }
}

function checkHub(
  account: Account,
  role: Role | undefined,
  where: Pick<Problem, "path" | "at">,
  decoded: Decoded,
  report: Report,
): void {
  const hub = decoded.accounts.get(role?.via?.account ?? "")?.account;
  const ours = account.identity ?? decoded.defaultIdentity;
  if (role === undefined || hub?.identity === undefined || hub.identity === ours) return;
  const whose = `account ${quoteKey(account.name)}`;
  const message = `${whose} offers ${JSON.stringify(role.name)} via ${hub.name}, which belongs to identity ${hub.identity}, not to ${ours}`;
  report({ ...where, message });
}

function checkIdentity({ account, table }: DecodedAccount, decoded: Decoded): Identity | undefined {
  const name = account.identity ?? decoded.defaultIdentity;
  const identity = decoded.identities.get(name);
  if (identity !== undefined || account.identity === undefined) return identity;
  const known = [...decoded.identities.keys()];
  const hint = nearestName(name, known)
    ? suggestion(name, known)
    : `add [identities.${quoteKey(name)}]`;
  table?.report("identity", `names ${JSON.stringify(name)}, which is not an identity`, hint);
  return undefined;
}

/** Where no region is configured, the environment decides, and `resolveTarget` checks the partition. */
function checkRegions(
  { account, table, ownRoles }: DecodedAccount,
  identity: Identity,
  defaultRegion: string | undefined,
): void {
  const home = identity.region ?? defaultRegion;
  if (home === undefined) return;
  const ours = partitionOf(home).name;
  const own = ownRoles.map((each) => ({ region: each.settings.region, table: each.table }));
  for (const { region, table: where } of [{ region: account.region, table }, ...own]) {
    const theirs = region === undefined ? ours : partitionOf(region).name;
    if (theirs === ours) continue;
    const message = `is in partition ${theirs}, but its identity ${quoteKey(identity.name)} is in ${home} (${ours})`;
    (where as Table<"region"> | undefined)?.report(
      "region",
      message,
      "set an identity that has a region in this partition",
    );
  }
}

/** Returns every table with a `via`, by its own key: `ROLE`, or `ACCOUNT/ROLE` for a role of one account. */
function viaTables(decoded: Decoded): ReadonlyMap<string, DecodedRole> {
  const own = [...decoded.accounts.values()].flatMap(({ account, ownRoles }) =>
    ownRoles.map((each) => [`${account.name}/${each.role.name}`, each] as const),
  );
  const all = [...decoded.roles, ...own];
  return new Map(all.filter(([, { settings }]) => settings.via !== undefined));
}

/** Returns the chain of roles from `start` through `via`, if it leads back to `start`. */
function findCircle(
  start: string,
  tables: ReadonlyMap<string, DecodedRole>,
): readonly string[] | undefined {
  const seen = [start];
  const chain = [tables.get(start)?.role.name ?? start];
  for (let at: string | undefined = start; at !== undefined; ) {
    const via: Role["via"] = tables.get(at)?.role.via;
    if (via === undefined) return undefined;
    const own = `${via.account}/${via.role}`;
    const next: string = tables.has(own) ? own : via.role;
    chain.push(via.role);
    if (next === start) return chain;
    if (seen.includes(next)) return undefined;
    seen.push(next);
    at = next;
  }
  return undefined;
}

function ownersOf(decoded: Decoded): ProfileNameOwners {
  const accounts = [...decoded.accounts.values()].map(({ account }) => account);
  const roles = accounts.map((each) => {
    return { name: each.name, roles: each.roles ?? decoded.roleNames };
  });
  return profileNameOwners(roles, decoded.templates, plainAccountNames(accounts));
}

function checkProfileNames(decoded: Decoded, names: ProfileNameOwners, report: Report): void {
  const reported = new Set<string>();
  for (const [profile, owners] of names.shared()) {
    const names = owners.map((owner) => owner.slice(0, owner.lastIndexOf(" ")));
    const path: Path | undefined = decoded.accounts.get(names[1] ?? "")?.path;
    if (path === undefined || reported.has(names.join("\n"))) continue;
    reported.add(names.join("\n"));
    const message = `${JSON.stringify(owners[0])} and ${JSON.stringify(owners[1])} would share the profile name ${JSON.stringify(profile)}`;
    report({ path, at: "key", message, hint: "rename one of them" });
  }
}
