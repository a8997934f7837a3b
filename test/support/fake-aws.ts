// STS and IAM as the flows see them, at the level of the port: codes that work once, sessions that end,
// roles that bound the age of the code. Every call is counted; faults are queued by call.

import { AwstError, type ErrorCode } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Keys, SessionKeys } from "../../src/model/session/session.ts";
import type { Aws } from "../../src/ports/aws.ts";

export const fakeDevice = "arn:aws:iam::111111111111:mfa/user";

export interface FakeRole {
  /** Longest age of the code, in seconds. */
  maxAgeSeconds?: number;
  maxSessionSeconds?: number;
}

export interface FakeAws {
  open(credentials: Keys): Aws;
  readonly calls: string[];
  readonly sentCodes: string[];
  readonly roles: Map<string, FakeRole>;
  devices: string[];
  userName: string;
  /** Long-term key ids AWS knows. */
  readonly keyIds: Set<string>;
  /** Whether it takes a long-term key. Default: by `keyIds`. Throws. */
  checkKey: (credentials: Keys) => void;
  /** What a device shows in a step. Default: the same on all. */
  codeShown: (device: string, step: number) => string;
  /** Whether a session ends with the key that opened it. */
  sessionsEndWithTheirKey: boolean;
  /** The caller's code, as policies see it; AWS_KEY_REJECTED, AWS_SECRET_WRONG, AWS_SESSION_EXPIRED. */
  codeAtOf(credentials: Keys): Date | undefined;
  /** Counts a call, and does or breaks it as the faults say. */
  answer<T>(call: string, act: () => T): Promise<T>;
  /** The step whose code this is, used up by it; AWS_CODE_REFUSED. `steps`: how many it may be off. */
  takeStep(device: string, code: Secret, steps: number): number;
  /** The code of the present step. */
  code(offsetSteps?: number): string;
  /** The next call of this name ends so; `acted`: after AWS did it. */
  failNext(
    call: string,
    code: ErrorCode,
    how?: { acted?: boolean; effect?: "nothing-done" | "unknown" },
  ): void;
  /** What every call of this name does before it answers. */
  readonly before: Map<string, () => Promise<void>>;
  /** The same, once AWS has acted: to be killed before the answer comes, for one. */
  readonly after: Map<string, () => Promise<void>>;
}

interface Issued {
  readonly expiresAt: Date;
  readonly codeAt: Date | undefined;
  readonly kind: "mfa" | "role";
  readonly signedBy: string;
}

