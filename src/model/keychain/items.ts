// Names of the things awst keeps in the keychain: one item each, read by name, never listed.

/** The long-term access key of an identity. */
export function keyItem(identity: string): string {
  return `key/${identity}`;
}

/** A key on its way in: stored and read back, not yet proved. */
export function pendingKeyItem(identity: string): string {
  return `pending-key/${identity}`;
}

/** A rotation's new key: stored before anything else, until it is the one in use. */
export function nextKeyItem(identity: string): string {
  return `next-key/${identity}`;
}

/** A rotation's old key: kept for the way back, until it is deleted at AWS. */
export function previousKeyItem(identity: string): string {
  return `previous-key/${identity}`;
}

export function mfaSessionItem(identity: string): string {
  return `mfa-session/${identity}`;
}

/** `scope`: hash over the flags that set a session apart from the configured one; undefined for that one. */
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

/** A device's seed from the moment AWS tells it until the device is proved: one at a time. */
export function pendingSeedItem(identity: string): string {
  return `pending-mfa-seed/${encodeURIComponent(identity)}`;
}

/** Which devices of an identity have their seed here. */
export function seedListItem(identity: string): string {
  return `mfa-seeds/${encodeURIComponent(identity)}`;
}

/** The seed of one device, kept so that codes are made here: `serial` as AWS names it. */
export function seedItem(identity: string, serial: string): string {
  return `mfa-seed/${encodeURIComponent(identity)}/${encodeURIComponent(serial)}`;
}
