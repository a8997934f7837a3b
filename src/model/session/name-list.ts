// The list of names for shell completion: plain text, which the shell reads without starting a program.
// Names are separated by tabs. The first line starts with a tab and has the identities; then each account has a
// line with its roles. The last lines have one alias each, which is typed instead of an account.

import type { Configuration } from "../configuration/configuration.ts";
import { rolesWithProfiles } from "../configuration/find-in-configuration.ts";
import { configCacheName } from "./config-cache.ts";

/** Returns the name of the state file `NAME.txt`. Every configuration has its own. */
export function nameListName(configurationPath: string): string {
  return configCacheName(configurationPath).replace(/^warm-/, "names-");
}

/** Returns the list. Names that contain a tab or a line break can't be completed and are left out. */
export function nameListText(configuration: Configuration): string {
  const accounts = [...configuration.accounts.values()].map((account) => [
    account.name,
    ...rolesWithProfiles(configuration, account).filter(isPlain),
  ]);
  const aliases = [...configuration.aliases.keys()].filter(
    (name) => isPlain(name) && !configuration.accounts.has(name),
  );
  const lines = [
    ["", ...[...configuration.identities.keys()].filter(isPlain)],
    ...accounts.filter(([name = ""]) => isPlain(name)),
    ...aliases.map((name) => [name]),
  ];
  return lines.map((line) => `${line.join("\t")}\n`).join("");
}

/** Returns whether the name fits into a line between tabs. */
function isPlain(name: string): boolean {
  return name !== "" && !/\p{Cc}/u.test(name);
}
