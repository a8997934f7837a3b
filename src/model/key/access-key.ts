// A long-term access key, as it is stored in the keychain, and as ListAccessKeys shows it.

import { Secret } from "../secret.ts";

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Where it was found. */
  readonly source: "keychain" | "profile";
}

export function encodeAccessKey(key: Pick<AccessKey, "accessKeyId" | "secretAccessKey">): Secret {
  return new Secret(
    JSON.stringify({
      version: 1,
      kind: "key",
      accessKeyId: key.accessKeyId,
      secretAccessKey: key.secretAccessKey.reveal(),
    }),
  );
}

/** Returns undefined for no key, and for an item that is damaged or of an unknown version. */
export function decodeAccessKey(text: Secret | undefined): AccessKey | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text.reveal()) as Record<string, unknown>;
    const { version, kind, accessKeyId, secretAccessKey } = value;
    if (version !== 1 || kind !== "key") return undefined;
    if (typeof accessKeyId !== "string" || typeof secretAccessKey !== "string") return undefined;
    return { accessKeyId, secretAccessKey: new Secret(secretAccessKey), source: "keychain" };
  } catch {
    return undefined;
  }
}

/** Returns whether the text has the form of a long-term key id: `AKIA` and 12 to 124 letters and digits. */
export function isLongTermKeyId(text: string): boolean {
  return /^AKIA[A-Z0-9]{12,124}$/.test(text);
}

/** AWS's secrets have 40 characters of base64; other plausible lengths are accepted too. */
export function isSecretAccessKey(text: string): boolean {
  return /^[A-Za-z0-9/+=]{30,128}$/.test(text);
}

/** An access key as ListAccessKeys shows it. */
export interface ListedKey {
  readonly accessKeyId: string;
  readonly status: "Active" | "Inactive" | "Expired";
  readonly createdAt: Date;
}
