// Counts the arguments that name an account and a role, where a program follows and `--` was not typed: what follows the
// names is the program. For hints alone, since a program can have the name of a role.

import type { Account, Configuration } from "../configuration/configuration.ts";
import {
  isAccountId,
  makeAccount,
  rolesWithProfiles,
} from "../configuration/find-in-configuration.ts";
import type { AccountAndRole } from "./frecency.ts";
import { exactAccounts, roleOfProfile } from "./match-target.ts";
import { parseRoleArn } from "./role-arn.ts";

export interface CountFacts {
  readonly configuration: Configuration;
  /** --all: the first word is a role. */
  readonly all: boolean;
  /** Whether this role was assumed before. */
  wasUsed(names: AccountAndRole): boolean;
}

/** Returns 0, 1 or 2: the account and the role, one name for both, or none, where the program starts at once. */
export function countNames(typed: readonly string[], facts: CountFacts): number {
  const { configuration, all } = facts;
  const [first, second] = typed;
  if (first === undefined || first === "") return 0;
  const accounts = [...configuration.accounts.values()];
  if (all) return isRoleOf(accounts, first, facts) ? 1 : 0;
  if (first === "-" || parseRoleArn(first) !== undefined) return 1;
  const exact = accountsOf(first, configuration);
  if (exact.length > 0) return second !== undefined && isRoleOf(exact, second, facts) ? 2 : 1;
  const isName = (text: string) =>
    configuration.aliases.has(text) || roleOfProfile(configuration, text) !== undefined;
  if (first.split(",").every((part) => isName(part.trim()))) return 1;
  // At a terminal, a part of the account's name counts too. A program that is called like it is not followed by a role.
  const part = accounts.filter(({ name }) => fold(name).includes(fold(first)));
  return second !== undefined && isRoleOf(part, second, facts) ? 2 : 0;
}

/** The accounts of `NAME`, of 12 digits, or of `a,b`; [] unless all of them are accounts. */
function accountsOf(text: string, configuration: Configuration): readonly Account[] {
  const parts = configuration.accounts.has(text) ? [text] : text.split(",");
  const found = parts.map((part) => {
    const name = part.trim();
    const own = exactAccounts(configuration, name);
    return own.length === 0 && isAccountId(name) ? [makeAccount(name)] : own;
  });
  return found.some((each) => each.length === 0) ? [] : found.flat();
}

/** A role's name, in any letter case, or its beginning: programs are rarely called so. */
function isRoleOf(
  accounts: readonly Account[],
  text: string,
  { configuration, wasUsed }: CountFacts,
): boolean {
  return accounts.some((account) => {
    const names = rolesWithProfiles(configuration, account);
    const isStart = (name: string) => fold(name).startsWith(fold(text));
    return (
      names.some((name) => isStart(name) || isStart(name.slice(name.lastIndexOf("/") + 1))) ||
      wasUsed({ account: account.name, role: text })
    );
  });
}

function fold(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
