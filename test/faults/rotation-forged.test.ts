// A program that can write the state folder forges, replays or swaps the journal of a rotation. No run deactivates or
// deletes a key that awst did not create: only a journal sealed with the keychain's key is believed.

import { describe, expect, test } from "vitest";
import { rotateUnattended } from "../../src/flows/rotation/rotate-unattended.ts";
import {
  emptyJournal,
  journalFile,
  type RotationJournal,
} from "../../src/model/rotation/rotation-journal.ts";
import { Secret } from "../../src/model/secret.ts";
import { sealOf } from "../../src/model/state-seal.ts";
import type { FakeMachine } from "../support/fake-context.ts";
import { fromJson, toJson } from "../support/state-files.ts";
import { identity, openScene, type RotationScene, seededId } from "./rotation-scene.ts";

const file = journalFile(identity);
const day = 24 * 3600;
const longAgo = "2025-01-01T00:00:00.000Z";
const switched = { switchedAt: longAgo, description: "none", graceSeconds: 0 } as const;

const read = ({ state }: FakeMachine) => fromJson(file, state.get(file.name));
const write = ({ state }: FakeMachine, journal: object) =>
  void state.set(file.name, toJson(file, journal as RotationJournal));

/** Returns a journal that an attacker writes. `foreign`: the key of another program. */
type Forge = (foreign: string, scene: RotationScene) => object;
const journalOf = (oldKeyId: string, more: object) => ({ ...emptyJournal(oldKeyId, 0), ...more });

const forgeries: Readonly<Record<string, Forge>> = {
  "the foreign key is the new key": (foreign) => journalOf(seededId, { newKeyId: foreign }),
  "the foreign key is the old key, still active": (foreign) =>
    journalOf(foreign, { newKeyId: seededId, ...switched }),
  "the foreign key is the old key, its grace period over": (foreign) =>
    journalOf(foreign, { newKeyId: seededId, ...switched, deactivatedAt: longAgo }),
  "the foreign key is the old key and can't be deactivated": (foreign) =>
    journalOf(foreign, { newKeyId: seededId, ...switched, isDeactivationDenied: true }),
  "a lost response created the foreign key": (foreign, { machine }) => {
    const key = machine.iam.keys.find(({ accessKeyId }) => accessKeyId === foreign);
    return journalOf(seededId, { intents: [key?.createdAt.toISOString()] });
  },
  "the foreign key was created for a key that is gone": (foreign) =>
    journalOf("AKIAGONEGONEGONEGONE", { newKeyId: foreign }),
  "the foreign key is rolled back": (foreign) =>
    journalOf(seededId, { newKeyId: foreign, isUndone: true }),
  "the seal is empty": (foreign) => journalOf(seededId, { newKeyId: foreign, seal: "" }),
  "the seal is made with another key": (foreign) => {
    const journal = journalOf(seededId, { newKeyId: foreign });
    return { ...journal, seal: sealOf(new Secret("guessed"), file.name, journal) };
  },
  "the seal is too long": (foreign) =>
    journalOf(seededId, { newKeyId: foreign, seal: "0".repeat(100_000) }),
};

async function openWithForeignKey() {
  const scene = await openScene();
  const createdAt = new Date(scene.machine.time.getTime() - 60_000);
  return { scene, foreign: scene.addForeignKey(createdAt) ?? "" };
}

function expectUntouched({ machine, currentKeyId }: RotationScene, ...ids: readonly string[]) {
  const active = machine.iam.present().filter(({ status }) => status === "Active");
  expect(active.map(({ accessKeyId }) => accessKeyId)).toEqual(expect.arrayContaining([...ids]));
  expect(currentKeyId()).toBe(seededId);
}

describe.each(["resume", "rotate", "undo"] as const)("key rotate, %s", (request) => {
  test.each(Object.keys(forgeries))("forged: %s", async (name) => {
    const { scene, foreign } = await openWithForeignKey();
    write(scene.machine, forgeries[name]?.(foreign, scene) ?? {});
    await scene.run({ request, unattended: true });
    expectUntouched(scene, seededId, foreign);
  });
});

