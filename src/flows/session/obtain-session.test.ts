import { beforeEach, describe, expect, test } from "vitest";

import {
  configurationOf,
  type FakeMachine,
  type FakeProcess,
  makeFakeMachine,
  role,
} from "../../../test/support/fake-context.ts";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { encodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem, mfaSessionItem, roleSessionItem } from "../../model/keychain/items.ts";
import { Secret } from "../../model/secret.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { decodeRoleSession } from "../../model/session/session.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import { obtainSession } from "./obtain-session.ts";

const hour = 3600;
let machine: FakeMachine;

beforeEach(() => {
  machine = makeFakeMachine(
    configurationOf([
      role("DeveloperAccess", 4),
      role("AdminAccess", 1),
      role("LongBuild", 8, { session: "single" }),
    ]),
  );
  machine.aws.roles.set(arn("LongBuild"), {
    maxAgeSeconds: 8 * hour,
    maxSessionSeconds: 12 * hour,
  });
  storeKey("AKIAFAKEFAKEFAKEFAKE");
});

function arn(name: string): string {
  return `arn:aws:iam::111111111111:role/${name}`;
}

function storeKey(accessKeyId: string): void {
  const key = { accessKeyId, secretAccessKey: new Secret("s".repeat(40)) };
  machine.items.set(keyItem("main-account"), encodeAccessKey(key));
}

/** A user who types the current code. */
function typist(): FakeProcess {
  return { types: () => machine.aws.code() };
}

function requestFor(roleName: string, more: Partial<SessionRequest> = {}): SessionRequest {
  return {
    account: "main-account",
    role: roleName,
    identity: undefined,
    flags: {},
    code: undefined,
    refresh: false,
    requester: "user",
    keysAreFixed: false,
    ...more,
  };
}

/** Runs one process and returns its result, its prompts and its calls. */
async function run(
  roleName: string,
  more: Partial<SessionRequest> = {},
  as: FakeProcess = typist(),
) {
  const context = machine.process(as);
  const before = machine.aws.calls.length;
  const result = await obtainSession(context, requestFor(roleName, more)).catch(
    (error: unknown) => {
      if (error instanceof AwstError) return error;
      throw error;
    },
  );
  return {
    how: result instanceof AwstError ? result.code : result.how,
    session: result instanceof AwstError ? undefined : result.session,
    hint: result instanceof AwstError ? result.hint : undefined,
    questions: context.asked.length,
    asked: context.asked,
    messages: context.messages,
    calls: machine.aws.calls.slice(before).join(" "),
  };
}

const program = { requester: "machine" } as const;
const noTerminal: FakeProcess = {};

describe("one code serves everything", () => {
  test("cold: one look-up per key and two STS calls; a second role: one; warm: none", async () => {
    expect(await run("DeveloperAccess")).toMatchObject({
      how: "new",
      questions: 1,
      calls: "ListMFADevices GetSessionToken AssumeRole",
    });
    expect(await run("AdminAccess")).toMatchObject({
      how: "renewed",
      questions: 0,
      calls: "AssumeRole",
    });
    expect(await run("DeveloperAccess")).toMatchObject({ how: "cached", questions: 0, calls: "" });
    expect(await run("DeveloperAccess", program, noTerminal)).toMatchObject({
      how: "cached",
      calls: "",
    });
  });

  test("four hours of silent renewal, then a code, also for an AdminAccess of one hour", async () => {
    await run("DeveloperAccess");
    for (const minutes of [48, 96, 144, 192, 239]) {
      machine.time = new Date(Date.parse("2026-03-01T12:00:00Z") + minutes * 60_000);
      const each = await run("DeveloperAccess", program, noTerminal);
      expect(each).toMatchObject({ how: "renewed", calls: "AssumeRole" });
    }
    machine.time = new Date("2026-03-01T16:30:00Z");
    // The last session, started within the four hours, is served until it expires.
    expect(await run("DeveloperAccess", program, noTerminal)).toMatchObject({
      how: "cached",
      calls: "",
    });
    machine.time = new Date("2026-03-01T16:58:59Z");
    expect(await run("DeveloperAccess", program, noTerminal)).toMatchObject({
      how: "cached",
      calls: "",
    });
    machine.time = new Date("2026-03-01T16:59:00Z");
    expect(await run("DeveloperAccess", program, noTerminal)).toMatchObject({
      how: "CODE_NEEDED",
      calls: "",
    });
    expect(await run("AdminAccess")).toMatchObject({ how: "new", questions: 1 });
    expect(await run("DeveloperAccess", program, noTerminal)).toMatchObject({
      how: "renewed",
      questions: 0,
    });
  });

  test("work longer than the MFA session that stands renews until that one ends", async () => {
    await run("DeveloperAccess");
    const flags = { durationSeconds: 13 * hour };
    const { session, calls } = await run("DeveloperAccess", { flags });
    expect(calls).toBe("AssumeRole");
    expect(session?.renewableUntil).toEqual(new Date("2026-03-02T00:00:00Z"));
  });

  test("--refresh asks for a code and keeps the old session when that fails", async () => {
    const { session } = await run("DeveloperAccess");
    machine.advance(60);
    machine.aws.failNext("GetSessionToken", "AWS_DENIED");
    expect(await run("DeveloperAccess", { refresh: true })).toMatchObject({ how: "AWS_DENIED" });
    const after = await run("DeveloperAccess", program, noTerminal);
    expect(after.session?.keys.accessKeyId).toBe(session?.keys.accessKeyId);
    machine.advance(60);
    expect(await run("DeveloperAccess", { refresh: true })).toMatchObject({
      how: "new",
      questions: 1,
    });
  });

  test("the session's name is the IAM user's, padded where one letter is too short", async () => {
    machine.aws.userName = "x";
    const { session } = await run("DeveloperAccess");
    expect(session?.assumedRoleArn).toBe(`${arn("DeveloperAccess")}/x_`);
  });
});

