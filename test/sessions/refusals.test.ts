// Every refusal of AWS that a user can get, provoked at the sandbox and seen through the whole
// program: its message, its status, its next step, and whether it cost a code. Codes come from the phone
// (`[mfa] command`), which counts them.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome, plainConfiguration } from "../support/home.ts";
import type { Finished } from "../support/processes.ts";

let home: Home;
beforeEach(async () => {
  home = await makeHome({ configuration: null });
  configure();
});
afterEach(() => home.remove());

const device = (more = "") => `\n[mfa]\ncommand = "mfa-code"\n${more}`;

function configure(more = device()): void {
  home.write(".config/awstools/config.toml", plainConfiguration(home.sandbox) + more);
}

const ask = (...more: string[]) =>
  home.awst(["credential-process", "main-account", "DeveloperAccess", ...more]);
const assume = (...more: string[]) =>
  home.awst(["assume", "main-account", "DeveloperAccess", ...more]);
const breakNext = (action: string, code: string, message: string, status = 403, times = 1) =>
  home.sandbox.faults.add({ action, kind: "error", code, message, status, times });

interface Seen extends Finished {
  readonly calls: string;
  readonly codes: number;
}

/** What one process did, the calls and codes before it not counted. */
async function watch(run: () => Promise<Finished>): Promise<Seen> {
  home.sandbox.forgetCalls();
  const before = home.codesAsked();
  const finished = await run();
  const calls = Object.entries(countCalls(home.sandbox)).map(([name, times]) => `${name}=${times}`);
  return { ...finished, calls: calls.join(" "), codes: home.codesAsked() - before };
}

/** A failure as spec'd: the status, nothing on stdout, one error line, at most one hint. */
function expectFailure(seen: Seen, status: number, message: RegExp, hint: RegExp | null): void {
  const lines = seen.stderr.trimEnd().split("\n");
  const errors = lines.filter((line) => line.startsWith("awst: error: "));
  const hints = lines.filter((line) => line.startsWith("awst: hint: "));
  expect({ status: seen.status, stdout: seen.stdout }, seen.stderr).toEqual({ status, stdout: "" });
  expect(errors, seen.stderr).toHaveLength(1);
  expect(errors[0]).toMatch(message);
  expect(hints, seen.stderr).toHaveLength(hint === null ? 0 : 1);
  if (hint !== null) expect(hints[0]).toMatch(hint);
  expect(lines.every((line) => line.startsWith("awst: "))).toBe(true);
}

