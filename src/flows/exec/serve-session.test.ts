import { beforeEach, describe, expect, test } from "vitest";
import {
  configurationOf,
  type FakeContext,
  type FakeMachine,
  makeFakeMachine,
  role,
} from "../../../test/support/fake-context.ts";
import { AwstError } from "../../model/errors.ts";
import { encodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { Secret } from "../../model/secret.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import type { ServedResponse } from "../../ports/serving.ts";
import { logOut } from "../session/log-out.ts";
import { obtainSession } from "../session/obtain-session.ts";
import { makeServedSession, type ServedSession } from "./serve-session.ts";

const request: SessionRequest = {
  account: "main-account",
  role: "DeveloperAccess",
  identity: undefined,
  flags: {},
  code: undefined,
  refresh: false,
  requester: "user",
  keysAreFixed: false,
};

let machine: FakeMachine;
let context: FakeContext;
let served: ServedSession;
let sleeps: { milliseconds: number; wake: () => void }[];

/** A context whose sleepers wake when the test says so. */
function awake(asleep: FakeContext): FakeContext {
  return {
    ...asleep,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener("abort", () => resolve());
        sleeps.push({ milliseconds, wake: resolve });
      }),
  };
}

async function start(more: Partial<SessionRequest> = {}): Promise<void> {
  const asked = { ...request, ...more };
  context = awake(machine.process({ types: () => machine.aws.code() }));
  served = await makeServedSession(context, asked, await obtainSession(context, asked));
  context.messages.length = 0;
  context.asked.length = 0;
  machine.aws.calls.length = 0;
}

const awsFiles = async () => ({
  read: async () => ({ config: undefined, credentials: undefined }),
  edit: () => Promise.reject(new Error("nothing to edit")),
  isOpenToOthers: async () => false,
  openTo: async () => undefined,
});
const keyIn = (answer: ServedResponse) =>
  "session" in answer ? answer.session.keys.accessKeyId : `${answer.status} ${answer.code}`;
const nextTick = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(async () => {
  sleeps = [];
  machine = makeFakeMachine(configurationOf([role("DeveloperAccess", 4)]));
  const key = { accessKeyId: "AKIAFAKEFAKEFAKEFAKE", secretAccessKey: new Secret("s".repeat(40)) };
  machine.items.set(keyItem("main-account"), encodeAccessKey(key));
  await start();
});

describe("what a request gets", () => {
  test("returns the current session without a call while it is fresh", async () => {
    const first = keyIn(await served.respond());
    machine.advance(40 * 60);
    expect(keyIn(await served.respond())).toBe(first);
    expect(machine.aws.calls).toEqual([]);
  });

  test("near its end another one, once for all who ask", async () => {
    const first = keyIn(await served.respond());
    machine.advance(46 * 60);
    const keys = await Promise.all(Array.from({ length: 20 }, () => served.respond()));
    expect(new Set(keys.map(keyIn)).size).toBe(1);
    expect(keyIn(keys[0] as ServedResponse)).not.toBe(first);
    expect(machine.aws.calls).toEqual(["AssumeRole"]);
  });

  test("near its end and with a slow AWS: returns the current session quickly", async () => {
    const first = keyIn(await served.respond());
    machine.advance(46 * 60);
    machine.aws.before.set("AssumeRole", () => new Promise(() => {}));
    const answer = served.respond();
    await nextTick();
    expect(sleeps.map(({ milliseconds }) => milliseconds)).toEqual([700]);
    sleeps[0]?.wake();
    expect(keyIn(await answer)).toBe(first);
  });

  test("ended and AWS slow: asked to come again", async () => {
    machine.advance(61 * 60);
    machine.aws.before.set("AssumeRole", () => new Promise(() => {}));
    const answer = served.respond();
    await nextTick();
    sleeps[0]?.wake();
    expect(keyIn(await answer)).toBe("503 RenewalUnderWay");
  });

  test("AWS unreachable: the current session until it expires, then the reason; retried, not at once", async () => {
    const first = keyIn(await served.respond());
    machine.advance(50 * 60);
    machine.aws.failNext("AssumeRole", "AWS_UNREACHABLE");
    expect(keyIn(await served.respond())).toBe(first);
    expect(keyIn(await served.respond())).toBe(first);
    expect(machine.aws.calls).toEqual(["AssumeRole"]);
    machine.advance(11 * 60);
    machine.aws.failNext("AssumeRole", "AWS_UNREACHABLE");
    expect(keyIn(await served.respond())).toBe("400 AWS_UNREACHABLE");
    // A request within ten seconds gets the answer of the one before.
    machine.advance(11);
    expect(keyIn(await served.respond())).toMatch(/^ASIA/);
  });
});

describe("when a code is needed", () => {
  const advice = "in another shell: awst assume main-account DeveloperAccess";

  test("never prompts; prints once what to do, and uses the session of another shell", async () => {
    machine.advance(3.9 * 3600);
    const last = keyIn(await served.respond());
    machine.advance(50 * 60);
    expect(keyIn(await served.respond())).toBe(last);
    expect(context.messages).toEqual([
      expect.stringMatching(
        /the program's credentials expire at \d\d:\d\d; to renew them, type in another shell: awst/,
      ),
    ]);
    machine.advance(11 * 60);
    const refused = await served.respond();
    expect(keyIn(refused)).toBe("400 CODE_NEEDED");
    expect(refused).toHaveProperty("message", expect.stringContaining(advice));
    machine.advance(60);
    expect(keyIn(await served.respond())).toBe("400 CODE_NEEDED");
    expect(context.asked).toEqual([]);
    expect(context.messages.filter((line) => line.includes("MFA code"))).toHaveLength(1);

    const other = machine.process({ types: () => machine.aws.code() });
    await obtainSession(other, { ...request, account: "main-account" });
    machine.advance(3);
    expect(keyIn(await served.respond())).toMatch(/^ASIA/);
    expect(context.asked).toEqual([]);
  });

  test("a scoped session that has ended is over", async () => {
    await start({ flags: { durationSeconds: 1800 } });
    machine.advance(31 * 60);
    const answer = await served.respond();
    expect(keyIn(answer)).toBe("400 SESSION_OVER");
    expect(answer).toHaveProperty("message", expect.stringContaining(`${advice} --duration 1800`));
  });

  test("AWST_MFA_CODE of long ago is not sent", async () => {
    const asked = { ...request, account: "main-account" };
    const early = machine.process({ env: { AWST_MFA_CODE: machine.aws.code() } });
    served = await makeServedSession(awake(early), asked, await obtainSession(early, asked));
    machine.aws.sentCodes.length = 0;
    machine.advance(6 * 3600);
    expect(keyIn(await served.respond())).toBe("400 CODE_NEEDED");
    expect(machine.aws.sentCodes).toEqual([]);
  });
});