describe("where a code is asked for, and nowhere else", () => {
  test("AWS refuses the MFA session itself: it is dropped and a code opens another", async () => {
    for (const code of ["AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED"] as const) {
      await run("DeveloperAccess", { refresh: true });
      machine.advance(60);
      machine.aws.failNext("AssumeRole", code);
      const other = await run("AdminAccess", { refresh: false });
      expect(other, code).toMatchObject({ how: "new", questions: 1 });
      machine.items.delete("role-session/main-account/main-account/AdminAccess");
      machine.advance(60);
    }
  });

  test("denied to an old session: a code, once; denied to a young one: never again a code", async () => {
    await run("DeveloperAccess");
    machine.aws.roles.set(arn("AdminAccess"), { maxAgeSeconds: 10 * 60 });
    machine.advance(16 * 60);
    expect(await run("AdminAccess")).toMatchObject({ how: "new", questions: 1 });

    machine.aws.roles.delete(arn("AdminAccess"));
    machine.items.delete("role-session/main-account/main-account/AdminAccess");
    machine.advance(16 * 60);
    const first = await run("AdminAccess");
    expect(first).toMatchObject({ how: "AWS_ROLE_REFUSED", questions: 1 });
    machine.advance(16 * 60);
    const second = await run("AdminAccess");
    expect(second).toMatchObject({ how: "AWS_ROLE_REFUSED", questions: 0, calls: "AssumeRole" });
    machine.advance(5 * hour);
    const third = await run("AdminAccess");
    expect(third).toMatchObject({ how: "AWS_ROLE_REFUSED", questions: 0, calls: "" });
    expect(third.hint).toContain("awst assume main-account AdminAccess --refresh");

    machine.aws.roles.set(arn("AdminAccess"), {});
    expect(await run("AdminAccess", { refresh: true })).toMatchObject({ how: "new", questions: 1 });
    machine.advance(5 * hour);
    expect(await run("AdminAccess")).toMatchObject({ how: "new", questions: 1 });
  });

  test("denied to a new MFA session: fails at once, without a code", async () => {
    await run("DeveloperAccess");
    machine.aws.roles.delete(arn("AdminAccess"));
    expect(await run("AdminAccess")).toMatchObject({ how: "AWS_ROLE_REFUSED", questions: 0 });
  });

  test.each([
    "AWS_UNREACHABLE",
    "AWS_THROTTLED",
    "AWS_FAILED",
    "AWS_RESPONSE_MALFORMED",
    "AWS_SECRET_WRONG",
    "AWS_REGION_DISABLED",
    "AWS_INPUT_REFUSED",
    "AWS_POLICY_REFUSED",
    "AWS_POLICY_TOO_LARGE",
    "AWS_DURATION_OVER_CHAIN_CAP",
    "CLOCK_SKEWED",
  ] as const)(
    "%s on AssumeRole: its own message, no code, also from an old session",
    async (code) => {
      await run("DeveloperAccess");
      machine.aws.failNext("AssumeRole", code);
      expect(await run("AdminAccess")).toMatchObject({ how: code, questions: 0 });
      machine.advance(40 * 60);
      machine.aws.failNext("AssumeRole", code);
      expect(await run("AdminAccess")).toMatchObject({ how: code, questions: 0 });
      expect(await run("AdminAccess")).toMatchObject({ how: "renewed", questions: 0 });
    },
  );

  test.each([
    [14 * 60 + 59, "AWS_ROLE_REFUSED", 0],
    [15 * 60 + 1, "new", 1],
  ])("denied to a session of %i s: %s, %i question(s)", async (age, how, questions) => {
    await run("DeveloperAccess");
    machine.aws.roles.set(arn("AdminAccess"), { maxAgeSeconds: 14 * 60 });
    machine.advance(age);
    expect(await run("AdminAccess")).toMatchObject({ how, questions });
  });

  test("a device that stands in the configuration is not looked up when AWS does not know it", async () => {
    const device = "arn:aws:iam::111111111111:mfa/gone";
    machine.configuration = configurationOf([role("DeveloperAccess", 4)], { device });
    const seen = await run("DeveloperAccess");
    expect(seen).toMatchObject({ how: "AWS_DEVICE_UNKNOWN", questions: 1 });
    expect(seen.hint).toContain("[mfa] device");
  });

  test("a failed renewal returns the cached session, with a warning", async () => {
    const { session } = await run("DeveloperAccess");
    machine.advance(50 * 60);
    machine.aws.failNext("AssumeRole", "AWS_UNREACHABLE");
    const cached = await run("DeveloperAccess", program, noTerminal);
    expect(cached.session?.keys.accessKeyId).toBe(session?.keys.accessKeyId);
    expect(cached.messages.join()).toContain("not renewed");
  });

  test("a name that does not exist costs no call and no code", async () => {
    expect(await run("NoSuchRole")).toMatchObject({ how: "ROLE_UNKNOWN", questions: 0, calls: "" });
    expect(await run("DeveloperAccess", { account: "nowhere" })).toMatchObject({
      how: "ACCOUNT_UNKNOWN",
      calls: "",
    });
  });
});

