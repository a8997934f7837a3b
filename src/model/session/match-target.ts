// Finds the account and the role that a user typed. Exact names count everywhere: an alias, an account and a role, an
// account id, the name of a profile, the ARN of a role. Everything else is a guess: another letter case, a part of a
// name, names in the wrong order, `-`. awst guesses only where a user typed the names at a terminal and sees what it
// chose. A script and a credential process never get a role that depends on which other names exist.

import { partitionOf } from "../aws/partition.ts";
import type { Account, Configuration } from "../configuration/configuration.ts";
import { splitAtAccount } from "../configuration/decode-aliases.ts";
import {
  accountsWithId,
  findAccount,
  findRole,
  isAccountId,
  makeAccount,
  offersAnyRole,
  rolesWithProfiles,
} from "../configuration/find-in-configuration.ts";
import { profileNamesOf } from "../configuration/role-profile-names.ts";
import type { Env } from "../environment.ts";
import { AwstError } from "../errors.ts";
import { commandLine } from "../text/command-line.ts";
import { nearestName } from "../text/nearest-name.ts";
import type { AccountAndRole } from "./frecency.ts";
import { callRegion } from "./resolve-target.ts";
import { parseRoleArn, type RoleArn } from "./role-arn.ts";

export interface TypedNames {
  readonly account: string;
  readonly role: string | undefined;
}

export interface MatchFacts {
  readonly configuration: Configuration;
  readonly env: Env;
  /** Whether a user typed the names at a terminal. */
  readonly mayGuess: boolean;
  /** For `-`: the role that was assumed before the one that the shell has. */
  readonly previous: AccountAndRole | undefined;
  /** Whether this role was assumed before: its name is then taken as it was typed. */
  wasUsed(names: AccountAndRole): boolean;
  /** The command to type in hints: `assume`. */
  readonly command: string;
}

export type TargetMatch =
  | (AccountAndRole & {
      readonly kind: "role";
      readonly alias?: string | undefined;
      /** What was guessed, to be printed. */
      readonly note?: string | undefined;
    })
  | {
      /** The user chooses one of these. */
      readonly kind: "choose";
      readonly roles: readonly AccountAndRole[];
      /** Where all of them are in one account. */
      readonly account?: string | undefined;
      readonly note?: string | undefined;
    };

/** Errors: ACCOUNT_UNKNOWN, ROLE_UNKNOWN, USAGE. Whether AWS's session may be made is checked by `resolveTarget`. */
export function matchTarget(typed: TypedNames, facts: MatchFacts): TargetMatch {
  const { configuration } = facts;
  const arn = parseRoleArn(typed.account);
  if (arn !== undefined) return matchArn(typed, arn, facts);
  if (typed.account === "-") return matchPrevious(typed, facts);
  if (typed.role !== undefined) return matchBoth(typed.account, typed.role, facts);
  const text = typed.account;
  const alias = configuration.aliases.get(text);
  if (alias !== undefined) return { kind: "role", ...alias, alias: text };
  const accounts = exactAccounts(configuration, text);
  if (accounts.length > 0) return rolesOf(accounts, facts);
  const profile = roleOfProfile(configuration, text);
  if (profile !== undefined) return { kind: "role", ...profile };
  if (facts.mayGuess && text !== "") return guessFromOne(text, facts);
  throw unknownName(text, configuration);
}

/** The account may be missing in the configuration: the ARN has its id. */
function matchArn(
  { account: text, role }: TypedNames,
  arn: RoleArn,
  { configuration, env }: MatchFacts,
): TargetMatch {
  if (role !== undefined) {
    throw new AwstError("USAGE", `${text} names a role: leave ${JSON.stringify(role)} out`);
  }
  const accounts = accountsWithId(configuration, arn.accountId);
  const [account = makeAccount(arn.accountId)] = accounts;
  const name = account.identity ?? configuration.defaultIdentity;
  const identity = configuration.identities.get(name);
  const region = identity && callRegion(identity, configuration, env).region;
  const partition = region === undefined ? arn.partition : partitionOf(region).name;
  if (partition !== arn.partition) {
    const message = `the role is in partition ${arn.partition}, and identity ${JSON.stringify(name)} is in ${partition}`;
    throw new AwstError("USAGE", message, {
      hint: "set an identity with a region in that partition for the account",
    });
  }
  const known = accounts.flatMap((each) =>
    rolesWithProfiles(configuration, each)
      .filter((name) => (arn.isSession ? lastPart(name) : name) === arn.role)
      .map((name) => ({ account: each.name, role: name })),
  );
  const [first = { account: account.name, role: arn.role }] = known;
  return { kind: "role", ...first };
}