export function makeFakeAws(now: () => Date): FakeAws {
  const issued = new Map<string, Issued>();
  const usedSteps = new Set<string>();
  const faults: {
    call: string;
    code: ErrorCode;
    acted: boolean;
    effect: "nothing-done" | "unknown" | undefined;
  }[] = [];
  let serial = 0;

  const aws: FakeAws = {
    calls: [],
    sentCodes: [],
    roles: new Map(),
    devices: [fakeDevice],
    userName: "user",
    keyIds: new Set(["AKIAFAKEFAKEFAKEFAKE"]),
    before: new Map(),
    after: new Map(),
    sessionsEndWithTheirKey: false,
    checkKey: ({ accessKeyId }) => {
      if (!aws.keyIds.has(accessKeyId)) throw new AwstError("AWS_KEY_REJECTED", "unknown key");
    },
    codeShown: (_device, step) => codeOf(step),
    codeAtOf: (credentials) => {
      requireKey(credentials);
      return issued.get(credentials.accessKeyId)?.codeAt;
    },
    answer,
    takeStep,
    code: (offset = 0) => codeOf(stepOf(now()) + offset),
    failNext: (call, code, how = {}) => {
      faults.push({ call, code, acted: how.acted ?? false, effect: how.effect });
    },
    open: (credentials) => ({
      getSessionToken: ({ device, code, durationSeconds }) =>
        answer("GetSessionToken", () => {
          if (credentials.sessionToken) throw new AwstError("AWS_CALLER_IS_SESSION", "no sessions");
          requireKey(credentials);
          takeCode(device, code);
          return { at: now(), keys: issue("mfa", durationSeconds, now(), credentials) };
        }),
      assumeRole: (ask) =>
        answer("AssumeRole", () => {
          requireKey(credentials);
          const session = issued.get(credentials.accessKeyId);
          if (ask.mfa) takeCode(ask.mfa.device, ask.mfa.code);
          const codeAt = ask.mfa ? now() : session?.codeAt;
          const role = aws.roles.get(ask.roleArn);
          const age = codeAt
            ? (now().getTime() - codeAt.getTime()) / 1000
            : Number.POSITIVE_INFINITY;
          if (!role || age >= (role.maxAgeSeconds ?? Number.POSITIVE_INFINITY)) {
            throw new AwstError("AWS_DENIED", `not authorized to assume ${ask.roleArn}`);
          }
          if (session && ask.durationSeconds > 3600) {
            throw new AwstError("AWS_DURATION_OVER_CHAIN_CAP", "1 hour session limit");
          }
          if (ask.durationSeconds > (role.maxSessionSeconds ?? 3600)) {
            throw new AwstError("AWS_DURATION_OVER_MAXIMUM", "over MaxSessionDuration");
          }
          const keys = issue("role", ask.durationSeconds, codeAt, credentials);
          const assumedRoleArn = `${ask.roleArn}/${ask.sessionName}`;
          return { at: now(), keys, assumedRoleArn };
        }),
      getCallerIdentity: () =>
        answer("GetCallerIdentity", () => {
          requireKey(credentials);
          const arn = `arn:aws:iam::111111111111:user/team/${aws.userName}`;
          return { at: now(), arn, accountId: "111111111111" };
        }),
      listMfaDevices: () =>
        answer("ListMFADevices", () => {
          requireKey(credentials);
          const userName = aws.devices.length > 0 ? aws.userName : undefined;
          return { at: now(), userName, serials: [...aws.devices] };
        }),
    }),
  };

  async function answer<T>(call: string, act: () => T): Promise<T> {
    aws.calls.push(call);
    await aws.before.get(call)?.();
    const index = faults.findIndex((each) => each.call === call);
    const fault = index < 0 ? undefined : faults.splice(index, 1)[0];
    if (fault && !fault.acted)
      throw new AwstError(fault.code, `${call}: ${fault.code}`, { effect: fault.effect });
    const done = act();
    await aws.after.get(call)?.();
    if (fault) throw new AwstError(fault.code, `${call}: ${fault.code}`, { effect: fault.effect });
    return done;
  }

  function requireKey(credentials: Keys): void {
    if (!credentials.sessionToken) {
      aws.checkKey(credentials);
      return;
    }
    const session = issued.get(credentials.accessKeyId);
    if (!session) throw new AwstError("AWS_KEY_REJECTED", "unknown session");
    if (session.expiresAt <= now()) throw new AwstError("AWS_SESSION_EXPIRED", "expired");
    if (aws.sessionsEndWithTheirKey && !aws.keyIds.has(session.signedBy)) {
      throw new AwstError("AWS_KEY_REJECTED", "its key is gone");
    }
  }

  function takeCode(device: string, code: Secret): void {
    aws.sentCodes.push(code.reveal());
    if (!aws.devices.includes(device)) throw new AwstError("AWS_DEVICE_UNKNOWN", `no ${device}`);
    takeStep(device, code, 1);
  }

  function takeStep(device: string, code: Secret, steps: number): number {
    const present = stepOf(now());
    for (let step = present; step >= present - steps; step--) {
      if (aws.codeShown(device, step) !== code.reveal() || usedSteps.has(`${device} ${step}`))
        continue;
      usedSteps.add(`${device} ${step}`);
      return step;
    }
    throw new AwstError("AWS_CODE_REFUSED", "invalid MFA one time pass code", {
      effect: "nothing-done",
    });
  }

  function issue(
    kind: Issued["kind"],
    seconds: number,
    codeAt: Date | undefined,
    by: Keys,
  ): SessionKeys {
    serial += 1;
    const accessKeyId = `ASIA${String(serial).padStart(16, "0")}`;
    const expiresAt = new Date(now().getTime() + seconds * 1000);
    const signedBy = issued.get(by.accessKeyId)?.signedBy ?? by.accessKeyId;
    issued.set(accessKeyId, { expiresAt, codeAt, kind, signedBy });
    return {
      accessKeyId,
      secretAccessKey: new Secret(`secret-${serial}`),
      sessionToken: new Secret(`token-${serial}==`),
      expiresAt,
    };
  }

  return aws;
}

function stepOf(time: Date): number {
  return Math.floor(time.getTime() / 30_000);
}

function codeOf(step: number): string {
  return String((step * 7919) % 1_000_000).padStart(6, "0");
}