describe("codes", () => {
  test("no terminal: no call is made", async () => {
    const alone = await run("DeveloperAccess", program, noTerminal);
    expect(alone).toMatchObject({ how: "CODE_NEEDED", calls: "" });
    expect(alone.hint).toMatch(/--mfa-code CODE: awst assume main-account DeveloperAccess$/);
  });

  test("a typed code that AWS refuses is asked again at most twice", async () => {
    const wrong = await run(
      "DeveloperAccess",
      {},
      {
        types: () =>
          String(Math.trunc(Math.random() * 1e6))
            .padStart(6, "x")
            .replaceAll("x", "0"),
      },
    );
    expect(wrong).toMatchObject({ how: "AWS_CODE_REFUSED", questions: 3 });
    let typed = 0;
    const types = () => (typed++ === 0 ? "000000" : machine.aws.code());
    expect(await run("DeveloperAccess", {}, { types })).toMatchObject({ how: "new", questions: 2 });
  });

  test("a code from a flag, the environment or a command ends the run when refused", async () => {
    const flag = await run("DeveloperAccess", { code: new Secret("000000") });
    expect(flag).toMatchObject({ how: "AWS_CODE_REFUSED", questions: 0 });
    machine.advance(120);
    const env = await run("DeveloperAccess", {}, { ...typist(), env: { AWST_MFA_CODE: "000000" } });
    expect(env).toMatchObject({ how: "AWS_CODE_REFUSED", questions: 0 });
  });

  test("used digits are as if absent, and the next source is tried", async () => {
    const code = new Secret(machine.aws.code());
    expect(await run("DeveloperAccess", { code })).toMatchObject({ how: "new", questions: 0 });
    const again = await run("DeveloperAccess", { code, refresh: true });
    expect(again).toMatchObject({ how: "new", questions: 1 });
    expect(new Set(machine.aws.sentCodes).size).toBe(machine.aws.sentCodes.length);
  });

  test.each([
    ["refused connection: the code never left", "nothing-done", false, 1],
    ["a reset after AWS acted", "unknown", true, 2],
    ["a reset, perhaps before", "unknown", false, 2],
  ] as const)("%s", async (_name, effect, acted, distinct) => {
    machine.aws.failNext("GetSessionToken", "AWS_UNREACHABLE", { acted, effect });
    const types = () => machine.aws.code();
    expect(await run("DeveloperAccess", {}, { types })).toMatchObject({ how: "AWS_UNREACHABLE" });
    const digits = machine.aws.code();
    expect(await run("DeveloperAccess", {}, { types })).toMatchObject({ how: "new" });
    // After a code whose result is unknown, nothing of that step is sent: the next step's code was.
    expect(machine.aws.code() === digits).toBe(distinct === 1);
  });

  test("the [mfa] command comes before a prompt, and its failure leads to a prompt", async () => {
    machine.configuration = configurationOf([role("DeveloperAccess", 4)], { command: "ykman" });
    const both = { ...typist(), command: () => machine.aws.code() };
    expect(await run("DeveloperAccess", {}, both)).toMatchObject({ how: "new", questions: 0 });
    machine.advance(5 * hour);
    const broken = { ...typist() };
    expect(await run("DeveloperAccess", {}, broken)).toMatchObject({ how: "new", questions: 1 });
  });

  test("malformed digits are never sent", async () => {
    const bad = await run("DeveloperAccess", { code: new Secret("12345") });
    expect(bad).toMatchObject({ how: "USAGE" });
    const env = { AWST_MFA_CODE: "1234567" };
    expect(await run("DeveloperAccess", {}, { ...typist(), env })).toMatchObject({ how: "USAGE" });
    expect(machine.aws.sentCodes).toEqual([]);
  });
});

