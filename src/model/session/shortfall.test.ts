import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { shortfallOf } from "./shortfall.ts";

const codeAt = new Date("2026-03-01T12:00:00Z");
const after = (hours: number) => new Date(codeAt.getTime() + hours * 3_600_000);
const roleArn = "arn:aws:iam::111111111111:role/Dev";
const hop = { roleArn, policyArns: [], policy: undefined, tags: {} };
const inputs = { ...hop, externalId: undefined, sourceIdentity: undefined, sessionName: undefined };

/** A session of `length` hours that was made `madeAt` hours after the code. */
function sessionOf(length: number, renewable: number | undefined, madeAt = 0) {
  const secret = new Secret("x");
  const keys = { accessKeyId: "ASIA", secretAccessKey: secret, sessionToken: secret };
  return {
    keys: { ...keys, expiresAt: after(madeAt + length) },
    issuedAt: after(madeAt),
    renewableUntil: renewable === undefined ? undefined : after(renewable),
  };
}

const mfa12 = { codeAt, expiresAt: after(12) };
/** AWS's times of one call differ by a second. */
const mfaEarly = { codeAt, expiresAt: new Date(after(12).getTime() - 1000) };
const mfaNew = { codeAt: after(3), expiresAt: after(15) };

interface ShortfallCase {
  readonly hours: number;
  readonly mode?: "renew" | "single" | "once";
  readonly isTyped?: boolean;
  readonly isChained?: boolean;
  readonly isFixed?: boolean;
  readonly session: ReturnType<typeof sessionOf>;
  readonly mfa?: typeof mfa12;
}

const cut = { why: "mfa-session", until: after(12) };
const fixed = (remedy?: "single") => ({ why: "fixed-keys", seconds: 3600, remedy });
const early = { ...sessionOf(1, 12), renewableUntil: mfaEarly.expiresAt };

describe("shortfallOf()", () => {
  test.each<[string, ShortfallCase, unknown]>([
    ["13 h of an MFA session of 12 h", { hours: 13, session: sessionOf(1, 12) }, cut],
    ["36 h of one of 12 h", { hours: 36, session: sessionOf(1, 12) }, cut],
    ["13 h that were renewed", { hours: 13, session: sessionOf(1, 12, 5) }, cut],
    ["20 h that only the configuration names", { hours: 20, session: sessionOf(1, 12) }, cut],
    ["all 12 h of one of 12 h", { hours: 12, session: sessionOf(1, 12) }, undefined],
    ["12 h by two clocks of AWS", { hours: 12, session: early, mfa: mfaEarly }, undefined],
    ["4 h of one of 12 h", { hours: 4, session: sessionOf(1, 4) }, undefined],
    ["an older code's session", { hours: 13, session: sessionOf(1, 12), mfa: mfaNew }, undefined],
    ["half an hour, once", { hours: 0.5, mode: "once", session: sessionOf(0.5, 12) }, undefined],
    [
      "a single one of 8 h",
      { hours: 8, mode: "single", session: sessionOf(8, undefined) },
      undefined,
    ],
    [
      "a single one above the role's maximum",
      { hours: 8, mode: "single", session: sessionOf(1, 8) },
      { why: "role-maximum", roleArn },
    ],
    [
      "the same in an environment",
      { hours: 8, mode: "single", isFixed: true, session: sessionOf(1, 8) },
      { why: "role-maximum", roleArn },
    ],
    [
      "8 h in an environment",
      { hours: 8, isTyped: true, isFixed: true, session: sessionOf(1, 8) },
      fixed("single"),
    ],
    [
      "8 h in an environment, by two clocks of AWS",
      { hours: 8, isTyped: true, isFixed: true, session: sessionOf(1 - 1 / 3600, 8) },
      fixed("single"),
    ],
    [
      "13 h in an environment: more than a single session can have",
      { hours: 13, isTyped: true, isFixed: true, session: sessionOf(1, 12) },
      fixed(),
    ],
    [
      "8 h in an environment, by way of another role",
      { hours: 8, isTyped: true, isFixed: true, isChained: true, session: sessionOf(1, 8) },
      fixed(),
    ],
    [
      "an environment with the configured duration, which is for profiles",
      { hours: 4, isFixed: true, session: sessionOf(1, 4) },
      undefined,
    ],
    [
      "one hour in an environment",
      { hours: 1, isTyped: true, isFixed: true, session: sessionOf(1, 1) },
      undefined,
    ],
  ])("%s", (_name, each, expected) => {
    const target = {
      mode: each.mode ?? "renew",
      durationSeconds: each.hours * 3600,
      ...{ inputs, chain: each.isChained ? [inputs] : [], writesKeys: false },
      flags: each.isTyped ? { durationSeconds: each.hours * 3600 } : {},
    };
    const facts = { target, session: each.session, keysAreFixed: each.isFixed ?? false };
    expect(shortfallOf({ ...facts, mfa: each.mfa ?? mfa12 })).toEqual(expected);
  });

  test("without an MFA session in the index, nothing is known", () => {
    const target = { mode: "renew", durationSeconds: 46_800, inputs, chain: [] } as const;
    const facts = { target: { ...target, writesKeys: false, flags: {} }, keysAreFixed: false };
    expect(shortfallOf({ ...facts, session: sessionOf(1, 12), mfa: undefined })).toBeUndefined();
  });
});
