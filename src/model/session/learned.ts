// What AWS's answers taught, kept so that it need not be asked again: a key's user and devices, the
// durations a role refuses, the roles that are not allowed. Never a secret, never the truth.

export const learnedName = "learned";

export interface Learned {
  readonly users: Readonly<Record<string, LearnedUser>>;
  readonly maxima: Readonly<Record<string, LearnedMaximum>>;
  readonly refusals: Readonly<Record<string, LearnedRefusal>>;
}

/** By access key id. */
export interface LearnedUser {
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
export interface LearnedMaximum {
  readonly refusedSeconds: number;
  readonly at: string;
}

/** By fingerprint: refused to a young session. */
export interface LearnedRefusal {
  readonly at: string;
}

const weekMs = 7 * 24 * 3600 * 1000;
const nothing: Learned = { users: {}, maxima: {}, refusals: {} };

export function decodeLearned(value: unknown, now: Date): Learned {
  if (typeof value !== "object" || value === null) return nothing;
  const { users, maxima, refusals } = value as Record<string, unknown>;
  return {
    users: entries(users, isUser),
    maxima: young(entries(maxima, isMaximum), now),
    refusals: young(entries(refusals, isRefusal), now),
  };
}

export function withUser(learned: Learned, keyId: string, user: LearnedUser): Learned {
  return { ...learned, users: { ...learned.users, [keyId]: user } };
}

export function withoutUser(learned: Learned, keyId: string): Learned {
  const { [keyId]: _gone, ...users } = learned.users;
  return { ...learned, users };
}

/** Of several refusals the shortest duration counts. */
export function withMaximum(
  learned: Learned,
  roleArn: string,
  seconds: number,
  now: Date,
): Learned {
  const before = learned.maxima[roleArn]?.refusedSeconds ?? Number.POSITIVE_INFINITY;
  const maximum = { refusedSeconds: Math.min(before, seconds), at: now.toISOString() };
  return { ...learned, maxima: { ...learned.maxima, [roleArn]: maximum } };
}

export function withRefusal(learned: Learned, fingerprint: string, now: Date): Learned {
  const refusal = { at: now.toISOString() };
  return { ...learned, refusals: { ...learned.refusals, [fingerprint]: refusal } };
}

export function withoutRefusal(learned: Learned, fingerprint: string): Learned {
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

function isUser(value: unknown): value is LearnedUser {
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

function isMaximum(value: unknown): value is LearnedMaximum {
  const maximum = value as Record<string, unknown> | null;
  return (
    typeof maximum === "object" &&
    maximum !== null &&
    typeof maximum["refusedSeconds"] === "number" &&
    typeof maximum["at"] === "string"
  );
}

function isRefusal(value: unknown): value is LearnedRefusal {
  const refusal = value as Record<string, unknown> | null;
  return typeof refusal === "object" && refusal !== null && typeof refusal["at"] === "string";
}