describe("devices", () => {
  test("a device AWS does not know is dropped, looked up again, and asked for by name", async () => {
    await run("DeveloperAccess");
    machine.aws.devices = ["arn:aws:iam::111111111111:mfa/phone"];
    machine.advance(5 * hour);
    const moved = await run("DeveloperAccess");
    expect(moved).toMatchObject({ how: "new", questions: 2 });
    expect(moved.asked[1]).toContain("phone");
  });

  test.each([["AWS_DENIED"], ["IAM_ABSENT"]] as const)(
    "%s for ListMFADevices without a user name: called again with the name",
    async (code) => {
      machine.aws.failNext("ListMFADevices", code);
      machine.aws.devices = ["arn:aws:iam::111111111111:mfa/phone"];
      const named = await run("DeveloperAccess");
      expect(named).toMatchObject({ how: "new", questions: 1 });
      expect(named.asked[0]).toContain("phone");
      expect(named.calls).toBe(
        "ListMFADevices GetCallerIdentity ListMFADevices GetSessionToken AssumeRole",
      );
    },
  );

  test("a user that does not exist by name either is an error, and no code is used", async () => {
    machine.aws.failNext("ListMFADevices", "IAM_ABSENT");
    machine.aws.failNext("ListMFADevices", "IAM_ABSENT");
    expect(await run("DeveloperAccess")).toMatchObject({ how: "IAM_ABSENT", questions: 0 });
    expect(machine.aws.sentCodes).toEqual([]);
  });

  test("listing denied altogether: the name is derived and printed", async () => {
    machine.aws.failNext("ListMFADevices", "AWS_DENIED");
    machine.aws.failNext("ListMFADevices", "AWS_DENIED");
    const denied = await run("DeveloperAccess");
    expect(denied.messages.join()).toContain("arn:aws:iam::111111111111:mfa/user");
  });

  test("security keys are explained; without any device there is a next step", async () => {
    machine.aws.devices = ["arn:aws:iam::111111111111:u2f/user/user/key-ABC"];
    expect(await run("DeveloperAccess")).toMatchObject({ how: "DEVICE_MISSING", questions: 0 });
    machine.aws.devices = [];
    const none = await run("DeveloperAccess");
    expect(none).toMatchObject({ how: "DEVICE_MISSING", questions: 0 });
    expect(none.hint).toBe("awst mfa add");
  });

  test("several devices: asked once, then the last one used", async () => {
    machine.aws.devices.push("GAHT12345678");
    const types = (question: { text: string }) =>
      question.text.startsWith("Which") ? "GAHT12345678" : machine.aws.code();
    const first = await run("DeveloperAccess", {}, { types });
    expect(first).toMatchObject({ how: "new", questions: 2 });
    machine.advance(5 * hour);
    expect(await run("DeveloperAccess", {}, { types })).toMatchObject({ how: "new", questions: 1 });
  });

  test("--device: that one, by name or serial, and from then on", async () => {
    machine.aws.devices.push("GAHT12345678", "arn:aws:iam::111111111111:mfa/phone");
    for (const device of ["phone", "GAHT12345678", "arn:aws:iam::111111111111:mfa/user", "phone"]) {
      const named = await run("DeveloperAccess", { device, refresh: true });
      expect(named).toMatchObject({ how: "new", questions: 1 });
      expect(named.asked[0]).toContain(device.split("/").at(-1));
      machine.advance(60);
    }
    machine.advance(5 * hour);
    expect((await run("DeveloperAccess")).asked.join()).toContain("phone");
    const none = await run("DeveloperAccess", { device: "tablet", refresh: true });
    expect(none).toMatchObject({ how: "DEVICE_MISSING", questions: 0 });
    expect(none.hint).toContain("user, GAHT12345678, phone");
  });

  test("right codes refused three times: the hint is resync", async () => {
    let wrong = 0;
    const types = () => String(++wrong).padStart(6, "0");
    const refused = await run("DeveloperAccess", {}, { types });
    expect(refused).toMatchObject({ how: "AWS_CODE_REFUSED", questions: 3 });
    expect(refused.hint).toContain("awst mfa resync --device user");
  });
});

