// Which configurations outside the default location may run commands and use the default one's keys. A cloned repository
// can bring a configuration and a variable that names it; nothing in it runs before the user has allowed this text.

import type { StateFile } from "../state-file.ts";

/** The hash of the text that the user allowed, by the configuration's path. */
export type TrustedConfigurations = Readonly<Record<string, string>>;

export const trustedConfigurationsFile: StateFile<TrustedConfigurations> = {
  name: "trusted-configurations",
  version: 1,
  isShared: true,
  decode(stored) {
    const { hashes } = Object(stored) as Record<string, unknown>;
    const pairs = Object.entries(Object(hashes)).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    );
    return Object.fromEntries(pairs);
  },
  encode: (hashes) => ({ hashes }),
};

/** Its presence in a configuration's own state lets it use the default configuration's keys (adapters/file/paths.ts). */
export const sharedKeysFile: StateFile<boolean> = {
  name: "shares-keys",
  version: 1,
  decode: (stored) => stored !== undefined,
  encode: () => ({}),
};

export type CommandTrust = "trusted" | "unknown" | "changed";

/** Returns whether the commands of a configuration with this text may run. */
export function trustOf(
  path: string,
  source: { readonly hash: string; readonly isDefault: boolean },
  trusted: TrustedConfigurations,
): CommandTrust {
  if (source.isDefault || trusted[path] === source.hash) return "trusted";
  return trusted[path] === undefined ? "unknown" : "changed";
}
