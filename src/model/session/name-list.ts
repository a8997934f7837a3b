// The names a shell completes from, as plain text that it reads without starting anything: a line an
// account, its roles behind it, parted by tabs; the first line, which begins with a tab, the identities.

import type { Configuration } from "../configuration/configuration.ts";
import { offeredRoles } from "../configuration/find-in-configuration.ts";
import { configCacheName } from "./config-cache.ts";

/** `NAME.txt` among the state files. One for each configuration. */
export function nameListName(configurationPath: string): string {
  return configCacheName(configurationPath).replace(/^warm-/, "names-");
}

/** Names that hold a tab or a line break can't be completed, and are left out. */
export function nameListText(configuration: Configuration): string {
  const accounts = [...configuration.accounts.values()].map((account) => [
    account.name,
    ...offeredRoles(configuration, account).filter(isPlain),
  ]);
  const lines = [
    ["", ...[...configuration.identities.keys()].filter(isPlain)],
    ...accounts.filter(([name = ""]) => isPlain(name)),
  ];
  return lines.map((line) => `${line.join("\t")}\n`).join("");
}

function isPlain(name: string): boolean {
  return name !== "" && !/\p{Cc}/u.test(name);
}
