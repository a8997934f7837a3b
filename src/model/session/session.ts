// Cached sessions: temporary credentials, and what decides whether they may still be used. Times are UTC;
// `expiresAt`, `codeAt` and `renewableUntil` are by AWS's clock.

import { Secret } from "../secret.ts";

/** AWS credentials; temporary ones have a session token. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken?: Secret | undefined;
}

export interface SessionKeys extends Keys {
  readonly sessionToken: Secret;
  readonly expiresAt: Date;
}

/** The credentials that GetSessionToken returned for an MFA code: any number of role sessions are made from them. */
export interface MfaSession {
  readonly keys: SessionKeys;
  /** When AWS accepted the code: the MFA age counts from here. */
  readonly codeAt: Date;
  /** Serial of the device that made the code. */
  readonly device: string;
  /** The id of the long-term key that signed the call. */
  readonly signedBy: string;
  /** Hash of the endpoints and the region of the call. */
  readonly environment: string;
  /** Set where the keychain refused it: no other process can renew a role session with it. */
  readonly isNotCached?: true;
}

export interface RoleSession {
  readonly keys: SessionKeys;
  readonly issuedAt: Date;
  /** Until when it is renewed without a code; undefined: never (single, once). */
  readonly renewableUntil: Date | undefined;
  readonly assumedRoleArn: string;
  readonly accountId: string;
  readonly region: string;
  /** `region` is what the environment named: another shell may name another one. */
  readonly isRegionAmbient?: boolean | undefined;
  /** The target's fingerprint at that time. */
  readonly fingerprint: string;
  readonly signedBy: string;
  /** The fingerprint of the configuration file for which the session was last checked. */
  readonly configurationStamp: string;
  readonly environment: string;
}

const fifteenMinutes = 15 * 60;

/** Returns how long, in seconds, a session must still last to be used without a renewal. */
export function freshnessMarginSeconds(session: RoleSession): number {
  const length = (session.keys.expiresAt.getTime() - session.issuedAt.getTime()) / 1000;
  return length < 2 * fifteenMinutes ? length / 2 : fifteenMinutes;
}

/** Returns the seconds until `expiresAt` by the later of two clocks: this machine's, and AWS's as last seen. */
export function secondsLeft(expiresAt: Date, now: Date, skewMs: number): number {
  const latest = Math.max(now.getTime(), now.getTime() + skewMs);
  return (expiresAt.getTime() - latest) / 1000;
}

export function encodeMfaSession(session: MfaSession): Secret {
  const { keys, ...rest } = session;
  return new Secret(JSON.stringify({ version: 1, kind: "mfa", keys: encodeKeys(keys), ...rest }));
}

export function encodeRoleSession(session: RoleSession): Secret {
  const { keys, ...rest } = session;
  return new Secret(JSON.stringify({ version: 1, kind: "role", keys: encodeKeys(keys), ...rest }));
}

/** Returns undefined for text that is not a complete MFA session of a known version. */
export function decodeMfaSession(text: Secret | undefined): MfaSession | undefined {
  const value = parse(text, "mfa");
  const keys = value && decodeKeys(value["keys"]);
  if (!value || !keys) return undefined;
  const codeAt = date(value["codeAt"]);
  const { device, signedBy, environment } = value;
  if (!codeAt || !isText(device) || !isText(signedBy) || !isText(environment)) return undefined;
  return { keys, codeAt, device, signedBy, environment };
}

/** Returns undefined for text that is not a complete role session of a known version. */
export function decodeRoleSession(text: Secret | undefined): RoleSession | undefined {
  const value = parse(text, "role");
  const keys = value && decodeKeys(value["keys"]);
  if (!value || !keys) return undefined;
  const issuedAt = date(value["issuedAt"]);
  const { assumedRoleArn, accountId, region, fingerprint, signedBy, configurationStamp } = value;
  const { environment } = value;
  if (!issuedAt || !isText(assumedRoleArn) || !isText(accountId) || !isText(region))
    return undefined;
  if (!isText(fingerprint) || !isText(signedBy)) return undefined;
  if (!isText(configurationStamp) || !isText(environment)) return undefined;
  const renewableUntil = date(value["renewableUntil"]);
  return {
    keys,
    issuedAt,
    renewableUntil,
    assumedRoleArn,
    accountId,
    region,
    isRegionAmbient: value["isRegionAmbient"] === true || undefined,
    fingerprint,
    signedBy,
    configurationStamp,
    environment,
  };
}

function encodeKeys(keys: SessionKeys): unknown {
  return {
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey.reveal(),
    sessionToken: keys.sessionToken.reveal(),
    expiresAt: keys.expiresAt,
  };
}

function decodeKeys(value: unknown): SessionKeys | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = value as Record<
    string,
    unknown
  >;
  const end = date(expiresAt);
  if (!isText(accessKeyId) || !isText(secretAccessKey) || !isText(sessionToken) || !end) {
    return undefined;
  }
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    sessionToken: new Secret(sessionToken),
    expiresAt: end,
  };
}

function parse(text: Secret | undefined, kind: string): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text.reveal());
    if (typeof value !== "object" || value === null) return undefined;
    const record = value as Record<string, unknown>;
    return record["version"] === 1 && record["kind"] === kind ? record : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function date(value: unknown): Date | undefined {
  if (typeof value !== "string") return undefined;
  const parsed = new Date(value);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
