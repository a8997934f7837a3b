// Finds what a command means that is about cached sessions and issues no credentials: `logout`, `list`. Exact names count
// first, as `match-target.ts` has them. Otherwise a part of an account's name is enough, also in a script.

import type { Account, Configuration } from "../configuration/configuration.ts";
import { findAccount, isAccountId } from "../configuration/find-in-configuration.ts";
import type { Env } from "../environment.ts";
import { AwstError } from "../errors.ts";
import {
  exactAccounts,
  matchingNames,
  matchTarget,
  type TypedNames,
  usingFor,
} from "./match-target.ts";

export interface MatchedNames {
  readonly account: string;
  /** undefined: every role of the account. */
  readonly role: string | undefined;
  /** What was guessed, to be printed. */
  readonly note: string | undefined;
}

/** An alias, a profile's name, `ACCOUNT/ROLE` and an ARN name a role. Errors: ACCOUNT_UNKNOWN, ROLE_UNKNOWN, USAGE. */
export function matchAccountOrRole(
  typed: TypedNames,
  { configuration, env }: { readonly configuration: Configuration; readonly env: Env },
): MatchedNames {
  const { account: text, role } = typed;
  const isArn = text.startsWith("arn:");
  if (role !== undefined && !isArn) return { ...namesOf(configuration, text), role };
  const facts = { configuration, env, mayGuess: false, previous: undefined, command: "logout" };
  try {
    const match = matchTarget(typed, { ...facts, wasUsed: () => true });
    if (match.kind === "role") return { note: undefined, ...match };
  } catch (error) {
    const isUnknown = error instanceof AwstError && error.code === "ACCOUNT_UNKNOWN";
    const isPart = matchingNames([...configuration.accounts.keys()], text).length === 1;
    if (!isUnknown || !(isPart || isAccountId(text))) throw error;
  }
  return { ...namesOf(configuration, text), role: undefined };
}

function namesOf(configuration: Configuration, typed: string): Omit<MatchedNames, "role"> {
  const { account, note } = matchAccount(configuration, typed);
  return { account: account.name, note };
}

/** Returns the only account with this name or a part of it. Errors: ACCOUNT_UNKNOWN. */
export function matchAccount(
  configuration: Configuration,
  typed: string,
): { readonly account: Account; readonly note: string | undefined } {
  const exact = exactAccounts(configuration, typed).length > 0 || isAccountId(typed);
  const [only, ...others] = exact ? [] : matchingNames([...configuration.accounts.keys()], typed);
  if (only === undefined || others.length > 0) {
    return { account: findAccount(configuration, typed), note: undefined };
  }
  return { account: findAccount(configuration, only), note: usingFor(only, typed) };
}
