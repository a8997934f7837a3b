import { beforeEach, describe, expect, test } from "vitest";
import {
  configurationOf,
  type FakeMachine,
  type FakeProcess,
  makeFakeMachine,
  role,
} from "../../../test/support/fake-context.ts";
import { fakePolicies } from "../../../test/support/fake-iam.ts";
import { AwstError, type ErrorCode } from "../../model/errors.ts";
import { encodeAccessKey } from "../../model/key/access-key.ts";
import { Secret } from "../../model/secret.ts";
import { asUser, type UserWork } from "./as-user.ts";

const hour = 3600;
let machine: FakeMachine;

beforeEach(() => {
  machine = makeFakeMachine(configurationOf([role("DeveloperAccess", 4)]));
  const accessKeyId = "AKIAFAKEFAKEFAKEFAKE";
  const secretAccessKey = new Secret("x".repeat(40));
  machine.items.set("key/main-account", encodeAccessKey({ accessKeyId, secretAccessKey }));
  machine.iam.policy = fakePolicies.kickstarter;
});

const request = { purpose: "key list", retry: "awst key list" };
const withTypist = (): FakeProcess => ({ types: () => machine.aws.code() });
const countKeys: UserWork<number> = async (iam, userName) =>
  (await iam.listAccessKeys(userName)).keys.length;

function run<T>(work: UserWork<T>, process: FakeProcess = withTypist(), more = {}) {
  const context = machine.process(process);
  return { context, done: asUser(context, undefined, { ...request, ...more }, work) };
}

async function calls(work: () => Promise<unknown>): Promise<string[]> {
  const before = machine.aws.calls.length;
  await work();
  return machine.aws.calls.slice(before);
}

describe("the MFA session", () => {
  test("is opened with a code, and serves the next time without one", async () => {
    expect(await calls(() => run(countKeys).done)).toEqual([
      "ListMFADevices",
      "GetSessionToken",
      "ListAccessKeys",
    ]);
    const second = run(countKeys, {});
    expect(await calls(() => second.done)).toEqual(["GetCallerIdentity", "ListAccessKeys"]);
    expect(second.context.asked).toEqual([]);
  });

  test("names the user where AWS rejects the key: a new one is unknown for some seconds", async () => {
    await run(countKeys).done;
    const { context } = run(countKeys, {});
    const signers: string[] = [];
    const rejecting: typeof context = {
      ...context,
      aws: async (keys, region) => ({
        ...(await context.aws(keys, region)),
        getCallerIdentity: async () => {
          signers.push(keys.accessKeyId.slice(0, 4));
          if (keys.accessKeyId.startsWith("AKIA"))
            throw new AwstError("AWS_KEY_REJECTED", "unknown key");
          return (await context.aws(keys, region)).getCallerIdentity();
        },
      }),
    };
    expect(await asUser(rejecting, undefined, request, countKeys)).toBe(1);
    expect(signers).toEqual(["AKIA", "ASIA"]);
  });

  test("the work gets the user's name, the identity and the session", async () => {
    const result = await run(async (_iam, userName, identityContext, session) => [
      userName,
      identityContext.identity.name,
      identityContext.key.accessKeyId,
      session?.signedBy,
    ]).done;
    expect(result).toEqual([
      "user",
      "main-account",
      "AKIAFAKEFAKEFAKEFAKE",
      "AKIAFAKEFAKEFAKEFAKE",
    ]);
  });

  test("too old for the policy: one more code, and the work is done", async () => {
    await run(countKeys).done;
    machine.advance(5 * hour);
    const { context, done } = run(countKeys);
    expect(await done).toBe(1);
    expect(context.asked).toHaveLength(1);
    expect(context.messages.join()).toContain(
      "AWS denied ListAccessKeys to a session whose MFA code is 5 h old",
    );
  });

  test("an old MFA session without a terminal: CODE_NEEDED", async () => {
    await run(countKeys).done;
    machine.advance(5 * hour);
    await expect(run(countKeys, {}).done).rejects.toMatchObject({ code: "CODE_NEEDED" });
  });

  test("a denial to a young session is final, and costs no code", async () => {
    await run(countKeys).done;
    const { context, done } = run((iam, userName) => iam.tagUser(userName, { a: "b" }));
    await expect(done).rejects.toMatchObject({ code: "AWS_DENIED" });
    expect(context.asked).toEqual([]);
  });

  test("a denial to a session just opened is final, however long the question took", async () => {
    const slow = {
      types: () => {
        machine.advance(hour);
        return machine.aws.code();
      },
    };
    const { context, done } = run((iam, userName) => iam.tagUser(userName, { a: "b" }), slow);
    await expect(done).rejects.toMatchObject({ code: "AWS_DENIED" });
    expect(context.asked).toHaveLength(1);
  });

  test("denied with the fresh code too: two runs, one code, the denial", async () => {
    await run(countKeys).done;
    machine.advance(5 * hour);
    let runs = 0;
    const { context, done } = run((iam, userName) => {
      runs += 1;
      return iam.tagUser(userName, { a: "b" });
    });
    await expect(done).rejects.toMatchObject({ code: "AWS_DENIED" });
    expect([runs, context.asked.length]).toEqual([2, 1]);
  });

  test.each(["AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED"] as const)(
    "%s: dropped, a code, and on",
    async (code) => {
      await run(countKeys).done;
      machine.advance(60);
      machine.aws.failNext("ListAccessKeys", code);
      const { context, done } = run(countKeys);
      expect(await done).toBe(1);
      expect(context.asked).toHaveLength(1);
    },
  );

  test.each(["AWS_UNREACHABLE", "IAM_ABSENT", "AWS_THROTTLED"] satisfies ErrorCode[])(
    "%s says nothing against it",
    async (code) => {
      await run(countKeys).done;
      machine.advance(5 * hour);
      machine.aws.failNext("ListAccessKeys", code);
      const { context, done } = run(countKeys);
      await expect(done).rejects.toMatchObject({ code });
      expect(context.asked).toEqual([]);
    },
  );
});