describe("single", () => {
  test("one AssumeRole with the code and the whole duration", async () => {
    const long = await run("LongBuild");
    expect(long).toMatchObject({ how: "new", calls: "ListMFADevices AssumeRole" });
    const { expiresAt } = long.session!.keys;
    expect((expiresAt.getTime() - machine.time.getTime()) / 1000).toBe(8 * hour);
    expect(await run("LongBuild", program, noTerminal)).toMatchObject({ how: "cached", calls: "" });
  });

  test("a role with a smaller maximum: printed, recorded, renewed with the next code", async () => {
    machine.aws.roles.set(arn("LongBuild"), { maxAgeSeconds: 8 * hour, maxSessionSeconds: hour });
    const long = await run("LongBuild");
    expect(long).toMatchObject({ how: "new", questions: 2 });
    expect(long.messages.join()).toContain("MaxSessionDuration");
    machine.advance(50 * 60);
    expect(await run("LongBuild", program, noTerminal)).toMatchObject({
      how: "renewed",
      calls: "AssumeRole",
    });
    machine.advance(9 * hour);
    const next = await run("LongBuild");
    expect(next).toMatchObject({ how: "new", questions: 1, calls: "GetSessionToken AssumeRole" });
  });

  test("from a fixed source there is no next code", async () => {
    machine.aws.roles.set(arn("LongBuild"), { maxSessionSeconds: hour });
    const code = new Secret(machine.aws.code());
    expect(await run("LongBuild", { code }, noTerminal)).toMatchObject({ how: "CODE_NEEDED" });
  });
});

describe("a key that is not imported", () => {
  beforeEach(() => {
    machine.items.clear();
    machine.credentials = `[main-account]\naws_access_key_id = AKIAFAKEFAKEFAKEFAKE\naws_secret_access_key = ${"s".repeat(40)}\n`;
  });

  test("a key in AWS's file is read there, warm too, with one hint for a user", async () => {
    const first = await run("DeveloperAccess");
    expect(first).toMatchObject({ how: "new" });
    expect(first.messages.filter((line) => line.includes("awst key import"))).toHaveLength(1);
    expect(await run("DeveloperAccess")).toMatchObject({ how: "cached", messages: [] });
    expect(await run("AdminAccess", program)).toMatchObject({ how: "renewed", messages: [] });
  });

  test("another key in the file: the session of the first is not served", async () => {
    await run("DeveloperAccess");
    machine.credentials = machine.credentials?.replace(
      "AKIAFAKEFAKEFAKEFAKE",
      "AKIAOTHEROTHEROTHER2",
    );
    machine.aws.keyIds.add("AKIAOTHEROTHEROTHER2");
    machine.advance(60);
    expect(await run("DeveloperAccess")).toMatchObject({ how: "new", questions: 1 });
  });

  test("the keychain's key wins over another one in the file, and both are named", async () => {
    storeKey("AKIAOTHEROTHEROTHER2");
    machine.aws.keyIds.add("AKIAOTHEROTHEROTHER2");
    const { session, messages } = await run("DeveloperAccess");
    expect(session?.signedBy).toBe("AKIAOTHEROTHEROTHER2");
    const warning = messages.filter((line) => line.startsWith("warning"));
    expect(warning).toHaveLength(1);
    expect(warning[0]).toContain("AKIAFAKEFAKEFAKEFAKE");
    expect(warning[0]).toContain("AKIAOTHEROTHEROTHER2");
  });

  test("none anywhere: what to type", async () => {
    machine.credentials = "[other]\nregion = x\n";
    const none = await run("DeveloperAccess");
    expect(none).toMatchObject({ how: "KEY_MISSING", calls: "", hint: "awst key add" });
  });
});

