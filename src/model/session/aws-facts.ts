// What AWS's answers taught, kept so that it need not be asked again: a key's user and devices, the
// durations a role refuses, the roles that are not allowed. Never a secret, never the truth.

import type { StateFile } from "../state-file.ts";

export const awsFactsName = "learned";

export interface AwsFacts {
  readonly users: Readonly<Record<string, UserFacts>>;
  readonly maxima: Readonly<Record<string, RoleMaximum>>;
  readonly refusals: Readonly<Record<string, RoleRefusal>>;
}

/** By access key id. */
export interface UserFacts {
  readonly userName: string;
  readonly accountId: string | undefined;
  /** Serials of devices that can make codes. */
  readonly devices: readonly string[];
  /** Serials of security keys and passkeys: STS refuses them. */
  readonly unusable: readonly string[];
  /** The device whose code was last accepted, or the one chosen. */
  readonly lastUsed: string | undefined;
}

/** By role ARN. */
export interface RoleMaximum {
  readonly refusedSeconds: number;
  readonly at: string;
}

/** By fingerprint: refused to a young session. */
export interface RoleRefusal {
  readonly at: string;
}

const weekMs = 7 * 24 * 3600 * 1000;
const nothing: AwsFacts = { users: {}, maxima: {}, refusals: {} };

export const awsFactsFile: StateFile<AwsFacts> = {
  name: awsFactsName,
  decode: (stored, clock) => decodeAwsFacts(stored, clock().now),
};

export function decodeAwsFacts(value: unknown, now: Date): AwsFacts {
  if (typeof value !== "object" || value === null) return nothing;
  const { users, maxima, refusals } = value as Record<string, unknown>;
  return {
    users: entries(users, isUser),
    maxima: young(entries(maxima, isMaximum), now),
    refusals: young(entries(refusals, isRefusal), now),
  };
}

export function withUser(learned: AwsFacts, keyId: string, user: UserFacts): AwsFacts {
  return { ...learned, users: { ...learned.users, [keyId]: user } };
}

export function withoutUser(learned: AwsFacts, keyId: string): AwsFacts {
  const { [keyId]: _gone, ...users } = learned.users;
  return { ...learned, users };
}

/** Of several refusals the shortest duration counts. */
export function withRoleMaximum(
  learned: AwsFacts,
  roleArn: string,
  seconds: number,
  now: Date,
): AwsFacts {
  const before = learned.maxima[roleArn]?.refusedSeconds ?? Number.POSITIVE_INFINITY;
  const maximum = { refusedSeconds: Math.min(before, seconds), at: now.toISOString() };
  return { ...learned, maxima: { ...learned.maxima, [roleArn]: maximum } };
}

export function withRefusal(learned: AwsFacts, fingerprint: string, now: Date): AwsFacts {
  const refusal = { at: now.toISOString() };
  return { ...learned, refusals: { ...learned.refusals, [fingerprint]: refusal } };
}

export function withoutRefusal(learned: AwsFacts, fingerprint: string): AwsFacts {
  const { [fingerprint]: _gone, ...refusals } = learned.refusals;
  return { ...learned, refusals };
}

/** Device kinds by serial: `:mfa/` ARNs and plain hardware serials make codes, the rest does not. */
export function makesCodes(serial: string): boolean {
  return !serial.startsWith("arn:") || /^arn:[^:]+:iam::\d{12}:mfa\//.test(serial);
}

function entries<T>(value: unknown, is: (each: unknown) => each is T): Readonly<Record<string, T>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, T] => is(entry[1])),
  );
}

function young<T extends { readonly at: string }>(
  all: Readonly<Record<string, T>>,
  now: Date,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(all).filter(([, each]) => now.getTime() - Date.parse(each.at) < weekMs),
  );
}

function isUser(value: unknown): value is UserFacts {
  const user = value as Record<string, unknown> | null;
  return (
    typeof user === "object" &&
    user !== null &&
    typeof user["userName"] === "string" &&
    Array.isArray(user["devices"]) &&
    user["devices"].every((each) => typeof each === "string") &&
    Array.isArray(user["unusable"])
  );
}

function isMaximum(value: unknown): value is RoleMaximum {
  const maximum = value as Record<string, unknown> | null;
  return (
    typeof maximum === "object" &&
    maximum !== null &&
    typeof maximum["refusedSeconds"] === "number" &&
    typeof maximum["at"] === "string"
  );
}

function isRefusal(value: unknown): value is RoleRefusal {
  const refusal = value as Record<string, unknown> | null;
  return typeof refusal === "object" && refusal !== null && typeof refusal["at"] === "string";
}
