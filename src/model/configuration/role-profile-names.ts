// All profile names of a role: those of `write.profiles`, then its aliases. Everything that writes, lists or removes
// profiles by the configuration uses this file, so that an alias is a profile like the others.

import { memoizeByObject } from "../text/memoize.ts";
import type { Configuration } from "./configuration.ts";
import { hasSpace, plainAccountNames, profileNames, withoutRepeated } from "./profile-names.ts";

type NamingSettings = Pick<Configuration, "writeProfiles" | "aliases" | "accounts">;

/** Returns the names in the order in which they are written, without duplicates. */
export function profileNamesOf(
  settings: NamingSettings,
  account: string,
  role: string,
): readonly string[] {
  const plain = plainAccountName(settings, account);
  const names = profileNames(account, role, settings.writeProfiles, plain);
  const aliases = aliasesOf(settings, account, role);
  return aliases.length === 0 ? names : withoutRepeated([...names, ...aliases]);
}

/** Returns the account's name in profile names without a space. */
export function plainAccountName(
  { accounts }: Pick<Configuration, "accounts">,
  account: string,
): string | undefined {
  return plainNamesOf(accounts).get(account);
}

/** Each name depends on all accounts, so they are made once for thousands of roles. */
const plainNamesOf = memoizeByObject((accounts: Configuration["accounts"]) =>
  plainAccountNames(accounts.values()),
);

/** Returns the aliases of a role, in the order of the configuration. */
export function aliasesOf(
  { aliases }: Pick<Configuration, "aliases">,
  account: string,
  role: string,
): readonly string[] {
  if (aliases.size === 0) return [];
  return [...aliases].flatMap(([name, alias]) =>
    alias.account === account && alias.role === role ? [name] : [],
  );
}

/**
 * Returns the name to print for AWS_PROFILE: the alias that was typed, if its profile is written and every SDK
 * finds it (no space); otherwise `usable`.
 */
export function nameToPrint(
  { names, usable }: { readonly names: readonly string[]; readonly usable: string | undefined },
  alias: string | undefined,
): string | undefined {
  return alias !== undefined && names.includes(alias) && !hasSpace(alias) ? alias : usable;
}