describe("what a session belongs to", () => {
  test("edited configuration: a session with the same inputs is rebound, another is made anew", async () => {
    await run("DeveloperAccess");
    machine.configurationStamp = "2";
    expect(await run("DeveloperAccess", program, noTerminal)).toMatchObject({
      how: "cached",
      calls: "",
    });
    machine.configuration = configurationOf([
      role("DeveloperAccess", 4, { policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }),
    ]);
    machine.configurationStamp = "3";
    expect(await run("DeveloperAccess", program, noTerminal)).toMatchObject({
      how: "renewed",
      calls: "AssumeRole",
    });
  });

  test("a key changed elsewhere: neither session nor MFA session of the old one is served", async () => {
    await run("DeveloperAccess");
    storeKey("AKIAOTHEROTHEROTHER2");
    machine.state.set("keys", { "main-account": { accessKeyId: "AKIAOTHEROTHEROTHER2" } });
    machine.aws.keyIds.add("AKIAOTHEROTHEROTHER2");
    machine.advance(60);
    expect(await run("DeveloperAccess")).toMatchObject({ how: "new", questions: 1 });
  });

  test("a key that changes during a wait: the new session is cached for the key that signed it", async () => {
    const other = "AKIAOTHEROTHEROTHER2";
    const types = () => {
      storeKey(other);
      machine.aws.keyIds.add(other);
      return machine.aws.code();
    };
    await Promise.all([run("DeveloperAccess", {}, { types }), run("AdminAccess")]);
    expect(await run("AdminAccess")).toMatchObject({ how: "cached", calls: "" });
  });

  test("another endpoint: nothing of the first one is served", async () => {
    await run("DeveloperAccess");
    machine.advance(60);
    const elsewhere = { ...typist(), env: { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" } };
    expect(await run("DeveloperAccess", {}, elsewhere)).toMatchObject({ how: "new", questions: 1 });
  });

  test("a scoped session has an item of its own and is over when it ends", async () => {
    const plain = await run("DeveloperAccess");
    const flags = { durationSeconds: 1800 };
    const scoped = await run("DeveloperAccess", { flags });
    expect(scoped).toMatchObject({ how: "renewed", calls: "AssumeRole" });
    const again = await run("DeveloperAccess", program, noTerminal);
    expect(again.session?.keys.accessKeyId).toBe(plain.session?.keys.accessKeyId);
    machine.advance(1801);
    const over = await run("DeveloperAccess", { ...program, flags }, noTerminal);
    expect(over).toMatchObject({ how: "SESSION_OVER", calls: "" });
    expect(over.hint).toBe("awst assume main-account DeveloperAccess --duration 1800");
    expect(await run("DeveloperAccess", { flags })).toMatchObject({ how: "renewed" });
  });
});

describe("clocks", () => {
  test("a clock that is behind: named, and a session ends by AWS's clock too", async () => {
    machine.skewMs = 7 * 60_000;
    const first = await run("DeveloperAccess");
    expect(first.messages.join()).toContain("your clock is 7 min behind");
    machine.advance(46 * 60);
    // 14 min by AWS's clock, although this machine's still shows 21.
    expect(await run("DeveloperAccess", program, noTerminal)).toMatchObject({ how: "renewed" });
  });

  test.each([
    ["hours behind", 5 * 60],
    ["hours ahead", -5 * 60],
    ["a minute behind", 1],
    ["nearly a day behind", 23 * 60],
  ])("a clock that was %s and is right now: no code is asked for", async (_name, minutes) => {
    await run("DeveloperAccess");
    machine.state.set("clock", { skewMs: minutes * 60_000 });
    machine.advance(60);
    const next = await run("AdminAccess", program, noTerminal);
    expect(next).toMatchObject({ how: "renewed", questions: 0 });
    expect(machine.process().clock().skewMs).toBe(0);
    // Further sessions ask AWS for nothing.
    expect((await run("DeveloperAccess", program, noTerminal)).calls).toBe("");
  });

  test("a clock that is still wrong: AWS confirms the difference, then a code is asked for", async () => {
    machine.skewMs = 7 * 60_000;
    await run("DeveloperAccess");
    machine.advance(5 * hour);
    const next = await run("DeveloperAccess");
    expect(next).toMatchObject({ how: "new", questions: 1 });
    expect(next.calls).toBe("GetCallerIdentity GetSessionToken AssumeRole");
  });

  test("AWS can't be asked for its time: the code is asked for as before", async () => {
    machine.skewMs = 7 * 60_000;
    await run("DeveloperAccess");
    machine.advance(5 * hour);
    machine.aws.failNext("GetCallerIdentity", "AWS_KEY_REJECTED");
    expect(await run("DeveloperAccess")).toMatchObject({ how: "new", questions: 1 });
  });
});

describe("two shells with different environments", () => {
  const shells: readonly (readonly [string, Env, Env])[] = [
    ["two regions", { AWS_REGION: "eu-west-1" }, { AWS_REGION: "us-east-1" }],
    ["two variables", { AWS_REGION: "eu-west-1" }, { AWS_DEFAULT_REGION: "ap-east-1" }],
    ["one without a region", {}, { AWS_REGION: "eu-central-1" }],
    ["FIPS", {}, { AWS_USE_FIPS_ENDPOINT: "true" }],
    ["dual stack", { AWS_USE_DUALSTACK_ENDPOINT: "true" }, {}],
    [
      "FIPS in another region",
      { AWS_REGION: "us-east-1" },
      { AWS_REGION: "us-west-2", AWS_USE_FIPS_ENDPOINT: "true" },
    ],
  ];
  const regionOf = ({ AWS_REGION, AWS_DEFAULT_REGION }: Env) =>
    AWS_REGION ?? AWS_DEFAULT_REGION ?? "us-east-1";

  test.each(shells)(
    "%s: one code, one session each, the shell's own region",
    async (_, one, other) => {
      machine.configuration = { ...machine.configuration, defaultRegion: undefined };
      const inShell = (env: Env) => run("DeveloperAccess", {}, { ...typist(), env });
      expect(await inShell(one)).toMatchObject({ how: "new", questions: 1 });
      for (const env of [other, one, other]) {
        const next = await inShell(env);
        expect(next).toMatchObject({ how: "cached", questions: 0, calls: "" });
        expect(next.session?.region).toBe(regionOf(env));
        const role = await run("AdminAccess", {}, { ...noTerminal, env });
        expect(role.session?.region).toBe(regionOf(env));
        expect(role.questions).toBe(0);
      }
    },
  );

  test("a region of the account stays, whatever the shell has", async () => {
    const { accounts } = machine.configuration;
    const [account] = accounts.values();
    if (account === undefined) throw new Error("no account");
    const placed = new Map([[account.name, { ...account, region: "eu-north-1" }]]);
    machine.configuration = {
      ...machine.configuration,
      defaultRegion: undefined,
      accounts: placed,
    };
    for (const AWS_REGION of ["eu-west-1", "us-east-1"]) {
      const { session } = await run("DeveloperAccess", {}, { ...typist(), env: { AWS_REGION } });
      expect(session?.region).toBe("eu-north-1");
    }
  });

  test("after a change of the configuration the session has the region of the shell too", async () => {
    machine.configuration = { ...machine.configuration, defaultRegion: undefined };
    const inShell = (AWS_REGION: string) =>
      run("DeveloperAccess", {}, { ...typist(), env: { AWS_REGION } });
    await inShell("eu-west-1");
    machine.configurationStamp = "2";
    const next = await inShell("us-east-1");
    expect([next.calls, next.session?.region]).toEqual(["", "us-east-1"]);
  });

  test("another partition is another AWS: its own code", async () => {
    machine.configuration = { ...machine.configuration, defaultRegion: undefined };
    await run("DeveloperAccess", {}, { ...typist(), env: { AWS_REGION: "eu-west-1" } });
    machine.advance(60);
    const china = { ...typist(), env: { AWS_REGION: "cn-north-1" } };
    expect((await run("DeveloperAccess", {}, china)).questions).toBe(1);
  });
});

describe("single flight", () => {
  // Whose key is known takes as many steps to its lock as the next process.
  beforeEach(() => {
    const entry = { accessKeyId: "AKIAFAKEFAKEFAKEFAKE" };
    machine.process().state.write(cachedKeyIdsFile, { "main-account": entry });
  });

  test("50 at once: one question, one GetSessionToken, one AssumeRole, 50 equal answers", async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, () => run("DeveloperAccess", program)),
    );
    expect(machine.aws.calls.join(" ")).toBe("ListMFADevices GetSessionToken AssumeRole");
    expect(new Set(all.map((each) => each.session?.keys.accessKeyId)).size).toBe(1);
  });

  test("two roles at once: one code", async () => {
    await Promise.all([run("DeveloperAccess", program), run("AdminAccess", program)]);
    expect(machine.aws.calls.filter((each) => each === "GetSessionToken")).toHaveLength(1);
    expect(machine.aws.sentCodes).toHaveLength(1);
  });

  test("a user's Ctrl-C ends every waiting process, and programs for 10 s more; a typed assume prompts", async () => {
    let asked = 0;
    const types = () => {
      asked += 1;
      throw new AwstError("INTERRUPTED", "interrupted");
    };
    const all = await Promise.all(
      Array.from({ length: 10 }, () => run("DeveloperAccess", program, { types })),
    );
    expect(asked).toBe(1);
    expect(all.every((each) => each.how === "INTERRUPTED")).toBe(true);
    machine.advance(9);
    expect(await run("DeveloperAccess", program)).toMatchObject({
      how: "INTERRUPTED",
      questions: 0,
    });
    expect(await run("DeveloperAccess")).toMatchObject({ how: "new", questions: 1 });
  });

  test("the refusal of a code from a command line is not shared", async () => {
    const [typed, other] = await Promise.all([
      run("DeveloperAccess", { code: new Secret("000000") }, noTerminal),
      run("DeveloperAccess", program),
    ]);
    expect([typed.how, other.how]).toEqual(["AWS_CODE_REFUSED", "new"]);
    machine.advance(5 * hour);
    await run("DeveloperAccess", { code: new Secret("000000") }, noTerminal);
    expect(await run("DeveloperAccess", program)).toMatchObject({ how: "new" });
  });

  test("the refusal of one role is shared only with processes that want this role", async () => {
    machine.aws.roles.delete(arn("LongBuild"));
    const [long, same, other] = await Promise.all([
      run("LongBuild", program),
      run("LongBuild", program, noTerminal),
      run("DeveloperAccess", program),
    ]);
    expect([long.how, same.how]).toEqual(["AWS_ROLE_REFUSED", "AWS_ROLE_REFUSED"]);
    expect(other.how).toBe("new");
    expect(machine.aws.sentCodes).toHaveLength(2);
  });

  test("a program that gets a smaller maximum continues with the next code", async () => {
    machine.aws.roles.set(arn("LongBuild"), { maxAgeSeconds: 8 * hour, maxSessionSeconds: hour });
    expect(await run("LongBuild", program)).toMatchObject({ how: "new", questions: 2 });
  });

  test("no source here is not shared: the next waiter that has one takes over", async () => {
    const [first, second] = await Promise.all([
      run("DeveloperAccess", program, noTerminal),
      run("DeveloperAccess", program),
    ]);
    expect(first.how).toBe("CODE_NEEDED");
    expect(second.how).toBe("new");
  });
});

