// Every setting of the configuration, by table. Keys are compared without case and `_`, as awstools does;
// names of accounts, roles and identities are compared exactly.

export const topKeys = [
  "defaultRegion",
  "defaultKmsKey",
  "keyRotationIntervalMinutes",
  "reuseCredentialsIfValidForMinutes",
  "autoRotateMainAccountKey",
  "profiles",
  "accounts",
  "aliases",
  "roles",
  "identities",
  "mfa",
  "keychain",
  "console",
  "write",
  "admin",
] as const;

/** The keys of the top level that awstools does not accept. */
export const ownTopKeys = [
  "aliases",
  "roles",
  "identities",
  "mfa",
  "keychain",
  "console",
  "write",
  "admin",
] as const;

export const profilesKeys = ["mainAccount", "mainAccountMfaSession"] as const;
export const accountKeys = [
  "id",
  "region",
  "roles",
  "externalId",
  "identity",
  "production",
  "write",
] as const;
export const roleKeys = [
  "duration",
  "session",
  "policyArns",
  "tags",
  "sourceIdentity",
  "sessionName",
  "via",
  "write",
  "confirm",
] as const;
/** Of `[accounts.NAME.roles.ROLE]`. */
export const accountRoleKeys = [...roleKeys, "externalId", "region"] as const;
export const identityKeys = [
  "account",
  "awsProfile",
  "device",
  "command",
  "region",
  "keyRotationIntervalMinutes",
] as const;
export const mfaKeys = ["device", "command", "prompt"] as const;
export const keychainKeys = ["backend", "lockAfter"] as const;
export const consoleKeys = ["signInHosts"] as const;
/** Of the table `write` of an account or a role. */
export const ownWriteKeys = ["mode", "keysDuration"] as const;
export const writeKeys = ["profiles", "print", ...ownWriteKeys] as const;

export function normalizeKey(key: string): string {
  return key.toLowerCase().replaceAll("_", "");
}

/** Returns a hint for a key with an old name, or a name that other files use. */
export function renamedKey(path: readonly (string | number)[]): string | undefined {
  return renamed.get(path.map((part) => normalizeKey(String(part))).join("."));
}

const renamed: ReadonlyMap<string, string> = new Map([
  ["profiles.bastion", "use mainAccount, its name since awstools 0.7.0"],
  ["profiles.bastionmfa", "use mainAccountMfaSession, its name since awstools 0.7.0"],
  ["mfa.serial", "use device"],
  ["mfa.mfaserial", "use device"],
  ["region", "use defaultRegion"],
  ["alias", "use aliases"],
]);
