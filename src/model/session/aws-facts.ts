// The cache of AWS facts, which saves calls to AWS: a key's user and its MFA devices, the durations that a
// role refuses, the roles that are not allowed. No secret is in it, and AWS may have changed since.

import type { StateFile } from "../state-file.ts";

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
  /** The device whose code to ask for first: the only one, or the one used last. */
  readonly lastUsed: string | undefined;
}

/** By role ARN. */
export interface RoleMaximum {
  readonly refusedSeconds: number;
  readonly at: string;
}

/** By the target's fingerprint: AWS refused the role to a new session. */
export interface RoleRefusal {
  readonly at: string;
}

const weekMs = 7 * 24 * 3600 * 1000;
const noFacts: AwsFacts = { users: {}, maxima: {}, refusals: {} };

export const awsFactsName = "learned";

export const awsFactsFile: StateFile<AwsFacts> = {
  name: awsFactsName,
  decode: (stored, clock) => decodeAwsFacts(stored, clock().now),
};

export function decodeAwsFacts(value: unknown, now: Date): AwsFacts {
  if (typeof value !== "object" || value === null) return noFacts;
  const { users, maxima, refusals } = value as Record<string, unknown>;
  return {
    users: entries(users, isUser),
    maxima: recent(entries(maxima, isMaximum), now),
    refusals: recent(entries(refusals, isRefusal), now),
  };
}

export function withUser(facts: AwsFacts, keyId: string, user: UserFacts): AwsFacts {
  return { ...facts, users: { ...facts.users, [keyId]: user } };
}

export function withoutUser(facts: AwsFacts, keyId: string): AwsFacts {
  const { [keyId]: _removed, ...users } = facts.users;
  return { ...facts, users };
}

/** Records a duration that the role refuses; of several, the shortest counts. */
export function withRoleMaximum(
  facts: AwsFacts,
  roleArn: string,
  seconds: number,
  now: Date,
): AwsFacts {
  const before = facts.maxima[roleArn]?.refusedSeconds ?? Number.POSITIVE_INFINITY;
  const maximum = { refusedSeconds: Math.min(before, seconds), at: now.toISOString() };
  return { ...facts, maxima: { ...facts.maxima, [roleArn]: maximum } };
}

export function withRefusal(facts: AwsFacts, fingerprint: string, now: Date): AwsFacts {
  const refusal = { at: now.toISOString() };
  return { ...facts, refusals: { ...facts.refusals, [fingerprint]: refusal } };
}

export function withoutRefusal(facts: AwsFacts, fingerprint: string): AwsFacts {
  const { [fingerprint]: _removed, ...refusals } = facts.refusals;
  return { ...facts, refusals };
}

/** Returns whether the device makes codes: `:mfa/` ARNs and hardware serial numbers do, others don't. */
export function makesCodes(serial: string): boolean {
  return !serial.startsWith("arn:") || /^arn:[^:]+:iam::\d{12}:mfa\//.test(serial);
}

function entries<T>(value: unknown, is: (each: unknown) => each is T): Readonly<Record<string, T>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, T] => is(entry[1])),
  );
}

function recent<T extends { readonly at: string }>(
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
    Number.isFinite(maximum["refusedSeconds"]) &&
    typeof maximum["at"] === "string"
  );
}

function isRefusal(value: unknown): value is RoleRefusal {
  const refusal = value as Record<string, unknown> | null;
  return typeof refusal === "object" && refusal !== null && typeof refusal["at"] === "string";
}
