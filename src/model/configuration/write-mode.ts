// How the profiles of a role get their credentials. The settings `write.mode` and `write.keysDuration` can be set for
// everything ([write]), for an account, for a role, and for a role in one account. The most specific table counts, setting
// by setting.

import { parseDuration } from "../text/duration.ts";
import type { Account, Configuration, WriteMode, WriteSettings } from "./configuration.ts";
import type { Table } from "./toml-table.ts";

/** Credentials in plain text are valid for this time, unless the configuration says otherwise. */
export const defaultKeysSeconds = 30 * 60;

const keysDurationLimits = { least: 15 * 60, most: 60 * 60 } as const;

/** Returns the settings of a `write` table; {} where it sets nothing. */
export function decodeWriteSettings(table: Table<"mode" | "keysDuration">): WriteSettings {
  const mode = table.oneOf("mode", ["process", "keys"]);
  const keysSeconds = decodeKeysDuration(table);
  return { ...(mode && { mode }), ...(keysSeconds && { keysSeconds }) };
}

function decodeKeysDuration(table: Table<"mode" | "keysDuration">): number | undefined {
  const value = table.raw("keysDuration");
  if (value === undefined) return undefined;
  const isText = typeof value === "string" || typeof value === "bigint";
  const seconds = isText ? parseDuration(String(value)) : undefined;
  const { least, most } = keysDurationLimits;
  if (seconds !== undefined && seconds >= least && seconds <= most) return seconds;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  table.report(
    "keysDuration",
    `must not be ${shown}`,
    "15m to 1h, written as 15m, 1h or in seconds",
  );
  return undefined;
}

/** Settings for an account, a role, or both; undefined stands for all. */
export type WriteRule = readonly [
  account: string | undefined,
  role: string | undefined,
  settings: WriteSettings,
];

type WriteConfiguration = Pick<
  Configuration,
  "accounts" | "roles" | "writeMode" | "writeKeysSeconds"
>;

/** Returns the rules that accounts and roles set, the most specific ones last. */
export function writeRules({ accounts, roles }: WriteConfiguration): readonly WriteRule[] {
  const all = [...accounts.values()];
  return [
    ...all.map(({ name, write }): WriteRule => [name, undefined, write ?? {}]),
    ...[...roles.values()].map(({ name, write }): WriteRule => [undefined, name, write ?? {}]),
    ...all.flatMap(({ name, roleSettings = new Map() }: Account) =>
      [...roleSettings].map(([role, { write }]): WriteRule => [name, role, write ?? {}]),
    ),
  ].filter(([, , settings]) => Object.keys(settings).length > 0);
}

/** Returns what applies to a role in an account. */
export function writeSettingsOf(
  { accounts, roles, writeMode, writeKeysSeconds = defaultKeysSeconds }: WriteConfiguration,
  account: string,
  role: string,
): { readonly mode: WriteMode; readonly keysSeconds: number } {
  const own = accounts.get(account);
  const ofBoth = own?.roleSettings?.get(role)?.write;
  const ofRole = roles.get(role)?.write;
  const ofAccount = own?.write;
  return {
    mode: ofBoth?.mode ?? ofRole?.mode ?? ofAccount?.mode ?? writeMode,
    keysSeconds:
      ofBoth?.keysSeconds ?? ofRole?.keysSeconds ?? ofAccount?.keysSeconds ?? writeKeysSeconds,
  };
}