test("the MFA session is dropped from the keychain when AWS refuses it", async () => {
  await run("DeveloperAccess");
  const before = machine.items.get(mfaSessionItem("main-account"));
  machine.aws.failNext("AssumeRole", "AWS_SESSION_EXPIRED");
  machine.advance(60);
  await run("AdminAccess", program, noTerminal);
  expect(before).toBeDefined();
  expect(machine.items.get(mfaSessionItem("main-account"))).toBeUndefined();
});

describe("a cached session of an older configuration", () => {
  const item = roleSessionItem("main-account", "main-account", "DeveloperAccess");
  const fingerprintOf = () => decodeRoleSession(machine.items.get(item))?.configurationStamp;

  beforeEach(async () => {
    await run("DeveloperAccess");
    machine.configurationStamp = "2";
  });

  test("is bound to the new one", async () => {
    expect(await run("DeveloperAccess")).toMatchObject({ how: "cached", calls: "" });
    expect(fingerprintOf()).toBe("2");
  });

  test("is left to the process that has the role's lock, without a wait", async () => {
    const before = fingerprintOf();
    const locks = await machine.process().locks();
    await using _lock = await locks.acquire(`role-${item}`, { owner: "another" });
    expect(await run("DeveloperAccess")).toMatchObject({ how: "cached", calls: "" });
    expect(fingerprintOf()).toBe(before);
  });
});