function matchPrevious(
  { role }: TypedNames,
  { mayGuess, previous, command }: MatchFacts,
): TargetMatch {
  if (role !== undefined) {
    throw new AwstError("USAGE", `"-" names a role: leave ${JSON.stringify(role)} out`);
  }
  if (!mayGuess) {
    throw new AwstError("CHOICE_NEEDED", '"-" means the last role only at a terminal', {
      hint: `awst ${command} ACCOUNT ROLE`,
    });
  }
  if (previous === undefined) {
    throw new AwstError("USAGE", '"-" means the last role, and no other role was assumed before', {
      hint: `awst ${command}`,
    });
  }
  return { kind: "role", ...previous, note: `using ${quoteNames(previous)}, the last role` };
}

function matchBoth(account: string, role: string, facts: MatchFacts): TargetMatch {
  const { configuration, mayGuess } = facts;
  const exact = exactAccounts(configuration, account);
  const [only = isAccountId(account) ? makeAccount(account) : undefined] = exact;
  if (only !== undefined && exact.length < 2) {
    const offered = rolesWithProfiles(configuration, only);
    const isAsTyped = offersAnyRole(configuration, only);
    const names = { account: only.name, role };
    if (offered.includes(role) || !mayGuess || (isAsTyped && facts.wasUsed(names))) {
      if (offered.includes(role) || isAsTyped) return { kind: "role", ...names };
      if (!mayGuess) throwIfSwapped(account, role, facts);
      // `resolveTarget` reports the unknown role.
      return { kind: "role", ...names };
    }
  }
  if (!mayGuess) {
    throwIfSwapped(account, role, facts);
    return { kind: "role", account: findAccount(configuration, account).name, role };
  }
  const typed = `${account} ${role}`;
  const found = pairsOf(account, role, facts);
  const isCertain = found.some(({ isAsTyped }) => !isAsTyped);
  const swapped = isCertain ? [] : pairsOf(role, account, facts).filter((each) => !each.isAsTyped);
  if (swapped.length === 1 && found.length === 0) {
    const names = swapped[0] as AccountAndRole;
    const note = `using ${quoteNames(names)}: the account comes before the role`;
    return { kind: "role", account: names.account, role: names.role, note };
  }
  const all = [...swapped, ...found].map(({ account, role }) => ({ account, role }));
  if (all.length > 0) return oneOrChoose(all, typed, { account, role });
  if (only === undefined) throw unknownName(account, configuration);
  return { kind: "role", account: only.name, role };
}

/** A guess from one text, the most certain kind of match first. */
function guessFromOne(text: string, facts: MatchFacts): TargetMatch {
  const { configuration } = facts;
  const accounts = [...configuration.accounts.values()];
  const pairs = accounts.flatMap((account) =>
    rolesWithProfiles(configuration, account).map((role) => ({ account: account.name, role })),
  );
  const aliases = [...configuration.aliases.keys()];
  const sameAlias = aliases.filter((name) => fold(name) === fold(text));
  if (sameAlias.length > 0) return fromAliases(sameAlias, [], text, configuration);
  const inBoth = splits(text).flatMap(([left, right]) => pairsOf(left, right, facts));
  const certain = inBoth.filter(({ isAsTyped }) => !isAsTyped);
  const either = certain.length > 0 ? certain : inBoth;
  if (either.length > 0) return oneOrChoose(uniqueRoles(either), text);
  const sameRole = pairs.filter(({ role }) => role === text || lastPart(role) === text);
  if (sameRole.length > 0) return oneOrChoose(sameRole, text);
  const names = matchingNames(
    accounts.map(({ name }) => name),
    text,
  );
  const parts = aliases.filter((name) => fold(name).includes(fold(text)));
  const here = accounts.filter(({ name }) => names.includes(name));
  if (parts.length === 0 && here.length > 0) {
    const [only] = here;
    const note = here.length === 1 && only ? usingFor(only.name, text) : undefined;
    return { ...rolesOf(here, facts), note };
  }
  const ofAccounts = pairs.filter(({ account }) => names.includes(account));
  if (parts.length > 0) return fromAliases(parts, ofAccounts, text, configuration);
  const roles = matchingNames([...new Set(pairs.map(({ role }) => role))], text);
  const ofRoles = pairs.filter(({ role }) => roles.includes(role));
  if (ofRoles.length > 0) return oneOrChoose(ofRoles, text);
  const swapped = splits(text)
    .flatMap(([left, right]) => pairsOf(right, left, facts))
    .filter(({ isAsTyped }) => !isAsTyped);
  if (swapped.length > 0) return oneOrChoose(uniqueRoles(swapped), text);
  throw unknownName(text, configuration);
}

