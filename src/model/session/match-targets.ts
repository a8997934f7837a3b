// Finds the roles of several accounts, for `exec`: `a,b,c ROLE`, aliases `a,b`, or `--all ROLE`. Names are matched as for
// one role, and each must match one role.

import type { Configuration } from "../configuration/configuration.ts";
import { offersAnyRole, rolesWithProfiles } from "../configuration/find-in-configuration.ts";
import { AwstError } from "../errors.ts";
import { commandLine } from "../text/command-line.ts";
import { suggestion } from "../text/nearest-name.ts";
import type { AccountAndRole } from "./frecency.ts";
import { type MatchFacts, matchingNames, matchTarget, uniqueRoles } from "./match-target.ts";

/** Of `exec`: `a,b,c ROLE`, or `--all ROLE`. */
export interface TypedTargets {
  readonly account: string;
  readonly role: string | undefined;
  /** --all: `account` is then the role. */
  readonly all: boolean;
}

/** Returns whether several accounts are meant. An account whose name has a comma is one account. */
export function namesSeveralAccounts(
  { account, all }: TypedTargets,
  { accounts }: Configuration,
): boolean {
  return all || (account.includes(",") && !accounts.has(account));
}

/** Returns the roles of several accounts, in their order. Errors: those of `matchTarget`. */
export function matchTargets(
  { account, role, all }: TypedTargets,
  facts: MatchFacts,
): readonly AccountAndRole[] {
  if (all) return rolesNamed(account, role, facts);
  const parts = account.split(",").map((part) => part.trim());
  const found = parts.map((part) => {
    const match = matchTarget({ account: part, role }, facts);
    if (match.kind === "role") return { account: match.account, role: match.role };
    const named = role === undefined ? part : `${part} ${role}`;
    throw new AwstError("CHOICE_NEEDED", `${JSON.stringify(named)} is not one role`, {
      hint: `awst ${facts.command} ${account} ROLE -- CMD`,
    });
  });
  return uniqueRoles(found);
}

/** --all: the role in every account that offers it. */
function rolesNamed(
  role: string,
  extra: string | undefined,
  { configuration, mayGuess }: MatchFacts,
): readonly AccountAndRole[] {
  if (extra !== undefined) {
    throw new AwstError("USAGE", "--all takes a role and no account", {
      hint: commandLine(["awst", "exec", "--all", extra, "--", "CMD"]),
    });
  }
  const accounts = [...configuration.accounts.values()];
  const known = [...new Set(accounts.flatMap((each) => rolesWithProfiles(configuration, each)))];
  const names = mayGuess ? matchingNames(known, role) : known.filter((name) => name === role);
  const [name = role, ...others] = names;
  if (others.length > 0) {
    throw new AwstError("ROLE_UNKNOWN", `role ${JSON.stringify(role)} is ambiguous`, {
      hint: `possible roles: ${names.join(", ")}`,
    });
  }
  const found = accounts.filter((each) => {
    const isKnown = known.includes(name);
    const offered = rolesWithProfiles(configuration, each).includes(name);
    return offered || (!isKnown && offersAnyRole(configuration, each));
  });
  if (found.length > 0) return found.map((each) => ({ account: each.name, role: name }));
  throw new AwstError("ROLE_UNKNOWN", `no account has a role ${JSON.stringify(role)}`, {
    hint: suggestion(role, known),
  });
}