test.each(Object.keys(forgeries))("assume in the background, forged: %s", async (name) => {
  const { scene, foreign } = await openWithForeignKey();
  write(scene.machine, forgeries[name]?.(foreign, scene) ?? {});
  const options = { identity: undefined, purpose: "key rotate", retry: "awst key rotate" };
  const request = { ...options, request: "rotate", unattended: true, graceSeconds: 0 } as const;
  await rotateUnattended(scene.machine.process({}), "automatic", request).catch(() => {});
  expectUntouched(scene, seededId, foreign);
});

test("a forged journal is named in the report, deleted, and not read again", async () => {
  const { scene, foreign } = await openWithForeignKey();
  write(scene.machine, journalOf(seededId, { newKeyId: foreign }));
  const { report } = await scene.run({ request: "resume" });
  expect(report?.remarks.join()).toContain(`rotation-${identity}.json`);
  expect(read(scene.machine)).toBeUndefined();
});

describe("a journal that awst sealed", () => {
  const changes: readonly (readonly [string, (foreign: string) => Partial<RotationJournal>])[] = [
    ["the old key", (foreign) => ({ oldKeyId: foreign })],
    ["the new key", (foreign) => ({ newKeyId: foreign })],
    ["the end of the grace period", () => ({ graceSeconds: 0, deactivatedAt: longAgo })],
    ["the listed keys", () => ({ listed: [] })],
    ["the intents", () => ({ intents: [longAgo] })],
  ];
  test.each(changes)("and that was changed is not believed: %s", async (_what, change) => {
    const scene = await openScene();
    await scene.run({ graceSeconds: day });
    const before = scene.machine.iam.present().map(({ accessKeyId }) => accessKeyId);
    write(scene.machine, { ...read(scene.machine), ...change("AKIAFOREIGNFOREIGN00") });
    const { error } = await scene.run({ request: "resume" });
    expect(error).toBeUndefined();
    expect(scene.machine.iam.present().map(({ accessKeyId }) => accessKeyId)).toEqual(before);
  });

  test("is not believed after its rotation has ended: each rotation has a key of its own", async () => {
    const scene = await openScene();
    await scene.run({ graceSeconds: day });
    const first = read(scene.machine);
    await scene.run({ request: "undo" });
    expect([scene.currentKeyId(), scene.leftOver()]).toEqual([seededId, []]);
    // The key of the first rotation's journal exists again, now as another program's.
    const foreign = scene.addForeignKey(scene.machine.time) ?? "";
    write(scene.machine, { ...first, newKeyId: foreign });
    await scene.run({ request: "resume" });
    write(scene.machine, { ...first });
    scene.machine.advance(day + 60);
    const { report } = await scene.run({ request: "resume" });
    expect(report?.remarks.join()).toContain("seal");
    expectUntouched(scene, seededId, foreign);
  });

  test("is not believed for another identity", async () => {
    const { scene, foreign } = await openWithForeignKey();
    const key = new Secret("the same key for both");
    scene.machine.items.set(`rotation-seal/${identity}`, key);
    const journal = journalOf(seededId, { newKeyId: foreign });
    write(scene.machine, { ...journal, seal: sealOf(key, "rotation-other", journal) });
    await scene.run({ request: "resume" });
    expectUntouched(scene, seededId, foreign);
  });

  test("is believed, whatever the order of its members", async () => {
    const scene = await openScene();
    await scene.run({ graceSeconds: day });
    const members = Object.entries(read(scene.machine) ?? {}).reverse();
    write(scene.machine, Object.fromEntries(members));
    scene.machine.advance(day + 60);
    const { report } = await scene.run({ request: "resume" });
    expect([report?.result, report?.remarks]).toEqual(["finished", []]);
    expect(scene.leftOver()).toEqual([]);
  });
});