describe("after another command changed the session", () => {
  const logOutAll = (all: boolean) => {
    const other = { ...machine.process(), awsFiles };
    return logOut(other, { account: undefined, role: undefined, identity: undefined, all });
  };

  test("logout --all: the program is answered as where a code is needed, and no longer gets the old credentials", async () => {
    expect(keyIn(await served.respond())).toMatch(/^ASIA/);
    await logOutAll(true);
    for (const _ of [1, 2]) {
      expect(keyIn(await served.respond())).toBe("400 CODE_NEEDED");
      machine.advance(3);
    }
    expect(machine.aws.calls).toEqual([]);
    expect(context.messages).toEqual([expect.stringContaining("awst assume main-account")]);

    await obtainSession(machine.process({ types: () => machine.aws.code() }), request);
    machine.advance(3);
    expect(keyIn(await served.respond())).toMatch(/^ASIA/);
    expect(context.asked).toEqual([]);
  });

  test("logout: the MFA session stays, so a request gets a new session, and nothing else makes one", async () => {
    const first = keyIn(await served.respond());
    await logOutAll(false);
    machine.advance(50 * 60);
    const end = new AbortController();
    const renewing = served.renewUntil(end.signal);
    await nextTick();
    sleeps[0]?.wake();
    await nextTick();
    expect(machine.aws.calls).toEqual([]);
    end.abort();
    await renewing;
    const second = keyIn(await served.respond());
    expect(second).toMatch(/^ASIA/);
    expect(second).not.toBe(first);
    expect(machine.aws.calls).toEqual(["AssumeRole"]);
    expect(keyIn(await served.respond())).toBe(second);
  });

  test("a logout and a new code in another shell: the credentials of the new session", async () => {
    const first = keyIn(await served.respond());
    await logOutAll(true);
    const other = machine.process({ types: () => machine.aws.code() });
    const { session } = await obtainSession(other, request);
    expect(keyIn(await served.respond())).toBe(session.keys.accessKeyId);
    expect(session.keys.accessKeyId).not.toBe(first);
  });

  test.each([
    ["lost", () => machine.state.delete("sessions")],
    ["damaged", () => machine.state.set("sessions", "x")],
    ["emptied", () => machine.state.set("sessions", {})],
  ])("a session index that is %s deletes no session: the keychain has it", async (_, spoil) => {
    const first = keyIn(await served.respond());
    spoil();
    expect(keyIn(await served.respond())).toBe(first);
    expect(keyIn(await served.respond())).toBe(first);
    expect(machine.aws.calls).toEqual([]);
  });

  test("a session index that can't be read says nothing", async () => {
    const first = keyIn(await served.respond());
    await logOutAll(true);
    const read = context.state.read;
    const failing: typeof read = (file) => {
      if (file.name !== "sessions") return read(file);
      throw new AwstError("FILE_UNREADABLE", "unreadable");
    };
    Object.assign(context.state, { read: failing });
    expect(keyIn(await served.respond())).toBe(first);
    Object.assign(context.state, { read });
    expect(keyIn(await served.respond())).toBe("400 CODE_NEEDED");
  });

  test("a session that was never cached has no entry, and is served until it expires", async () => {
    const made = await obtainSession(context, request);
    machine.state.delete("sessions");
    machine.items.clear();
    served = await makeServedSession(context, request, made);
    expect(keyIn(await served.respond())).toBe(made.session.keys.accessKeyId);
  });
});

describe("while no request comes", () => {
  test("it is renewed in time, and looked at again before a sleeping machine's timers would", async () => {
    const end = new AbortController();
    const keeping = served.renewUntil(end.signal);
    await nextTick();
    expect(sleeps.map(({ milliseconds }) => milliseconds)).toEqual([20_000]);
    machine.advance(45 * 60 - 5);
    sleeps[0]?.wake();
    await nextTick();
    expect(machine.aws.calls).toEqual([]);
    expect(sleeps[1]?.milliseconds).toBe(5_050);
    machine.advance(6);
    sleeps[1]?.wake();
    await nextTick();
    expect(machine.aws.calls).toEqual(["AssumeRole"]);
    end.abort();
    await keeping;
  });

  test("what can't be renewed is tried again every twenty seconds", async () => {
    machine.advance(6 * 3600);
    const end = new AbortController();
    const keeping = served.renewUntil(end.signal);
    for (const at of [0, 1, 2]) {
      await nextTick();
      expect(sleeps[at]?.milliseconds).toBe(20_000);
      machine.advance(20);
      sleeps[at]?.wake();
    }
    await nextTick();
    expect(context.messages).toHaveLength(1);
    expect(machine.aws.calls).toEqual([]);
    end.abort();
    await keeping;
  });
});