function fromAliases(
  aliases: readonly string[],
  others: readonly AccountAndRole[],
  typed: string,
  configuration: Configuration,
): TargetMatch {
  const named = aliases.map((name) => configuration.aliases.get(name) as AccountAndRole);
  const all = uniqueRoles([...named, ...others]);
  const [only] = all;
  if (all.length > 1 || only === undefined) return { kind: "choose", roles: all };
  return { kind: "role", ...only, alias: aliases[0], note: usingFor(aliases[0] ?? "", typed) };
}

interface MatchedRole extends AccountAndRole {
  /** The role is in no list; its name was taken as typed, because every name is allowed. */
  readonly isAsTyped: boolean;
}

/** Returns the roles whose account and role match these texts. */
function pairsOf(account: string, role: string, facts: MatchFacts): readonly MatchedRole[] {
  const { configuration } = facts;
  if (account === "" || role === "") return [];
  const all = [...configuration.accounts.values()];
  const exact = exactAccounts(configuration, account);
  const unknown = exact.length === 0 && isAccountId(account) ? [makeAccount(account)] : exact;
  const names = matchingNames(
    all.map(({ name }) => name),
    account,
  );
  const accounts = unknown.length > 0 ? unknown : all.filter(({ name }) => names.includes(name));
  return accounts.flatMap((each) => {
    const asTyped = { account: each.name, role, isAsTyped: true };
    const mayBe = offersAnyRole(configuration, each) && /^[\w+=,.@/-]+$/.test(role);
    if (mayBe && facts.wasUsed(asTyped)) return [{ ...asTyped, isAsTyped: false }];
    const found = matchingNames(rolesWithProfiles(configuration, each), role);
    const pairs = found.map((name) => ({ account: each.name, role: name, isAsTyped: false }));
    const isSame = found.some((name) => fold(name) === fold(role));
    return mayBe && !isSame ? [...pairs, asTyped] : pairs;
  });
}

/** Returns the exact name; else those that differ in letter case; else those that contain the text. */
export function matchingNames(names: readonly string[], typed: string): readonly string[] {
  if (typed === "") return [];
  if (names.includes(typed)) return [typed];
  const wanted = fold(typed);
  const same = names.filter((name) => fold(name) === wanted || fold(lastPart(name)) === wanted);
  return same.length > 0 ? same : names.filter((name) => fold(name).includes(wanted));
}

/** Letter case does not count, nor how a letter with an accent is composed. */
function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

function lastPart(role: string): string {
  return role.slice(role.lastIndexOf("/") + 1);
}

/** The configured account of this name, or all with this id. */
export function exactAccounts(configuration: Configuration, text: string): readonly Account[] {
  const account = configuration.accounts.get(text);
  if (account !== undefined) return [account];
  return isAccountId(text) ? accountsWithId(configuration, text) : [];
}

function rolesOf(accounts: readonly Account[], { configuration }: MatchFacts): TargetMatch {
  const roles = accounts.flatMap((account) =>
    rolesWithProfiles(configuration, account).map((role) => ({ account: account.name, role })),
  );
  return { kind: "choose", roles, account: accounts.length === 1 ? accounts[0]?.name : undefined };
}

