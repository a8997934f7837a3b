// Finds the account, identity or role of a name. Names match exactly; only an account can be found by a part
// of its name, and only where a user typed it.

import { roleNameComplaint } from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";
import { listNames, suggestion } from "../text/nearest-name.ts";
import type { Account, Configuration, Identity, Role } from "./configuration.ts";

export interface FoundAccount {
  readonly name: string;
  /** Whether only a part of the name was given. Callers print the full name then. */
  readonly guessed: boolean;
}

/** Errors: ACCOUNT_UNKNOWN, with the nearest name, or every name that contains `typed`. */
export function findAccount(
  names: Iterable<string>,
  typed: string,
  options: { readonly mayGuess: boolean },
): FoundAccount {
  const known = [...names];
  if (known.includes(typed)) return { name: typed, guessed: false };
  const candidates = typed === "" ? [] : known.filter((name) => name.includes(typed));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1 && options.mayGuess) {
    return { name: only, guessed: true };
  }
  throw unknownAccount(known, typed, candidates);
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
  const named = [...configuration.aliases.values()].filter((each) => each.account === account.name);
  return [...new Set([...offeredRoles(configuration, account), ...named.map(({ role }) => role)])];
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
  const complaint = roleNameComplaint(name);
  if (complaint !== undefined) {
    throw new AwstError("ROLE_UNKNOWN", `${JSON.stringify(name)} ${complaint}`);
  }
  const isListed = account.roles?.includes(name) ?? configuration.roles.has(name);
  const isAnyAllowed = account.roles === undefined && !configuration.rolesAreConfigured;
  if (isListed || isAnyAllowed || as === "hop") return roleIn(configuration, account, name);
  const offered = offeredRoles(configuration, account);
  const where =
    account.roles === undefined ? "the configuration" : `account ${JSON.stringify(account.name)}`;
  throw new AwstError("ROLE_UNKNOWN", `${where} has no role ${JSON.stringify(name)}`, {
    hint: suggestion(name, offered) ?? `its roles: ${listNames(offered)}`,
  });
}
