// Every setting the configuration knows, by table. Keys are compared without case and `_`, as awstools
// did; names of accounts, roles and identities are taken as written.

export const topKeys = [
  "defaultRegion",
  "defaultKmsKey",
  "keyRotationIntervalMinutes",
  "reuseCredentialsIfValidForMinutes",
  "autoRotateMainAccountKey",
  "profiles",
  "accounts",
  "roles",
  "identities",
  "mfa",
  "keychain",
  "write",
] as const;

/** Those of the top level that awstools refuses. */
export const ownTopKeys = ["roles", "identities", "mfa", "keychain", "write"] as const;

export const profilesKeys = ["mainAccount", "mainAccountMfaSession"] as const;
export const accountKeys = ["id", "region", "roles", "externalId", "identity"] as const;
export const roleKeys = [
  "duration",
  "session",
  "policyArns",
  "tags",
  "sourceIdentity",
  "sessionName",
  "via",
] as const;
export const identityKeys = [
  "account",
  "awsProfile",
  "device",
  "command",
  "region",
  "keyRotationIntervalMinutes",
] as const;
export const mfaKeys = ["device", "command", "prompt"] as const;
export const keychainKeys = ["backend"] as const;
export const writeKeys = ["profiles", "mode"] as const;

export function foldKey(key: string): string {
  return key.toLowerCase().replaceAll("_", "");
}

/** For keys of very old or of other files: what they are called now. */
export function renamedKey(path: readonly (string | number)[]): string | undefined {
  return renamed.get(path.map((part) => foldKey(String(part))).join("."));
}

const renamed: ReadonlyMap<string, string> = new Map([
  ["profiles.bastion", "awstools calls it mainAccount since 0.7.0"],
  ["profiles.bastionmfa", "awstools calls it mainAccountMfaSession since 0.7.0"],
  ["mfa.serial", "it is called device"],
  ["mfa.mfaserial", "it is called device"],
  ["region", "it is called defaultRegion"],
]);
