// What is told of a key that went into the keychain.

export interface KeyFacts {
  readonly identity: string;
  readonly accessKeyId: string;
  readonly arn: string;
  readonly accountId: string;
  readonly keychain: "system" | "file";
  readonly replacedKeyId: string | undefined;
  readonly wasThere: boolean;
}

/** Fields of `--json`. */
export function describeStoredKey(key: KeyFacts) {
  const { identity, accessKeyId, arn, accountId, keychain, replacedKeyId, wasThere } = key;
  const replaced = replacedKeyId ?? null;
  return { identity, accessKeyId, arn, accountId, keychain, replacedKeyId: replaced, wasThere };
}

/** One line each. */
export function storedKeyLines(key: KeyFacts): readonly string[] {
  const place = key.keychain === "system" ? "the system's keychain" : "the sealed keychain";
  const still = key.wasThere ? "is in" : "is now in";
  const lines = [`${key.accessKeyId} of ${key.arn} ${still} ${place}, for "${key.identity}"`];
  if (key.replacedKeyId !== undefined) {
    lines.push(`it took the place of ${key.replacedKeyId}, which stays as it is at AWS`);
  }
  return lines;
}