describe("a session that ends before what was asked for", () => {
  const about = /MFA session expires|MaxSessionDuration of|credentials .* last/;
  const reported = (messages: readonly string[]) => messages.filter((line) => about.test(line));

  test.each([
    [
      "13 h from an MFA session of 12 h",
      "DeveloperAccess",
      { durationSeconds: 13 * hour },
      false,
      1,
    ],
    ["12 h of it", "DeveloperAccess", { durationSeconds: 12 * hour }, false, 0],
    ["13 h in an environment", "DeveloperAccess", { durationSeconds: 13 * hour }, true, 1],
    ["one hour in an environment", "DeveloperAccess", { durationSeconds: hour }, true, 0],
    ["what the configuration says, in an environment", "DeveloperAccess", {}, true, 0],
  ])("%s, cold and warm", async (_name, roleName, flags, keysAreFixed, expected) => {
    await run("DeveloperAccess");
    for (const how of ["renewed", "cached"]) {
      const seen = await run(roleName, { flags, keysAreFixed });
      expect(seen.how).toBe(Object.keys(flags).length === 0 ? "cached" : how);
      expect(reported(seen.messages)).toHaveLength(expected);
    }
    const machineSeen = await run(roleName, { flags, ...program }, noTerminal);
    expect(reported(machineSeen.messages)).toEqual([]);
  });

  test("a line that asks for a new code gets all of it", async () => {
    await run("DeveloperAccess");
    const flags = { durationSeconds: 13 * hour };
    const cut = await run("DeveloperAccess", { flags });
    expect(cut.messages.join("\n")).toContain("DeveloperAccess --duration 46800 --refresh");
    machine.time = new Date(machine.time.getTime() + 60_000);
    const whole = await run("DeveloperAccess", { flags, refresh: true });
    expect(whole.how).toBe("new");
    expect(reported(whole.messages)).toEqual([]);
  });

  test("a role whose maximum is remembered: with every further single session", async () => {
    machine.aws.roles.set(arn("LongBuild"), { maxAgeSeconds: 8 * hour, maxSessionSeconds: hour });
    for (const how of ["new", "cached", "cached"]) {
      const seen = await run("LongBuild", { flags: { durationSeconds: 6 * hour } });
      expect(seen.how).toBe(how);
      expect(reported(seen.messages)).toHaveLength(1);
    }
  });
});
