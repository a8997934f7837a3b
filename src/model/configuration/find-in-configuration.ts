// Finds the account, identity or role of a name. Names match exactly. An account that is not configured is named by its
// 12 digits, and every role name is allowed in it.

import { roleNameProblem } from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";
import { listNames, nearestName, suggestion } from "../text/nearest-name.ts";
import type { Account, Configuration, Identity, Role } from "./configuration.ts";

/**
 * Returns the account of a name. 12 digits name the account with this id, configured or not. A part of a name never
 * counts here (`model/session/match-target.ts`). Errors: ACCOUNT_UNKNOWN, with the nearest names.
 */
export function findAccount(configuration: Pick<Configuration, "accounts">, name: string): Account {
  const account = configuration.accounts.get(name);
  if (account !== undefined) return account;
  const known = [...configuration.accounts.keys()];
  if (!isAccountId(name)) {
    const candidates = name === "" ? [] : known.filter((each) => each.includes(name));
    throw unknownAccount(known, name, candidates);
  }
  const [first, second] = accountsWithId(configuration, name);
  if (first === undefined) return makeAccount(name);
  if (second === undefined) return first;
  throw unknownAccount(known, name, [first.name, second.name]);
}

/** Returns whether the text is 12 digits. */
export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text);
}

export function accountsWithId(
  { accounts }: Pick<Configuration, "accounts">,
  id: string,
): readonly Account[] {
  return [...accounts.values()].filter((account) => account.id === id);
}

/** Returns an account that is not configured: its name is its id, and every role name is allowed. */
export function makeAccount(id: string): Account {
  const nothing = { region: undefined, roles: undefined, externalId: undefined };
  return { name: id, id, ...nothing, identity: undefined };
}

/** Returns whether every valid role name may be tried in this account. */
export function offersAnyRole(
  configuration: Pick<Configuration, "accounts" | "rolesAreConfigured">,
  account: Account,
): boolean {
  if (!configuration.accounts.has(account.name)) return true;
  return account.roles === undefined && !configuration.rolesAreConfigured;
}

export function unknownAccount(
  known: readonly string[],
  typed: string,
  candidates: readonly string[] = [],
): AwstError {
  if (candidates.length > 1) {
    return new AwstError("ACCOUNT_UNKNOWN", `account ${JSON.stringify(typed)} is ambiguous`, {
      hint: `possible accounts: ${listNames(candidates)}`,
    });
  }
  const [only] = candidates;
  const hint =
    only !== undefined
      ? `use the full name: ${JSON.stringify(only)}`
      : (suggestion(typed, known) ?? 'add an account under [accounts]: main-account = "12 digits"');
  return new AwstError("ACCOUNT_UNKNOWN", `there is no account ${JSON.stringify(typed)}`, { hint });
}

/** `name`: undefined for the default identity. Errors: IDENTITY_UNKNOWN. */
export function findIdentity(configuration: Configuration, name: string | undefined): Identity {
  const wanted = name ?? configuration.defaultIdentity;
  const identity = configuration.identities.get(wanted);
  if (identity !== undefined) return identity;
  throw new AwstError("IDENTITY_UNKNOWN", `there is no identity ${JSON.stringify(wanted)}`, {
    hint: suggestion(wanted, [...configuration.identities.keys()]),
  });
}

/** The roles that exist without `[roles]`, and their durations where `[roles]` sets none. */
export const builtInSeconds: ReadonlyMap<string, number> = new Map([
  ["DeveloperAccess", 4 * 3600],
  ["AdminAccess", 3600],
]);

const unknownSeconds = 3600;

export function makeRole(name: string): Role {
  return {
    name,
    durationSeconds: builtInSeconds.get(name) ?? unknownSeconds,
    session: "renew",
    policyArns: [],
    tags: {},
    sourceIdentity: undefined,
    sessionName: undefined,
    via: undefined,
  };
}

/** Returns the roles offered in an account, in the order of the configuration. */
export function offeredRoles(configuration: Configuration, account: Account): readonly string[] {
  return account.roles ?? [...configuration.roles.keys()];
}

/** Returns the offered roles, and those that have an alias: without [roles], an alias may name any role. */
export function rolesWithProfiles(
  configuration: Configuration,
  account: Account,
): readonly string[] {
  const offered = offeredRoles(configuration, account);
  const named = [...configuration.aliases.values()].filter((each) => each.account === account.name);
  return named.length === 0
    ? offered
    : [...new Set([...offered, ...named.map(({ role }) => role)])];
}

/** Returns a role with its settings in this account. */
export function roleIn(configuration: Configuration, account: Account, name: string): Role {
  const role = configuration.roles.get(name) ?? makeRole(name);
  return { ...role, ...account.roleSettings?.get(name) };
}

/** Returns the durations of all roles, whose longest one an MFA session must cover. */
export function allDurations(configuration: Configuration): readonly number[] {
  const own = [...configuration.accounts.values()].flatMap((account) =>
    [...(account.roleSettings?.values() ?? [])].flatMap((each) => each.durationSeconds ?? []),
  );
  return [...[...configuration.roles.values()].map((role) => role.durationSeconds), ...own];
}

/** Errors: ROLE_UNKNOWN. A `hop` of a chain need not be in `[roles]`. */
export function findRole(
  configuration: Configuration,
  account: Account,
  name: string,
  as: "target" | "hop" = "target",
): Role {
  const problem = roleNameProblem(name);
  if (problem !== undefined) {
    throw new AwstError("ROLE_UNKNOWN", `${JSON.stringify(name)} ${problem}`);
  }
  const isListed = account.roles?.includes(name) ?? configuration.roles.has(name);
  const isAnyAllowed = offersAnyRole(configuration, account);
  if (isListed || isAnyAllowed || as === "hop") return roleIn(configuration, account, name);
  const offered = offeredRoles(configuration, account);
  const message = `account ${JSON.stringify(account.name)} has no role ${JSON.stringify(name)}`;
  const nearest = nearestName(name, offered);
  const itsRoles = offered.length > 0 ? `its roles: ${listNames(offered)}` : undefined;
  throw new AwstError("ROLE_UNKNOWN", message, {
    hint: nearest === undefined ? itsRoles : `did you mean ${JSON.stringify(nearest)}?`,
  });
}
