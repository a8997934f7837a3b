// The report of `key add` and `key import`: the key that was stored in the keychain.

export interface StoredKey {
  readonly identity: string;
  readonly accessKeyId: string;
  /** The key's user, as AWS reports it. */
  readonly arn: string;
  readonly accountId: string;
  readonly keychain: "system" | "file";
  /** Id of another key that was stored before. */
  readonly replacedKeyId: string | undefined;
  /** This key was stored before. */
  readonly wasThere: boolean;
}

/** Fields of `--json`. */
export function describeStoredKey(key: StoredKey) {
  const { identity, accessKeyId, arn, accountId, keychain, replacedKeyId, wasThere } = key;
  const replaced = replacedKeyId ?? null;
  return { identity, accessKeyId, arn, accountId, keychain, replacedKeyId: replaced, wasThere };
}

/** One line each. */
export function storedKeyLines(key: StoredKey): readonly string[] {
  const place = key.keychain === "system" ? "the system's keychain" : "the sealed keychain";
  const still = key.wasThere ? "is in" : "is now in";
  const lines = [`${key.accessKeyId} of ${key.arn} ${still} ${place}, for "${key.identity}"`];
  if (key.replacedKeyId !== undefined) {
    lines.push(`it took the place of ${key.replacedKeyId}, which stays as it is at AWS`);
  }
  return lines;
}
