// The commands that list and change the user's own access keys, in a fake context.

import { beforeEach, describe, expect, test } from "vitest";
import {
  configurationOf,
  type FakeMachine,
  type FakeProcess,
  makeFakeMachine,
  role,
} from "../../../test/support/fake-context.ts";
import { fakePolicies } from "../../../test/support/fake-iam.ts";
import { encodeAccessKey } from "../../model/key/access-key.ts";
import { Secret } from "../../model/secret.ts";
import { cachedKeyIdsName } from "../../model/session/config-cache.ts";
import { changeKeyStatus, deleteKey, describeKey, listKeys } from "./manage-keys.ts";

const inUseId = "AKIAFAKEFAKEFAKEFAKE";
const day = 86_400;
let machine: FakeMachine;
/** A second key, of another machine's. */
let other: string;

beforeEach(() => {
  machine = makeFakeMachine(configurationOf([role("DeveloperAccess", 4)]));
  const secretAccessKey = new Secret("x".repeat(40));
  machine.items.set("key/main-account", encodeAccessKey({ accessKeyId: inUseId, secretAccessKey }));
  other = machine.iam.addKey().accessKeyId;
  machine.advance(3 * day);
});

const request = { purpose: "key", retry: "awst key" };
const me = { identity: undefined };
const key = (id: string) => machine.iam.keys.find((each) => each.accessKeyId === id);

/** A user who types the code, and answers a question. */
function userProcess(answer = "y"): FakeProcess {
  return { types: ({ text }) => (text.startsWith("MFA code") ? machine.aws.code() : answer) };
}