describe("the code", () => {
  test("wrong: from a flag, the environment or a command it ends the run", async () => {
    const bad = { AWST_MFA_CODE: wrongCode() };
    expectFailure(
      await watch(() => assume("--mfa-code", wrongCode())),
      1,
      /refused the code of .*mfa\/admin/,
      /next code/,
    );
    home.moveClock(100);
    const args = ["credential-process", "main-account", "DeveloperAccess"];
    const seen = await watch(() => home.awst(args, { env: bad }));
    expectFailure(seen, 1, /refused the code of/, /next code/);
    expect(seen).toMatchObject({ calls: "GetSessionToken=1", codes: 0 });
    home.moveClock(100);
    configure(device().replace("mfa-code", `echo ${wrongCode()}`));
    const fromCommand = await watch(() => ask());
    expectFailure(fromCommand, 1, /refused the code of/, /next code/);
    expect(fromCommand.calls).toBe("GetSessionToken=1");
  });

  test("used before by another tool: the same words, and the next one works", async () => {
    breakNext(
      "GetSessionToken",
      "AccessDenied",
      "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
    );
    expectFailure(await watch(() => ask()), 1, /wrong, expired or used before/, /next code/);
    home.moveClock(30);
    expect(await watch(() => ask())).toMatchObject({ status: 0, codes: 1 });
  });

  test("another user's device, named in the configuration", async () => {
    configure(device('device = "arn:aws:iam::111111111111:mfa/user"\n'));
    const seen = await watch(() => ask());
    expectFailure(
      seen,
      1,
      /mfa\/user is not an MFA device of the user of AKIA/,
      /correct \[mfa\] device/,
    );
    expect(seen).toMatchObject({ calls: "GetSessionToken=1", codes: 1 });
  });

  test("a remembered device that AWS does not know any more: looked up, and asked for by name", async () => {
    expect(await ask()).toMatchObject({ status: 0 });
    home.moveClock(5 * 3600);
    const known = JSON.parse(home.read(".local/state/awst/learned.json") ?? "");
    const text = JSON.stringify(known).replaceAll("mfa/admin", "mfa/old-phone");
    home.write(".local/state/awst/learned.json", text);
    const seen = await watch(() => ask());
    expect(seen).toMatchObject({ status: 0, codes: 2, calls: "GetSessionToken=2 AssumeRole=1" });
    expect(seen.stderr).toMatch(/old-phone.*listed the devices again/);
  });

  test("one of serial and code lost on the way", async () => {
    breakNext(
      "GetSessionToken",
      "AccessDenied",
      "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    );
    expectFailure(await watch(() => ask()), 1, /device together with its code/, null);
  });

  test("listing devices is denied: the name is derived from the user's, and printed", async () => {
    home.sandbox.faults.add({ action: "ListMFADevices", kind: "deny", times: 9 });
    const seen = await watch(() => ask());
    expect(seen).toMatchObject({
      status: 0,
      codes: 1,
      calls: "GetCallerIdentity=1 GetSessionToken=1 AssumeRole=1",
    });
    expect(seen.stderr).toMatch(/iam:ListMFADevices.*arn:aws:iam::111111111111:mfa\/admin/);
  });
});

describe("the role", () => {
  const other = (role: string) => home.awst(["credential-process", "main-account", role]);

  test("refused to a new MFA session: fails, and no further code is sent", async () => {
    configure(`${device()}[roles.NoSuchRole]\nduration = "2h"\n`);
    await ask();
    const first = await watch(() => other("NoSuchRole"));
    expectFailure(first, 1, /role\/NoSuchRole/, /name \(case counts\)/);
    expect(first).toMatchObject({ calls: "AssumeRole=1", codes: 0 });
    home.moveClock(16 * 60);
    expect(await watch(() => other("NoSuchRole"))).toMatchObject({
      status: 1,
      codes: 0,
      calls: "AssumeRole=1",
    });
    home.moveClock(5 * 3600);
    const later = await watch(() => other("NoSuchRole"));
    expectFailure(
      later,
      1,
      /refused .*NoSuchRole to a new session at 20.* awst asks for no further code/,
      /awst assume main-account NoSuchRole --refresh/,
    );
    expect(later).toMatchObject({ codes: 0, calls: "" });
  });

  test("refused to an old session, since the role asks for a younger code: a code, once", async () => {
    // The role's own condition is one hour; the configuration says two.
    const text = home.read(".config/awstools/config.toml") ?? "";
    home.write(
      ".config/awstools/config.toml",
      text.replace('[roles.AdminAccess]\nduration = "1h"', '[roles.AdminAccess]\nduration = "2h"'),
    );
    await ask();
    home.moveClock(65 * 60);
    const seen = await watch(() => other("AdminAccess"));
    expect(seen, seen.stderr).toMatchObject({
      status: 0,
      codes: 1,
      calls: "AssumeRole=2 GetSessionToken=1",
    });
  });

  test("refused to an old MFA session and then to the new one: fails after one code", async () => {
    configure(`${device()}[roles.NoSuchRole]\nduration = "4h"\n`);
    await ask();
    home.moveClock(65 * 60);
    const seen = await watch(() => other("NoSuchRole"));
    expectFailure(seen, 1, /role\/NoSuchRole/, /name/);
    expect(seen).toMatchObject({ codes: 1, calls: "AssumeRole=2 GetSessionToken=1" });
    home.moveClock(65 * 60);
    expect(await watch(() => other("NoSuchRole"))).toMatchObject({ status: 1, codes: 0 });
  });

  test("over the role's maximum: printed, with who can raise it, and renewed with the next code", async () => {
    const account = home.sandbox.cloud.account("111111111111");
    account.addRole("Long", { trust: account.role("DeveloperAccess").trust, policies: [] });
    account.attachToUser("admin", {
      name: "Long",
      document: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }],
      },
    });
    configure(`[roles.Long]\nduration = "4h"\nsession = "single"\n`);
    const args = ["assume", "main-account", "Long", "--mfa-code", home.code()];
    const fixed = await watch(() => home.awst(args));
    expect(fixed).toMatchObject({ status: 3, stdout: "", calls: "AssumeRole=1" });
    expect(fixed.stderr).toMatch(
      /role\/Long allows no session of 4 h \(its MaxSessionDuration is lower; the role's administrator can raise it\)/,
    );
  });

  test("over the cap of one hour that AWS has for sessions made of sessions", async () => {
    breakNext(
      "AssumeRole",
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
      400,
    );
    expectFailure(
      await watch(() => ask()),
      1,
      /role\/DeveloperAccess cannot be assumed for 1 h: AWS limits/,
      null,
    );
  });

  test("a value AWS does not take", async () => {
    breakNext(
      "AssumeRole",
      "ValidationError",
      "1 validation error detected: Value 'x' at 'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
      400,
    );
    expectFailure(
      await watch(() => ask()),
      1,
      /refused the input of AssumeRole: .*externalId/,
      null,
    );
  });

  test("a session policy that is none, or too large", async () => {
    home.write(
      "policy.json",
      '{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps","Action":"*","Resource":"*"}]}',
    );
    expectFailure(
      await watch(() => assume("--policy-file", "policy.json")),
      1,
      /session policy/,
      null,
    );
    home.write(
      "policy.json",
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    );
    breakNext(
      "AssumeRole",
      "PackedPolicyTooLarge",
      "Packed policy consumes 120% of allotted space, please use smaller policy.",
      400,
    );
    expectFailure(
      await watch(() => assume("--policy-file", "policy.json")),
      1,
      /too large together: .*120%/,
      null,
    );
    expect(home.codesAsked()).toBe(1);
  });
});