/** Returns the role of a profile name: `ACCOUNT/ROLE`, `ACCOUNT ROLE`, an alias, or another one that awst writes. */
export function roleOfProfile(
  configuration: Configuration,
  text: string,
): AccountAndRole | undefined {
  const { accounts } = configuration;
  for (const account of accounts.values()) {
    for (const role of rolesWithProfiles(configuration, account)) {
      const names = [
        `${account.name}/${role}`,
        ...profileNamesOf(configuration, account.name, role),
      ];
      if (names.includes(text)) return { account: account.name, role };
    }
  }
  const split = splitAtAccount(text, accounts.keys(), ["/", " "]);
  const account = accounts.get(split?.account ?? "");
  const isRole =
    split !== undefined && account !== undefined && offersAnyRole(configuration, account);
  return isRole && /^[\w+=,.@/-]+$/.test(split.role) ? split : undefined;
}

/** Every way to divide a text at a slash or a space. */
function splits(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/[/ ]/g)].map(({ index }) => [
    text.slice(0, index),
    text.slice(index + 1),
  ]);
}

export function uniqueRoles(pairs: readonly AccountAndRole[]): readonly AccountAndRole[] {
  const byName = new Map(
    pairs.map(({ account, role }) => [`${account}\n${role}`, { account, role }]),
  );
  return [...byName.values()];
}

function oneOrChoose(
  roles: readonly AccountAndRole[],
  typed: string,
  both?: AccountAndRole,
): TargetMatch {
  const [only] = roles;
  if (only === undefined || roles.length > 1) {
    const account = roles.every((each) => each.account === only?.account)
      ? only?.account
      : undefined;
    return { kind: "choose", roles, account };
  }
  const { account, role } = only;
  if (account === both?.account && role === both.role) return { kind: "role", account, role };
  if (both !== undefined && account === both.account) {
    return { kind: "role", account, role, note: usingFor(role, both.role) };
  }
  if (both !== undefined && role === both.role) {
    return { kind: "role", account, role, note: usingFor(account, both.account) };
  }
  return { kind: "role", account, role, note: usingFor(`${account} ${role}`, typed) };
}

export function usingFor(found: string, typed: string): string {
  return `using ${JSON.stringify(found)} for ${JSON.stringify(typed)}`;
}

function quoteNames({ account, role }: AccountAndRole): string {
  return JSON.stringify(`${account} ${role}`);
}

/** Throws where account and role are swapped, with the line to type. */
function throwIfSwapped(account: string, role: string, facts: MatchFacts): void {
  const { configuration, command } = facts;
  const own = configuration.accounts.get(role);
  const isSwapped =
    own !== undefined &&
    !configuration.accounts.has(account) &&
    rolesWithProfiles(configuration, own).includes(account);
  if (!isSwapped) return;
  throw new AwstError("ACCOUNT_UNKNOWN", `${JSON.stringify(account)} is a role, not an account`, {
    hint: commandLine(["awst", command, role, account]),
  });
}

/** Of `ACCOUNT/ROLE` with a known account, the role is what is unknown. */
function unknownName(text: string, configuration: Configuration): AwstError {
  const { account, role = "" } =
    splitAtAccount(text, configuration.accounts.keys(), ["/", " "]) ?? {};
  if (account !== undefined && role !== "") {
    return catchUnknown(() => findRole(configuration, findAccount(configuration, account), role));
  }
  const aliases = [...configuration.aliases.keys()];
  const alias = nearestName(text, aliases);
  const error = catchUnknown(() => findAccount(configuration, text));
  const isNamed = error.hint?.startsWith("did you mean") || error.hint?.startsWith("use the full");
  if (alias === undefined || isNamed) return error;
  return new AwstError("ACCOUNT_UNKNOWN", error.message, {
    hint: `did you mean the alias ${JSON.stringify(alias)}?`,
  });
}

function catchUnknown(find: () => unknown): AwstError {
  try {
    find();
  } catch (error) {
    if (error instanceof AwstError) return error;
  }
  return new AwstError("ACCOUNT_UNKNOWN", "the account is not complete");
}