describe("without a session", () => {
  test("no terminal and a policy that requires MFA: CODE_NEEDED, with the command to type", async () => {
    await expect(run(countKeys, {}).done).rejects.toMatchObject({
      code: "CODE_NEEDED",
      hint: "on a terminal, or with --mfa-code CODE: awst key list",
    });
  });

  test("no terminal and a policy without MFA: the long-term key makes the call", async () => {
    machine.iam.policy = fakePolicies.open;
    const sessions: unknown[] = [];
    const { done } = run(async (iam, userName, _caller, session) => {
      sessions.push(session);
      return (await iam.listAccessKeys(userName)).keys.length;
    }, {});
    expect(await done).toBe(1);
    expect(sessions).toEqual([undefined]);
  });

  test("no device: DEVICE_MISSING where a code is asked for, done where not", async () => {
    machine.aws.devices = [];
    await expect(run(countKeys).done).rejects.toMatchObject({ code: "DEVICE_MISSING" });
    machine.iam.policy = fakePolicies.open;
    expect(await run(countKeys).done).toBe(1);
  });

  test("another failure with the long-term key is thrown unchanged", async () => {
    machine.aws.failNext("ListAccessKeys", "AWS_UNREACHABLE");
    await expect(run(countKeys, {}).done).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
  });

  test("a prompt without an answer does not fall back to the long-term key", async () => {
    const { done } = run(countKeys, {
      types: () => {
        throw new Error("pressed Ctrl-C");
      },
    });
    await expect(done).rejects.toThrow("pressed Ctrl-C");
    expect(machine.aws.calls).not.toContain("ListAccessKeys");
  });
});

describe("unattended", () => {
  test("an unattended run does not prompt at the terminal", async () => {
    const { context, done } = run(countKeys, withTypist(), { unattended: true });
    await expect(done).rejects.toMatchObject({ code: "CODE_NEEDED" });
    expect(context.asked).toEqual([]);
  });

  test("the [mfa] command is", async () => {
    const identity = { command: "codes" };
    machine.configuration = configurationOf([role("DeveloperAccess", 4)], identity);
    const { done } = run(countKeys, { command: () => machine.aws.code() }, { unattended: true });
    expect(await done).toBe(1);
  });
});

test("every answer corrects AWS's clock", async () => {
  await run(countKeys).done;
  machine.skewMs = 7 * 60_000;
  const { context, done } = run(countKeys);
  await done;
  expect(context.messages.join()).toContain("your clock is 7 min behind");
});

test("an unknown identity", async () => {
  const done = asUser(machine.process({}), "unknown", request, countKeys);
  await expect(done).rejects.toMatchObject({ code: "IDENTITY_UNKNOWN" });
});