describe("the keys", () => {
  test("the access key unknown, deactivated or deleted: named, with what to type", async () => {
    home.sandbox.cloud.account("111111111111").disableKey(home.sandbox.main.accessKeyId);
    const seen = await watch(() => ask());
    expectFailure(
      seen,
      1,
      new RegExp(`does not know the access key ${home.sandbox.main.accessKeyId}`),
      /awst key add/,
    );
    expect(seen.codes).toBe(0);
  });

  test("its secret wrong", async () => {
    const text = home.read(".aws/credentials") ?? "";
    home.write(
      ".aws/credentials",
      text.replace(
        /(secret_access_key = )(.)/,
        (_, key, first) => key + (first === "x" ? "y" : "x"),
      ),
    );
    const seen = await watch(() => ask());
    expectFailure(
      seen,
      1,
      /the stored secret of AKIA\w+ is not the one that AWS knows/,
      /awst key add/,
    );
    expect(seen.codes).toBe(0);
  });

  test("a temporary key instead of the long-term one", async () => {
    breakNext(
      "GetSessionToken",
      "AccessDenied",
      "Cannot call GetSessionToken with session credentials",
    );
    expectFailure(await watch(() => ask()), 1, /takes long-term keys only/, /AKIA/);
  });

  test.each([
    ["expired", "expireSession"],
    ["unknown to AWS", "revokeSession"],
  ] as const)("the MFA session %s: dropped, and one code opens another", async (_, how) => {
    await ask();
    const [issued] = [...home.sandbox.cloud.sessions.values()];
    home.sandbox.cloud[how](issued?.accessKeyId ?? "");
    home.moveClock(30);
    const renewed = await watch(() =>
      home.awst(["credential-process", "main-account", "AdminAccess"]),
    );
    expect(renewed, renewed.stderr).toMatchObject({
      status: 0,
      codes: 1,
      calls: "AssumeRole=2 GetSessionToken=1",
    });
  });

  test("STS switched off in the region", async () => {
    home.sandbox.settings.disabledRegions = "eu-west-1";
    const seen = await watch(() => ask());
    expectFailure(seen, 1, /STS is not active in eu-west-1/, /defaultRegion/);
  });

  test("denied for any other reason: AWS's words", async () => {
    breakNext(
      "GetSessionToken",
      "AccessDenied",
      "User: x is not authorized to perform: sts:GetSessionToken with an explicit deny in a service control policy",
    );
    expectFailure(
      await watch(() => ask()),
      1,
      /denied GetSessionToken: .*explicit deny in a service control policy/,
      null,
    );
  });
});

