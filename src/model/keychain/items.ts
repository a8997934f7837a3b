// The names of awst's items in the keychain. Items are read by name and never listed.

/** The long-term access key of an identity. */
export function keyItem(identity: string): string {
  return `key/${identity}`;
}

/** A new key that is stored but not verified at AWS yet. */
export function pendingKeyItem(identity: string): string {
  return `pending-key/${identity}`;
}

/** The new key of a rotation, until it is the key in use. */
export function nextKeyItem(identity: string): string {
  return `next-key/${identity}`;
}

/** The old key of a rotation, for a rollback, until it is deleted at AWS. */
export function previousKeyItem(identity: string): string {
  return `previous-key/${identity}`;
}

/** The key that seals a rotation's journal, for that one rotation. */
export function rotationSealItem(identity: string): string {
  return `rotation-seal/${identity}`;
}

/** The key that seals the journal of an identity's MFA devices, until that journal is empty. */
export function mfaSealItem(identity: string): string {
  return `mfa-seal/${identity}`;
}

/** The key that seals the days of warnings of an account's users, on an administrator's machine. */
export function warnedSealItem(accountId: string): string {
  return `warned-seal/${accountId}`;
}

export function mfaSessionItem(identity: string): string {
  return `mfa-session/${identity}`;
}

/** Returns the identity of an MFA session's item; undefined for any other item. */
export function identityOfMfaSession(item: string): string | undefined {
  return /^mfa-session\/([\s\S]*)$/.exec(item)?.[1];
}

/** `scope`: the hash of a separate session's flags; undefined for the configured session. */
export function roleSessionItem(
  identity: string,
  account: string,
  role: string,
  scope?: string,
): string {
  const part = (name: string) => encodeURIComponent(name);
  const tail = scope === undefined ? "" : `@${scope}`;
  return `role-session/${part(identity)}/${part(account)}/${part(role)}${tail}`;
}

/** Returns whether the item holds a session: a name that state files give is removed only if it does. */
export function isSessionItem(item: string): boolean {
  return /^(configuration-\w+\/)?(mfa|role)-session\//.test(item);
}

/** Returns whether the item is an access key, or what a rotation of one needs. */
export function isAccessKeyItem(item: string): boolean {
  return /^(configuration-\w+\/)?((pending-|next-|previous-)?key|rotation-seal)\//.test(item);
}

/** The seed of a new device until the device is verified. There is at most one. */
export function pendingSeedItem(identity: string): string {
  return `pending-mfa-seed/${encodeURIComponent(identity)}`;
}

/** The list of an identity's devices whose seeds are stored. */
export function seedListItem(identity: string): string {
  return `mfa-seeds/${encodeURIComponent(identity)}`;
}

/** The seed of one device, from which awst makes codes. `serial`: as AWS names the device. */
export function seedItem(identity: string, serial: string): string {
  return `mfa-seed/${encodeURIComponent(identity)}/${encodeURIComponent(serial)}`;
}
