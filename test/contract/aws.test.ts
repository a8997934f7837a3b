// AWS's adapter against the sandbox: every refusal the service can give ends as its own error, and a
// code goes out once, whatever happens to the answer.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { openAws } from "../../src/adapters/aws/aws.ts";
import { AwstError, type ErrorCode } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Keys } from "../../src/model/session/session.ts";
import type { AssumeRoleInput, Aws } from "../../src/ports/aws.ts";
import { startBracket } from "../support/bracket.ts";
import { roleInput } from "../support/raw-aws.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.stop());

const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`;

function mainKeys(): Keys {
  const { accessKeyId, secretAccessKey } = sandbox.main;
  return { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
}

function open(credentials: Keys = mainKeys(), skewMs = 0): Aws {
  const env = { AWS_ENDPOINT_URL: sandbox.url };
  const iam = () => import("../../src/adapters/aws/aws-iam-call.ts");
  const limits = { pauseMs: 1, requestMs: 2_000 };
  return openAws(credentials, "eu-west-1", {
    env,
    time: { clock: () => ({ skewMs }), recordTime: () => {} },
    debug: () => {},
    iam,
    limits,
  });
}

function sessionInput(change: { device?: string; code?: string; durationSeconds?: number } = {}) {
  const code = new Secret(change.code ?? sandbox.code());
  return { device: sandbox.main.serial, durationSeconds: 43_200, ...change, code };
}

function developerRole(change: Partial<AssumeRoleInput> = {}): AssumeRoleInput {
  return roleInput(role("DeveloperAccess"), { sessionName: "admin", ...change });
}

const withCode = () => ({
  mfa: { device: sandbox.main.serial, code: new Secret(sandbox.code()) },
});

async function openSession(): Promise<Aws> {
  return open((await open().getSessionToken(sessionInput())).keys);
}

function calls(): string[] {
  return sandbox.calls().map(({ action, result }) => `${action} ${result}`);
}

async function failing(promise: Promise<unknown>): Promise<AwstError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AwstError);
  return error as AwstError;
}

describe("what works", () => {
  test("one code, two roles, who one is, and the devices", async () => {
    const isInTwelveHours = startBracket(() => sandbox.clock.now().getTime() + 43_200_000);
    const { keys } = await open().getSessionToken(sessionInput());
    expect(isInTwelveHours(keys.expiresAt.getTime())).toBe(true);
    const session = open(keys);
    for (const name of ["AdminAccess", "DeveloperAccess"]) {
      const { assumedRoleArn, keys: roleKeys } = await session.assumeRole(
        developerRole({ roleArn: role(name) }),
      );
      expect(assumedRoleArn).toBe(`arn:aws:sts::111111111111:assumed-role/${name}/admin`);
      const { arn } = await open(roleKeys).getCallerIdentity();
      expect(arn).toBe(assumedRoleArn);
    }
    expect(await open().listMfaDevices()).toMatchObject({
      userName: "admin",
      serials: [sandbox.main.serial],
    });
  });

  test("every page of devices", async () => {
    const account = sandbox.cloud.account("111111111111");
    account.addDevice("admin", "second");
    account.addDevice("admin", "third");
    sandbox.settings.pageSize = 1;
    const { serials } = await open().listMfaDevices();
    expect(serials.length).toBe(3);
    expect(new Set(serials).size).toBe(3);
    expect(calls().length).toBe(3);
  });

  test("every answer has AWS's time", async () => {
    sandbox.clock.advance(400);
    const isNow = startBracket(() => sandbox.clock.now().getTime());
    const { at } = await open().getCallerIdentity();
    expect(isNow(at.getTime())).toBe(true);
  });
});

interface Refused {
  readonly what: string;
  readonly becomes: ErrorCode;
  readonly message: RegExp;
  /** As seen by the sandbox: our name is never all that stands behind it. */
  readonly awsCode: string;
  act(): Promise<unknown>;
}

/** A refusal that only AWS's state can bring about, answered word for word. */
function refusedWith(code: string, message: string, status = 400): () => Promise<unknown> {
  return () => {
    const fault: Fault = { action: "AssumeRole", kind: "error", status, code, message, times: 9 };
    sandbox.faults.add(fault);
    return open().assumeRole(developerRole(withCode()));
  };
}

const refusals: readonly Refused[] = [
  {
    what: "a wrong code",
    becomes: "AWS_CODE_REFUSED",
    message: /^AWS refused the code of arn:aws:iam::111111111111:mfa\/admin/,
    awsCode: "AccessDenied",
    act: () => open().getSessionToken(sessionInput({ code: sandbox.code(undefined, 20) })),
  },
  {
    what: "a code used before",
    becomes: "AWS_CODE_REFUSED",
    message: /wrong, expired or used before$/,
    awsCode: "AccessDenied",
    act: async () => {
      await open().getSessionToken(sessionInput());
      sandbox.forgetCalls();
      await open().assumeRole(developerRole(withCode()));
    },
  },
  {
    what: "a device that is not the user's",
    becomes: "AWS_DEVICE_UNKNOWN",
    message: /^arn:aws:iam::111111111111:mfa\/other is not an MFA device of the user of AKIA/,
    awsCode: "AccessDenied",
    act: () =>
      open().getSessionToken(sessionInput({ device: "arn:aws:iam::111111111111:mfa/other" })),
  },
  {
    what: "half of the pair",
    becomes: "AWS_CODE_INCOMPLETE",
    message: /^AssumeRole needs an MFA device together with its code/,
    awsCode: "AccessDenied",
    act: refusedWith(
      "AccessDenied",
      "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
      403,
    ),
  },
  {
    what: "a role that asks for MFA, without any",
    becomes: "AWS_DENIED",
    message:
      /^AWS refused arn:aws:iam::111111111111:role\/DeveloperAccess: not allowed, or no such/,
    awsCode: "AccessDenied",
    act: () => open().assumeRole(developerRole()),
  },
  {
    what: "a role that is not there",
    becomes: "AWS_DENIED",
    message: /role\/developeraccess: not allowed, or no such role$/,
    awsCode: "AccessDenied",
    act: () =>
      open().assumeRole(developerRole({ roleArn: role("developeraccess"), ...withCode() })),
  },
  {
    what: "session tags without permission",
    becomes: "AWS_DENIED",
    message: /role\/DeveloperAccess: sts:TagSession is not allowed$/,
    awsCode: "AccessDenied",
    act: () => open().assumeRole(developerRole({ tags: { team: "a" }, ...withCode() })),
  },
  {
    what: "devices that may not be listed",
    becomes: "AWS_DENIED",
    message:
      /^AWS denied ListMFADevices: User: .* is not authorized to perform: iam:ListMFADevices/,
    awsCode: "AccessDenied",
    act: () => {
      const account = sandbox.cloud.account("111111111111");
      account.addUser("bare");
      const { id, secret } = account.addKey("bare");
      const keys = { accessKeyId: id, secretAccessKey: new Secret(secret) };
      return open(keys).listMfaDevices();
    },
  },
  {
    what: "a duration over the role's maximum",
    becomes: "AWS_DURATION_OVER_MAXIMUM",
    message: /^4 h is over the maximum session duration of .*DeveloperAccess$/,
    awsCode: "ValidationError",
    act: () => open().assumeRole(developerRole({ durationSeconds: 14_400, ...withCode() })),
  },
  {
    what: "a duration over the cap of temporary keys",
    becomes: "AWS_DURATION_OVER_CHAIN_CAP",
    message: /DeveloperAccess cannot be assumed for 4 h: AWS limits/,
    awsCode: "ValidationError",
    act: async () => {
      const session = await openSession();
      sandbox.forgetCalls();
      await session.assumeRole(developerRole({ durationSeconds: 14_400 }));
    },
  },
  {
    what: "a value out of range",
    becomes: "AWS_INPUT_REFUSED",
    message: /^AWS refused the input of AssumeRole: 1 validation error detected: /,
    awsCode: "ValidationError",
    act: () => open().assumeRole(developerRole({ sessionName: "not allowed!", ...withCode() })),
  },
  {
    what: "GetSessionToken with temporary keys",
    becomes: "AWS_CALLER_IS_SESSION",
    message: /^ASIA\w+ is a temporary key, and GetSessionToken takes long-term keys only$/,
    awsCode: "AccessDenied",
    act: async () => {
      const session = await openSession();
      sandbox.forgetCalls();
      await session.getSessionToken(sessionInput());
    },
  },
  {
    what: "a key that is not known",
    becomes: "AWS_KEY_REJECTED",
    message: /^AWS does not know the access key AKIAUNKNOWN0000000000/,
    awsCode: "InvalidClientTokenId",
    act: () => {
      const keys = { accessKeyId: "AKIAUNKNOWN0000000000", secretAccessKey: new Secret("x") };
      return open(keys).getCallerIdentity();
    },
  },
  {
    what: "a key that was deactivated",
    becomes: "AWS_KEY_REJECTED",
    message: /^AWS does not know the access key AKIA\w+ \(deleted, deactivated, rotated/,
    awsCode: "InvalidClientTokenId",
    act: () => {
      sandbox.cloud.account("111111111111").disableKey(sandbox.main.accessKeyId);
      return open().getSessionToken(sessionInput());
    },
  },
  {
    what: "a session whose key is not known",
    becomes: "AWS_KEY_REJECTED",
    message: /^AWS rejected the session key ASIAUNKNOWN0000000000/,
    awsCode: "InvalidClientTokenId",
    act: () =>
      open({
        accessKeyId: "ASIAUNKNOWN0000000000",
        secretAccessKey: new Secret("x"),
        sessionToken: new Secret("y"),
      }).assumeRole(developerRole()),
  },
  {
    what: "a session that is over",
    becomes: "AWS_SESSION_EXPIRED",
    message: /^the session of ASIA\w+ has expired/,
    awsCode: "ExpiredToken",
    act: async () => {
      const { keys } = await open().getSessionToken(sessionInput({ durationSeconds: 900 }));
      sandbox.clock.advance(901);
      sandbox.forgetCalls();
      await open(keys, 901_000).getCallerIdentity();
    },
  },
  {
    what: "a wrong secret",
    becomes: "AWS_SECRET_WRONG",
    message: /^the stored secret of AKIA\w+ is not the one that AWS knows$/,
    awsCode: "SignatureDoesNotMatch",
    act: () =>
      open({ ...mainKeys(), secretAccessKey: new Secret("wrong") }).getSessionToken(sessionInput()),
  },
  {
    what: "a session policy that is none",
    becomes: "AWS_POLICY_REFUSED",
    message: /^AWS refused the session policy: /,
    awsCode: "MalformedPolicyDocument",
    act: () => open().assumeRole(developerRole({ policy: "{not json}", ...withCode() })),
  },
  {
    what: "session policies and tags that are too large",
    becomes: "AWS_POLICY_TOO_LARGE",
    message: /^session policies and tags are too large together: /,
    awsCode: "PackedPolicyTooLarge",
    act: () => {
      const tags = Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [`key${index}`, "x".repeat(250)]),
      );
      return open().assumeRole(developerRole({ tags, ...withCode() }));
    },
  },
  {
    what: "STS off in the region",
    becomes: "AWS_REGION_DISABLED",
    message: /^STS is not active in eu-west-1 for this account$/,
    awsCode: "RegionDisabledException",
    act: () => {
      sandbox.settings.disabledRegions = "eu-west-1";
      return open().getSessionToken(sessionInput());
    },
  },
  {
    what: "a request that is too old, by another name",
    becomes: "CLOCK_SKEWED",
    message: /^your clock is \d+ s (behind|ahead of) AWS's$/,
    awsCode: "RequestExpired",
    act: refusedWith("RequestExpired", "Request has expired."),
  },
  {
    what: "anything else",
    becomes: "AWS_FAILED",
    message: /^AWS responded to AssumeRole with ServiceLinkedTrouble \(HTTP 400\): something new$/,
    awsCode: "ServiceLinkedTrouble",
    act: refusedWith("ServiceLinkedTrouble", "something new."),
  },
];

describe("refusals", () => {
  test.each(refusals)("$what → $becomes", async ({ act, becomes, message, awsCode }) => {
    const isNow = startBracket(() => sandbox.clock.now().getTime());
    const error = await failing(act());
    expect(error.message).toMatch(message);
    expect(error.code).toBe(becomes);
    expect(error.effect).toBe("nothing-done");
    expect(isNow(Number(error.awsTime))).toBe(true);
    const isResent = becomes === "CLOCK_SKEWED";
    expect(calls().map((call) => call.split(" ")[1])).toEqual(
      isResent ? [awsCode, awsCode] : [awsCode],
    );
    expect(`${error.message} ${error.hint} ${error.cause}`).not.toContain(
      sandbox.main.secretAccessKey,
    );
  });
});

describe("a code goes out once", () => {
  const faults: [Fault["kind"], ErrorCode, "unknown" | "nothing-done"][] = [
    ["reset-before", "AWS_UNREACHABLE", "unknown"],
    ["reset-after", "AWS_UNREACHABLE", "unknown"],
    ["error500", "AWS_FAILED", "unknown"],
    ["error503", "AWS_FAILED", "unknown"],
    ["html", "AWS_RESPONSE_MALFORMED", "unknown"],
    ["truncated", "AWS_UNREACHABLE", "unknown"],
    ["hang", "AWS_UNREACHABLE", "unknown"],
    ["deny", "AWS_DENIED", "nothing-done"],
  ];
  test.each(faults)("%s → %s", async (kind, becomes, effect) => {
    for (const action of ["GetSessionToken", "AssumeRole"]) {
      sandbox.faults.add({ action, kind, times: 9 });
    }
    for (const call of [
      () => open().getSessionToken(sessionInput()),
      () => open().assumeRole(developerRole(withCode())),
    ]) {
      sandbox.forgetCalls();
      const error = await failing(call());
      expect([error.code, error.effect]).toEqual([becomes, effect]);
      expect(sandbox.calls().map(({ codeSeenBefore }) => codeSeenBefore)).toEqual([0]);
    }
  });

  test("throttled: the same digits again, and they are still good", async () => {
    sandbox.faults.add({ action: "GetSessionToken", kind: "throttle", times: 2 });
    const { keys } = await open().getSessionToken(sessionInput());
    expect(keys.accessKeyId).toMatch(/^ASIA/);
    expect(sandbox.calls().map(({ codeSeenBefore }) => codeSeenBefore)).toEqual([0, 1, 2]);
  });

  test("throttled without end: four times, and nothing was done", async () => {
    sandbox.faults.add({ action: "GetSessionToken", kind: "throttle", times: 99 });
    const error = await failing(open().getSessionToken(sessionInput()));
    expect(error).toMatchObject({ code: "AWS_THROTTLED", effect: "nothing-done" });
    expect(calls().length).toBe(4);
  });
});

describe("what carries no code goes up to three times", () => {
  test.each(["reset-before", "error500", "error503"] as const)("%s", async (kind) => {
    const session = await openSession();
    sandbox.forgetCalls();
    sandbox.faults.add({ action: "AssumeRole", kind, times: 2 });
    const { keys } = await session.assumeRole(developerRole());
    expect(keys.accessKeyId).toMatch(/^ASIA/);
    expect(calls().length).toBe(3);
  });
});

describe("a clock that is off", () => {
  test.each([
    ["behind", 1_200],
    ["ahead", -1_200],
  ])("%s by 20 min: one correction, the code is good", async (_, seconds) => {
    sandbox.clock.advance(seconds);
    const isNow = startBracket(() => sandbox.clock.now().getTime());
    const { keys, at } = await open().getSessionToken(sessionInput());
    expect(keys.accessKeyId).toMatch(/^ASIA/);
    expect(isNow(at.getTime())).toBe(true);
    expect(calls()).toEqual(["GetSessionToken SignatureDoesNotMatch", "GetSessionToken ok"]);
  });

  test("known before: no correction needed", async () => {
    sandbox.clock.advance(1_200);
    await open(mainKeys(), 1_200_000).getSessionToken(sessionInput());
    expect(calls()).toEqual(["GetSessionToken ok"]);
  });
});
