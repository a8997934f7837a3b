// The settings of a running sandbox. Tests change them directly; `changeSettings` is for settings from
// another process (`POST /_sandbox/settings`) and refuses unknown names and types.

export interface Settings {
  /** How far a request's signature time may be off, either way. AWS: 900. */
  signatureWindowSeconds: number;
  /** How far the sandbox's clock is ahead of the machine's. */
  skewSeconds: number;
  /** How long a new access key is unknown to STS, and to IAM (-1: as long as to STS). */
  newKeyVisibleAfterSeconds: number;
  newKeyVisibleToIamAfterSeconds: number;
  /** For this long after becoming visible every second request with a new key is refused. */
  newKeyFlapsForSeconds: number;
  /** How long a new key is missing from ListAccessKeys. */
  newKeyListedAfterSeconds: number;
  /** How long a user made over the wire is unknown to calls that name it; ListUsers knows it at once. */
  newUserVisibleAfterSeconds: number;
  /** How long a new login profile can be neither changed nor deleted. */
  loginProfileChangeableAfterSeconds: number;
  /** How old a credential report gets before a new one is made, and how many polls that takes. */
  credentialReportSeconds: number;
  credentialReportPolls: number;
  /** How many looks at a stack or an operation show it in progress. */
  stackPolls: number;
  /** IAM calls a second that are answered, the others are throttled; 0: no limit. */
  iamCallsPerSecond: number;
  /** How long a deactivated or deleted key still works. */
  deactivationDelaySeconds: number;
  /** Whether sessions end with the access key they came from. Reports from AWS conflict. */
  sessionsEndWithTheirKey: boolean;
  /** Shorter role sessions than asked for, for demonstrations; 0: as asked. */
  roleSessionSecondsCap: number;
  /** Characters of a session token. */
  tokenLength: number;
  /** 1: tokens good in regions that are on by default; 2: everywhere; 0: as the endpoint called says. */
  tokenVersion: number;
  /** Pages are never longer than this, whatever MaxItems says; 0: no such limit. */
  pageSize: number;
  /** Regions in which STS is switched off, separated by spaces. */
  disabledRegions: string;
  /**
   * Whether ListMFADevices and GetMFADevice without a UserName need a policy that grants them on
   * `*`. Reports say so of AWS; its documentation does not.
   */
  omittedUserNameNeedsStar: boolean;
  /** Whether IAM takes signatures of its home region alone, whatever the host is called. */
  iamHomeRegionOnly: boolean;
  minResponseDelayMs: number;
}

export function defaultSettings(): Settings {
  return {
    signatureWindowSeconds: 900,
    skewSeconds: 0,
    newKeyVisibleAfterSeconds: 0,
    newKeyVisibleToIamAfterSeconds: -1,
    newKeyFlapsForSeconds: 0,
    newKeyListedAfterSeconds: 0,
    newUserVisibleAfterSeconds: 0,
    loginProfileChangeableAfterSeconds: 0,
    credentialReportSeconds: 4 * 3600,
    credentialReportPolls: 1,
    stackPolls: 1,
    iamCallsPerSecond: 0,
    deactivationDelaySeconds: 0,
    sessionsEndWithTheirKey: false,
    roleSessionSecondsCap: 0,
    tokenLength: 1000,
    tokenVersion: 0,
    pageSize: 0,
    disabledRegions: "",
    omittedUserNameNeedsStar: false,
    iamHomeRegionOnly: false,
    minResponseDelayMs: 0,
  };
}

/** Throws a TypeError that names the first setting that can't be, and then changes nothing. */
export function changeSettings(settings: Settings, changes: unknown): void {
  if (typeof changes !== "object" || changes === null) throw new TypeError("settings: an object");
  const known = new Map<string, unknown>(Object.entries(settings));
  for (const [name, value] of Object.entries(changes)) {
    if (!known.has(name)) throw new TypeError(`no setting is called ${name}`);
    if (typeof value !== typeof known.get(name) || Number.isNaN(value)) {
      throw new TypeError(`setting ${name} takes a ${typeof known.get(name)}`);
    }
  }
  Object.assign(settings, changes);
}