describe("the clock", () => {
  test.each([
    ["behind", 3600],
    ["ahead of", -3600],
  ])("this machine's %s AWS's: corrected for, named, remembered", async (side, seconds) => {
    home.sandbox.clock.advance(seconds);
    const code = home.code();
    const seen = await watch(() => assume("--mfa-code", code));
    expect(seen.status, seen.stderr).toBe(0);
    expect(seen.stderr).toContain(`your clock is 60 min ${side} AWS's`);
    expect(home.sandbox.calls().every(({ codeSeenBefore }) => codeSeenBefore <= 1)).toBe(true);
    const again = await watch(() =>
      home.awst(["credential-process", "main-account", "AdminAccess"]),
    );
    expect(again.stderr).not.toContain("clock");
  });

  test.each(["RequestExpired", "RequestTimeTooSkewed"])(
    "%s every time: fails with its name",
    async (code) => {
      home.sandbox.faults.add({
        action: "*",
        kind: "error",
        code,
        message: "Request has expired.",
        status: 403,
        times: 99,
      });
      expectFailure(await watch(() => ask()), 1, /clock/, /./);
    },
  );
});

describe("the way there", () => {
  interface Row {
    readonly what: string;
    readonly fault: Omit<Fault, "action">;
    readonly message: RegExp;
    readonly hint: RegExp | null;
  }
  const rows: readonly Row[] = [
    {
      what: "throttled for long",
      fault: { kind: "throttle", times: 99 },
      message: /throttles \w+ in/,
      hint: /wait a minute/,
    },
    { what: "HTTP 500", fault: { kind: "error500", times: 99 }, message: /HTTP 500/, hint: null },
    { what: "HTTP 503", fault: { kind: "error503", times: 99 }, message: /HTTP 503/, hint: null },
    {
      what: "a reset before AWS acted",
      fault: { kind: "reset-before", times: 99 },
      message: /broke before the response/,
      hint: null,
    },
    {
      what: "a reset after AWS acted",
      fault: { kind: "reset-after", times: 99 },
      message: /broke before the response/,
      hint: null,
    },
    {
      what: "HTML",
      fault: { kind: "html", times: 99 },
      message: /incomplete or not from AWS/,
      hint: /sign-in page/,
    },
    {
      what: "half an answer",
      fault: { kind: "truncated", times: 99 },
      message: /not AWS's|broke|half/,
      hint: null,
    },
  ];
  const actions = ["ListMFADevices", "GetSessionToken", "AssumeRole"];

  test.each(rows.flatMap((row) => actions.map((action) => ({ ...row, action }))))(
    "$what at $action: its own message, no code for it",
    async ({ action, fault, message, hint }) => {
      home.sandbox.faults.add({ ...fault, action });
      const seen = await watch(() => ask());
      const args = hint ?? (/awst: hint: /.test(seen.stderr) ? /./ : null);
      expectFailure(seen, 1, message, args);
      expect(seen.codes).toBe(action === "ListMFADevices" ? 0 : 1);
      home.sandbox.faults.clear();
      if (action !== "AssumeRole") return;
      // Asked again at once the answer would be the same; then the code was not in vain.
      home.moveClock(11);
      expect(await watch(() => ask())).toMatchObject({
        status: 0,
        codes: 0,
        calls: "AssumeRole=1",
      });
    },
  );

  test("no server listens", async () => {
    const seen = await watch(() =>
      home.awst(["credential-process", "main-account", "DeveloperAccess"], {
        env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
      }),
    );
    expectFailure(seen, 1, /127\.0\.0\.1:1 refused the connection/, /network/);
    expect(seen.codes).toBe(0);
  });

  test("throttled twice, then not: no message", async () => {
    home.sandbox.faults.add({ action: "GetSessionToken", kind: "throttle", times: 2 });
    expect(await watch(() => ask())).toMatchObject({ status: 0, stderr: "", codes: 1 });
  });
});

function wrongCode(): string {
  const right = [-1, 0, 1].map((later) => home.sandbox.code(undefined, later));
  return ["000000", "111111", "222222", "333333"].find((each) => !right.includes(each)) ?? "";
}
