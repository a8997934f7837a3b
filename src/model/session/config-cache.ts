// What a warm start reads instead of the configuration: a small file, named by the configuration's
// path, that counts only while that file's fingerprint is unchanged. No secret in it.

import { sha256 } from "#hashing";

import type { Configuration, KeychainBackend, WriteMode } from "../configuration/configuration.ts";
import type { StateFile } from "../state-file.ts";
import type { Keys } from "./session.ts";

export interface ConfigCache {
  readonly configurationStamp: string;
  readonly defaultIdentity: string;
  readonly keychainBackend: KeychainBackend;
  readonly writeMode: WriteMode;
  /** Where accounts and roles have their own mode, the most specific last; null: all. Absent: none has. */
  readonly writeModes?: readonly CachedWriteMode[] | undefined;
  /** Account name → identity name. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Alias → account and role. */
  readonly aliases: Readonly<Record<string, readonly [account: string, role: string]>>;
  /** Identity name → the region its calls go to; null: the environment decides. */
  readonly callRegions: Readonly<Record<string, string | null>>;
}

type CachedWriteMode = readonly [account: string | null, role: string | null, mode: WriteMode];

/** State file `keys`: which long-term key each identity has. */
export interface CachedKeyId {
  readonly accessKeyId: Keys["accessKeyId"];
  /** The fingerprint of the credentials file, for a key that is not imported. */
  readonly credentialsStamp?: string | undefined;
}

export const cachedKeyIdsName = "keys";

export function configCacheName(configurationPath: string): string {
  const hash = sha256(configurationPath).slice(0, 12);
  return `warm-${hash}`;
}

/** `writeModes`: those of accounts and roles. */
export function makeConfigCache(
  configuration: Configuration,
  fingerprint: string,
  writeModes: readonly CachedWriteMode[],
): ConfigCache {
  const accounts: Record<string, string> = {};
  for (const account of configuration.accounts.values()) {
    accounts[account.name] = account.identity ?? configuration.defaultIdentity;
  }
  const callRegions: Record<string, string | null> = {};
  for (const identity of configuration.identities.values()) {
    callRegions[identity.name] = identity.region ?? configuration.defaultRegion ?? null;
  }
  const aliases: Record<string, readonly [string, string]> = {};
  for (const [name, { account, role }] of configuration.aliases) aliases[name] = [account, role];
  return {
    configurationStamp: fingerprint,
    defaultIdentity: configuration.defaultIdentity,
    keychainBackend: configuration.keychainBackend,
    writeMode: configuration.writeMode,
    ...(writeModes.length > 0 && { writeModes }),
    accounts,
    aliases,
    callRegions,
  };
}

export function cachedWriteMode(
  { writeMode, writeModes = [] }: ConfigCache,
  account: string,
  role: string,
): WriteMode {
  const own = writeModes.findLast(([ofAccount, ofRole]) => {
    return (ofAccount ?? account) === account && (ofRole ?? role) === role;
  });
  return own?.[2] ?? writeMode;
}

/** The value is undefined unless it was written for a configuration file with this fingerprint. */
export function configCacheFile(
  configurationPath: string,
  fingerprint: string | undefined,
): StateFile<ConfigCache | undefined> {
  return {
    name: configCacheName(configurationPath),
    decode: (stored) => decodeConfigCache(stored, fingerprint),
  };
}

/** By the identity's name. */
export const cachedKeyIdsFile: StateFile<Readonly<Record<string, CachedKeyId>>> = {
  name: cachedKeyIdsName,
  decode: decodeCachedKeyIds,
};

/** undefined unless it was written for a file with this very fingerprint. */
function decodeConfigCache(
  value: unknown,
  fingerprint: string | undefined,
): ConfigCache | undefined {
  if (typeof value !== "object" || value === null || fingerprint === undefined) return undefined;
  const state = value as Partial<ConfigCache>;
  if (state.configurationStamp !== fingerprint) return undefined;
  const { accounts, callRegions, defaultIdentity, keychainBackend, writeMode } = state;
  if (!accounts || !callRegions || !defaultIdentity || !keychainBackend || !writeMode) {
    return undefined;
  }
  return state as ConfigCache;
}

function decodeCachedKeyIds(value: unknown): Readonly<Record<string, CachedKeyId>> {
  const entries = Object.entries(Object(value)) as [string, CachedKeyId | null][];
  return Object.fromEntries(entries.filter(([, entry]) => entry?.accessKeyId)) as Record<
    string,
    CachedKeyId
  >;
}

/** The id of the key an identity holds, as far as nothing has changed since it was written down. */
export function currentKeyId(
  entry: CachedKeyId | undefined,
  credentialsStamp: string | undefined,
): string | undefined {
  if (entry === undefined) return undefined;
  const isImported = entry.credentialsStamp === undefined;
  return isImported || entry.credentialsStamp === credentialsStamp ? entry.accessKeyId : undefined;
}
