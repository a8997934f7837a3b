// Which role was meant. Names are never rewritten; where the configuration lists roles, no other is tried.

import { roleNameComplaint } from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";
import { listNames, suggestion } from "../text/nearest-name.ts";
import type { Account, Configuration, Role } from "./configuration.ts";

/** Known without any `[roles]`, and their length where `[roles]` gives none. */
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

/** The roles offered in an account, in the order of the configuration. */
export function offeredRoles(configuration: Configuration, account: Account): readonly string[] {
  return account.roles ?? [...configuration.roles.keys()];
}

/** ROLE_UNKNOWN. A `hop` of a chain need not stand in `[roles]`. */
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
  const isTried = account.roles === undefined && !configuration.rolesAreConfigured;
  if (isListed || isTried || as === "hop") return configuration.roles.get(name) ?? makeRole(name);
  const offered = offeredRoles(configuration, account);
  const where =
    account.roles === undefined ? "the configuration" : `account ${JSON.stringify(account.name)}`;
  throw new AwstError("ROLE_UNKNOWN", `${where} has no role ${JSON.stringify(name)}`, {
    hint: suggestion(name, offered) ?? `its roles: ${listNames(offered)}`,
  });
}