describe("key list", () => {
  test("state, age, last use, description, and the key in use", async () => {
    const usedAt = new Date(machine.time.getTime() - day * 1000);
    const found = key(inUseId);
    if (found) found.lastUse = { at: usedAt, service: "sts", region: "eu-west-1" };
    machine.iam.tags.set(other.toLowerCase(), "desktop");
    const listing = await listKeys(machine.process(userProcess()), undefined, request);
    expect(listing).toMatchObject({
      identity: "main-account",
      userName: "user",
      lastUseIsDenied: false,
      descriptionsAreDenied: false,
      keys: [
        {
          accessKeyId: inUseId,
          status: "Active",
          lastUse: { at: usedAt, service: "sts", region: "eu-west-1" },
          description: undefined,
          storedIn: "keychain",
        },
        {
          accessKeyId: other,
          lastUse: { at: undefined },
          description: "desktop",
          storedIn: undefined,
        },
      ],
    });
  });

  test("kickstarter policy: what is denied is left out, without a code", async () => {
    machine.iam.policy = fakePolicies.kickstarter;
    const context = machine.process(userProcess());
    const listing = await listKeys(context, undefined, request);
    expect(listing).toMatchObject({ lastUseIsDenied: true, descriptionsAreDenied: true });
    expect(listing.keys.map(({ lastUse, description }) => [lastUse, description])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    machine.advance(2 * 3600);
    const again = machine.process(userProcess());
    await listKeys(again, undefined, request);
    expect([context.asked.length, again.asked.length]).toEqual([1, 0]);
  });

  test("a key in use in a profile", async () => {
    machine.items.clear();
    machine.credentials = `[main-account]\naws_access_key_id = ${inUseId}\naws_secret_access_key = ${"x".repeat(40)}\n`;
    const { keys } = await listKeys(machine.process(userProcess()), undefined, request);
    expect(keys.map(({ storedIn }) => storedIn)).toEqual(["profile", undefined]);
  });

  test("an error that is not a denial is thrown", async () => {
    machine.aws.failNext("ListUserTags", "AWS_UNREACHABLE");
    const done = listKeys(machine.process(userProcess()), undefined, request);
    await expect(done).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
  });
});

describe("key describe", () => {
  const run = (id: string, text: string) => {
    const context = machine.process(userProcess());
    return { context, done: describeKey(context, { ...me, id, text }, request) };
  };

  test("sets the tag of a key found by the end of its id, and prints the id", async () => {
    const { context, done } = run(other.slice(-4), "desktop");
    expect(await done).toEqual({ accessKeyId: other });
    expect([...machine.iam.tags]).toEqual([[other, "desktop"]]);
    expect(context.messages).toContain(`using ${other} for ${other.slice(-4)}`);
  });

  test("an empty text removes the tag", async () => {
    machine.iam.tags.set(other.toLowerCase(), "desktop").set("team", "x");
    await run(other, "").done;
    expect([...machine.iam.tags]).toEqual([["team", "x"]]);
  });

  test("an invalid text: no prompt and no call", async () => {
    const { context, done } = run(other, "laptop #2");
    await expect(done).rejects.toMatchObject({ code: "USAGE" });
    expect([context.asked, machine.aws.calls]).toEqual([[], []]);
  });

  test("denied: an error, and no history", async () => {
    machine.iam.policy = fakePolicies.kickstarter;
    await expect(run(other, "laptop").done).rejects.toMatchObject({ code: "AWS_DENIED" });
    expect(machine.history).not.toContain("key-described");
  });
});

describe("key deactivate, activate", () => {
  const run = (id: string, status: "Active" | "Inactive") =>
    changeKeyStatus(machine.process(userProcess()), { ...me, id, status }, request);

  test("deactivates and activates; `isUnchanged` if nothing changed", async () => {
    expect(await run(other, "Inactive")).toEqual({ accessKeyId: other, isUnchanged: false });
    expect(key(other)?.status).toBe("Inactive");
    expect(await run(other, "Inactive")).toEqual({ accessKeyId: other, isUnchanged: true });
    expect(await run(other, "Active")).toEqual({ accessKeyId: other, isUnchanged: false });
    expect(key(other)?.status).toBe("Active");
    expect(machine.history).toEqual(expect.arrayContaining(["key-deactivated", "key-activated"]));
  });

  test("not the key in use", async () => {
    await expect(run(inUseId, "Inactive")).rejects.toMatchObject({
      code: "USAGE",
      hint: "to replace the key: awst key rotate --identity main-account",
    });
    expect(key(inUseId)?.status).toBe("Active");
    expect(await run(inUseId, "Active")).toMatchObject({ isUnchanged: true });
  });

  test("not the key in use of another identity", async () => {
    machine.state.set(cachedKeyIdsName, { second: { accessKeyId: other } });
    await expect(run(other, "Inactive")).rejects.toMatchObject({
      message: expect.stringContaining('the key in use for "second"'),
    });
  });

  test("not a key that is stored meanwhile", async () => {
    machine.aws.after.set("ListAccessKeys", async () => {
      const secretAccessKey = new Secret("y".repeat(40));
      const taken = encodeAccessKey({ accessKeyId: other, secretAccessKey });
      machine.items.set("key/main-account", taken);
    });
    await expect(run(other, "Inactive")).rejects.toMatchObject({ code: "USAGE" });
    expect(key(other)?.status).toBe("Active");
  });
});

describe("key delete", () => {
  const run = (id: string, process = userProcess(), isConfirmed = false) => {
    const context = machine.process(process);
    return { context, done: deleteKey(context, { ...me, id, isConfirmed }, request) };
  };

  test("asks about an active key, and removes its description", async () => {
    machine.iam.tags.set(other, "desktop").set("team", "x");
    const { context, done } = run(other);
    expect(await done).toEqual({ accessKeyId: other, description: "removed" });
    expect(context.asked).toContain(`Delete ${other} (active, 3 d old, never used) permanently?`);
    expect(key(other)?.isDeleted).toBe(true);
    expect([...machine.iam.tags]).toEqual([["team", "x"]]);
  });

  test("the user declines: nothing changes", async () => {
    expect(await run(other, userProcess("n")).done).toBeUndefined();
    expect(key(other)?.isDeleted).toBeUndefined();
  });

  test.each<[string, number | undefined, boolean]>([
    ["used yesterday", 1, true],
    ["used 40 days ago", 40, false],
    ["never used", undefined, false],
  ])("an inactive key, %s", async (_, days, isAsked) => {
    const found = key(other);
    if (!found) throw new Error("it was made");
    found.status = "Inactive";
    const at = days && new Date(machine.time.getTime() - days * day * 1000);
    found.lastUse = at ? { at, service: "s3", region: "eu-west-1" } : undefined;
    const { context, done } = run(other);
    await done;
    expect(context.asked.some((text) => text.startsWith("Delete"))).toBe(isAsked);
    expect(found.isDeleted).toBe(true);
  });

  test("--yes: no prompt", async () => {
    await listKeys(machine.process(userProcess()), undefined, request);
    const { context, done } = run(other, {}, true);
    expect(await done).toMatchObject({ accessKeyId: other });
    expect(context.asked).toEqual([]);
  });

  test("no terminal: CONFIRMATION_NEEDED with the command, and nothing changes", async () => {
    await listKeys(machine.process(userProcess()), undefined, request);
    await expect(run(other, {}).done).rejects.toMatchObject({
      code: "CONFIRMATION_NEEDED",
      hint: "awst key --yes",
    });
    expect(key(other)?.isDeleted).toBeUndefined();
  });

  test("not the key in use, even with --yes", async () => {
    await expect(run(inUseId, userProcess(), true).done).rejects.toMatchObject({ code: "USAGE" });
    expect(key(inUseId)?.isDeleted).toBeUndefined();
  });

  test("UntagUser denied: the key is deleted", async () => {
    machine.iam.policy = fakePolicies.kickstarter;
    const { done } = run(other);
    expect(await done).toEqual({ accessKeyId: other, description: "kept" });
    expect(key(other)?.isDeleted).toBe(true);
  });

  test("an old session: one more code, one confirmation", async () => {
    machine.iam.policy = fakePolicies.kickstarter;
    await listKeys(machine.process(userProcess()), undefined, request);
    machine.advance(5 * 3600);
    const { context, done } = run(other);
    await done;
    expect(context.asked).toHaveLength(2);
  });
});
