// The verbs that show and change a user's own keys, in a fake context.

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

const heldId = "AKIAFAKEFAKEFAKEFAKE";
const day = 86_400;
let machine: FakeMachine;
/** A second key, of another machine's. */
let other: string;

beforeEach(() => {
  machine = makeFakeMachine(configurationOf([role("DeveloperAccess", 4)]));
  const secretAccessKey = new Secret("x".repeat(40));
  machine.items.set("key/main-account", encodeAccessKey({ accessKeyId: heldId, secretAccessKey }));
  other = machine.iam.addKey().accessKeyId;
  machine.advance(3 * day);
});

const wish = { purpose: "key", retry: "awst key" };
const me = { identity: undefined };
const key = (id: string) => machine.iam.keys.find((each) => each.accessKeyId === id);

/** A person who types the code, and answers a question. */
function person(answer = "y"): FakeProcess {
  return { types: ({ text }) => (text.startsWith("MFA code") ? machine.aws.code() : answer) };
}

describe("key list", () => {
  test("everything there is to know", async () => {
    const usedAt = new Date(machine.time.getTime() - day * 1000);
    const found = key(heldId);
    if (found) found.lastUse = { at: usedAt, service: "sts", region: "eu-west-1" };
    machine.iam.tags.set(other.toLowerCase(), "desktop");
    const listing = await listKeys(machine.process(person()), undefined, wish);
    expect(listing).toMatchObject({
      identity: "main-account",
      userName: "user",
      lastUseIsDenied: false,
      descriptionsAreDenied: false,
      keys: [
        {
          accessKeyId: heldId,
          status: "Active",
          lastUse: { at: usedAt, service: "sts", region: "eu-west-1" },
          description: undefined,
          heldIn: "keychain",
        },
        {
          accessKeyId: other,
          lastUse: { at: undefined },
          description: "desktop",
          heldIn: undefined,
        },
      ],
    });
  });

  test("under the kickstarter's policy: what is denied is left out, and costs no code", async () => {
    machine.iam.policy = fakePolicies.kickstarter;
    const context = machine.process(person());
    const listing = await listKeys(context, undefined, wish);
    expect(listing).toMatchObject({ lastUseIsDenied: true, descriptionsAreDenied: true });
    expect(listing.keys.map(({ lastUse, description }) => [lastUse, description])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    machine.advance(2 * 3600);
    const again = machine.process(person());
    await listKeys(again, undefined, wish);
    expect([context.asked.length, again.asked.length]).toEqual([1, 0]);
  });

  test("a key in a profile is said to be there", async () => {
    machine.items.clear();
    machine.credentials = `[main-account]\naws_access_key_id = ${heldId}\naws_secret_access_key = ${"x".repeat(40)}\n`;
    const { keys } = await listKeys(machine.process(person()), undefined, wish);
    expect(keys.map(({ heldIn }) => heldIn)).toEqual(["profile", undefined]);
  });

  test("what is no denial is told", async () => {
    machine.aws.failNext("ListUserTags", "AWS_UNREACHABLE");
    const done = listKeys(machine.process(person()), undefined, wish);
    await expect(done).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
  });
});

describe("key describe", () => {
  const run = (id: string, text: string) => {
    const context = machine.process(person());
    return { context, done: describeKey(context, { ...me, id, text }, wish) };
  };

  test("sets the tag, by the end of an id, which is said", async () => {
    const { context, done } = run(other.slice(-4), "desktop");
    expect(await done).toEqual({ accessKeyId: other });
    expect([...machine.iam.tags]).toEqual([[other, "desktop"]]);
    expect(context.messages).toContain(`${other.slice(-4)} is ${other}`);
  });

  test("takes it away", async () => {
    machine.iam.tags.set(other.toLowerCase(), "desktop").set("team", "x");
    await run(other, "").done;
    expect([...machine.iam.tags]).toEqual([["team", "x"]]);
  });

  test("what AWS would not take is not asked, of nobody", async () => {
    const { context, done } = run(other, "laptop #2");
    await expect(done).rejects.toMatchObject({ code: "USAGE" });
    expect([context.asked, machine.aws.calls]).toEqual([[], []]);
  });

  test("denied: an error, and nothing recorded", async () => {
    machine.iam.policy = fakePolicies.kickstarter;
    await expect(run(other, "laptop").done).rejects.toMatchObject({ code: "AWS_DENIED" });
    expect(machine.history).not.toContain("key-described");
  });
});

describe("key deactivate, activate", () => {
  const run = (id: string, status: "Active" | "Inactive") =>
    changeKeyStatus(machine.process(person()), { ...me, id, status }, wish);

  test("off and on, and told when it was so already", async () => {
    expect(await run(other, "Inactive")).toEqual({ accessKeyId: other, wasSo: false });
    expect(key(other)?.status).toBe("Inactive");
    expect(await run(other, "Inactive")).toEqual({ accessKeyId: other, wasSo: true });
    expect(await run(other, "Active")).toEqual({ accessKeyId: other, wasSo: false });
    expect(key(other)?.status).toBe("Active");
    expect(machine.history).toEqual(expect.arrayContaining(["key-deactivated", "key-activated"]));
  });

  test("never the key that awst holds", async () => {
    await expect(run(heldId, "Inactive")).rejects.toMatchObject({
      code: "USAGE",
      hint: "to replace it by a new one: awst key rotate --identity main-account",
    });
    expect(key(heldId)?.status).toBe("Active");
    expect(await run(heldId, "Active")).toMatchObject({ wasSo: true });
  });

  test("nor one that another identity holds", async () => {
    machine.state.set(cachedKeyIdsName, { second: { accessKeyId: other } });
    await expect(run(other, "Inactive")).rejects.toMatchObject({
      message: expect.stringContaining('holds for "second"'),
    });
  });

  test("nor one that is taken into the keychain meanwhile", async () => {
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
  const run = (id: string, process = person(), sure = false) => {
    const context = machine.process(process);
    return { context, done: deleteKey(context, { ...me, id, sure }, wish) };
  };

  test("asks about an active one, and takes its description along", async () => {
    machine.iam.tags.set(other, "desktop").set("team", "x");
    const { context, done } = run(other);
    expect(await done).toEqual({ accessKeyId: other, description: "removed" });
    expect(context.asked).toContain(`Delete ${other} (active, 3 d old, never used) for good?`);
    expect(key(other)?.isDeleted).toBe(true);
    expect([...machine.iam.tags]).toEqual([["team", "x"]]);
  });

  test("no: nothing is done", async () => {
    expect(await run(other, person("n")).done).toBeUndefined();
    expect(key(other)?.isDeleted).toBeUndefined();
  });

  test.each<[string, number | undefined, boolean]>([
    ["used yesterday", 1, true],
    ["used 40 days ago", 40, false],
    ["never used", undefined, false],
  ])("an inactive one, %s", async (_, days, isAsked) => {
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

  test("--yes asks nobody", async () => {
    await listKeys(machine.process(person()), undefined, wish);
    const { context, done } = run(other, {}, true);
    expect(await done).toMatchObject({ accessKeyId: other });
    expect(context.asked).toEqual([]);
  });

  test("nobody to ask: CONFIRMATION_NEEDED with the line, and nothing done", async () => {
    await listKeys(machine.process(person()), undefined, wish);
    await expect(run(other, {}).done).rejects.toMatchObject({
      code: "CONFIRMATION_NEEDED",
      hint: "awst key --yes",
    });
    expect(key(other)?.isDeleted).toBeUndefined();
  });

  test("never the key that awst holds, not even with --yes", async () => {
    await expect(run(heldId, person(), true).done).rejects.toMatchObject({ code: "USAGE" });
    expect(key(heldId)?.isDeleted).toBeUndefined();
  });

  test("tags denied: the key is deleted all the same", async () => {
    machine.iam.policy = fakePolicies.kickstarter;
    const { done } = run(other);
    expect(await done).toEqual({ accessKeyId: other, description: "kept" });
    expect(key(other)?.isDeleted).toBe(true);
  });

  test("an old session: one code more, one confirmation", async () => {
    machine.iam.policy = fakePolicies.kickstarter;
    await listKeys(machine.process(person()), undefined, wish);
    machine.advance(5 * 3600);
    const { context, done } = run(other);
    await done;
    expect(context.asked).toHaveLength(2);
  });
});
