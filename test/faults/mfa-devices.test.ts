// Adding, replacing, removing and resyncing devices under every policy, with Ctrl-C at every prompt, a kill before
// and after every effect, and every reply of AWS lost. The next runs always complete the work: the device
// works or is deleted. If its seed was lost with the reply and the policy denies the deletion, a message
// names the device and the command that deletes it.

import { afterAll, describe, expect, test } from "vitest";
import type { Identity } from "../../src/model/configuration/configuration.ts";
import type { ErrorCode } from "../../src/model/errors.ts";
import {
  type EnrolmentScene,
  makeEnrolmentScene,
  type PolicyName,
  policyNames,
  type Typed,
} from "../support/enrolment-scene.ts";
import type { FakeContext, FakeMachine } from "../support/fake-context.ts";
import { Killed } from "../support/mortal-context.ts";
import { canStrike, type Effect, type FaultKind, openFaulty } from "./faulty-process.ts";

interface Story {
  readonly name: string;
  /** The devices that the user has, all on the phone. */
  readonly devices: readonly string[];
  readonly typed: Typed;
  /** What the user types after a failed run. */
  readonly again?: Typed;
  readonly identity?: Partial<Identity>;
  /** AWS's clock minus this machine's. */
  readonly skewMs?: number;
  /** Runs before, without a fault. */
  readonly before?: (scene: EnrolmentScene) => unknown;
  /** What others do between the failed run and the next one. */
  readonly meanwhile?: (scene: EnrolmentScene) => void;
  /** Every device that awst adds has its seed stored. */
  readonly storesSeeds?: true;
  readonly isLastRemoved?: true;
}

const addWithSeed = { command: "add", options: { store: true } } as const;
const addFirst = async (scene: EnrolmentScene): Promise<void> => {
  expect(await scene.run(addWithSeed)).toMatchObject({ error: undefined });
};
const removal = (device: string, more: Typed["options"] = {}): Typed => ({
  command: "remove",
  options: { device, ...more },
});

/** Another machine of the user enabled this device. */
function addElsewhere({ machine, serial }: EnrolmentScene, name: string): void {
  machine.iam.virtualDevices.set(serial(name), { seed: undefined, enabledAt: machine.time });
  machine.aws.devices = [...machine.aws.devices, serial(name)];
}

/** Another machine of the user removed this device. */
function removeElsewhere({ machine, serial }: EnrolmentScene, name: string): void {
  machine.aws.devices = machine.aws.devices.filter((each) => each !== serial(name));
  machine.iam.virtualDevices.delete(serial(name));
}

/** An administrator deleted every device that is not enabled. */
function deleteUnassigned({ machine: { aws, iam } }: EnrolmentScene): void {
  for (const each of [...iam.virtualDevices.keys()]) {
    if (!aws.devices.includes(each)) iam.virtualDevices.delete(each);
  }
}

const stories: readonly Story[] = [
  { name: "a first device", devices: [], typed: { command: "add" } },
  { name: "a first device with a stored seed", devices: [], typed: addWithSeed, storesSeeds: true },
  { name: "a second device", devices: ["user"], typed: { command: "add" } },
  {
    name: "a second device with a stored seed",
    devices: ["user"],
    typed: addWithSeed,
    storesSeeds: true,
  },
  {
    name: "a second device with a given name",
    devices: ["user"],
    typed: { command: "add", name: "tablet" },
  },
  {
    name: "a first device; a device of the user's name was never enabled",
    devices: [],
    typed: { command: "add" },
    before: ({ machine, serial }) => {
      const abandoned = { seed: "ABANDONED".padEnd(64, "A"), enabledAt: undefined };
      machine.iam.virtualDevices.set(serial("user"), abandoned);
    },
  },
  {
    name: "a first device; AWS's clock is 7 min ahead",
    devices: [],
    typed: { command: "add" },
    skewMs: 420_000,
  },
  {
    name: "a first device with a stored seed; AWS's clock is 7 min behind",
    devices: [],
    typed: addWithSeed,
    storesSeeds: true,
    skewMs: -420_000,
  },
  {
    name: "a first device; another machine adds one before the next run",
    devices: [],
    typed: { command: "add" },
    meanwhile: (scene) => addElsewhere(scene, "laptop"),
  },
  {
    name: "a first device; an administrator deletes unassigned devices before the next run",
    devices: [],
    typed: { command: "add" },
    meanwhile: deleteUnassigned,
  },
  { name: "a replacement", devices: ["user"], typed: { command: "replace" } },
  {
    name: "a replacement, resumed by mfa add",
    devices: ["user"],
    typed: { command: "replace" },
    again: { command: "add" },
  },
  {
    name: "a replacement that stores the new seed",
    devices: ["user"],
    typed: { command: "replace", options: { store: true } },
    storesSeeds: true,
  },
  {
    name: "a replacement of a device whose seed is stored",
    devices: [],
    before: addFirst,
    typed: { command: "replace", options: { store: true } },
    storesSeeds: true,
  },
  {
    name: "a replacement of the configured one of two devices",
    devices: ["user", "user-2"],
    identity: { device: "arn:aws:iam::111111111111:mfa/user" },
    typed: { command: "replace" },
  },
  {
    name: "a replacement; another machine removes the old device before the next run",
    devices: ["user", "user-2"],
    typed: { command: "replace", options: { device: "user-2" } },
    meanwhile: (scene) => removeElsewhere(scene, "user-2"),
  },
  { name: "a removal", devices: ["user", "user-2"], typed: removal("user-2") },
  {
    name: "a removal of a device whose seed is stored",
    devices: [],
    storesSeeds: true,
    before: async (scene) => {
      await addFirst(scene);
      addElsewhere(scene, "laptop");
    },
    typed: removal("user"),
  },
  {
    name: "a removal of the last device, with its seed stored",
    devices: [],
    before: addFirst,
    storesSeeds: true,
    typed: removal("user", { force: true }),
    isLastRemoved: true,
  },
  {
    name: "a removal; another machine removes the device before the next run",
    devices: ["user", "user-2"],
    typed: removal("user-2"),
    meanwhile: (scene) => removeElsewhere(scene, "user-2"),
  },
  { name: "a resync", devices: ["user"], typed: { command: "resync" } },
  {
    name: "a resync with a stored seed",
    devices: [],
    before: addFirst,
    storesSeeds: true,
    typed: { command: "resync" },
  },
];

const faultKinds: readonly FaultKind[] = [
  "request lost",
  "reply lost",
  "throttled",
  "denied",
  "keychain refuses",
  "keychain forgets",
  "disk full",
];

let tried = 0;
let survived = 0;
let named = 0;
let unusable = 0;
afterAll(() =>
  console.log(
    `enrolment faults: ${tried} cells tried, ${survived} survived, ${named} of them with a device reported for an administrator, ${unusable} of these without another device`,
  ),
);

interface Scene extends EnrolmentScene {
  /** The seeds of all devices at the beginning. */
  readonly seedsAtStart: ReadonlyMap<string, string | undefined>;
}

async function makeScene(story: Story, policy: PolicyName): Promise<Scene> {
  const scene = makeEnrolmentScene(policy, story.devices, story.identity);
  const { machine } = scene;
  machine.skewMs = story.skewMs ?? 0;
  await story.before?.(scene);
  const devices = [...machine.iam.virtualDevices];
  return { ...scene, seedsAtStart: new Map(devices.map(([device, { seed }]) => [device, seed])) };
}

/** Devices of the beginning that are enabled, and whose stored seeds awst deleted too early. */
function withLostSeeds({ machine, seedsAtStart, storedSeeds }: Scene, story: Story) {
  return seedsToStore(machine, story).filter(({ device, item }) => {
    const seed = machine.iam.virtualDevices.get(device)?.seed;
    return seed === seedsAtStart.get(device) && !storedSeeds().includes(item);
  });
}

/** Codes of an error in the next run: the failed run had completed it, or the policy does not allow it. */
const finalErrors: readonly (ErrorCode | undefined)[] = [
  "DEVICE_MISSING",
  "DEVICE_NAME_DENIED",
  "IAM_EXISTS",
];

/** Runs the command again as a user would. */
async function recover(scene: Scene, story: Story, cell: string): Promise<void> {
  story.meanwhile?.(scene);
  let error: unknown;
  for (let runs = 0; runs < 3; runs++) {
    scene.machine.advance(40);
    error = (await scene.run(story.again ?? story.typed)).error;
    if (error === undefined) return;
    if (finalErrors.includes((error as { code?: ErrorCode }).code)) return;
  }
  throw new Error(`${cell}: the third run failed`, { cause: error });
}

async function check(scene: Scene, story: Story, cell: string): Promise<void> {
  tried += 1;
  const { machine } = scene;
  const pendingSeed = machine.items.get("pending-mfa-seed/main-account")?.reveal() ?? "";
  expect(withLostSeeds(scene, story), cell).toEqual([]);
  await recover(scene, story, cell);
  const enabled = machine.aws.devices;
  const isNamed = [...machine.iam.virtualDevices.keys()].some((each) => !enabled.includes(each));
  // Only the user's name is allowed, and a device whose seed was lost has that name.
  const isLost = scene.working().length === 0 && isNamed && scene.strays().length === 0;
  const left = {
    strays: scene.strays(),
    pending: scene.pending(),
    unusable: devicesWithoutSeed(scene),
    seeds: scene.storedSeeds(),
  };
  const seeds = seedsToStore(machine, story).map(({ item }) => item);
  expect({ cell, ...left }).toEqual({ cell, strays: [], pending: undefined, unusable: [], seeds });
  if (story.isLastRemoved) expect(scene.working(), cell).toEqual([]);
  else if (isLost) unusable += 1;
  else expect(scene.working().length, cell).toBeGreaterThan(0);
  const leftOver = [...machine.iam.virtualDevices].filter(([each]) => !enabled.includes(each));
  const wasCompleted = !leftOver.some(
    ([, { seed }]) => seed !== undefined && pendingSeed.includes(seed),
  );
  expect(wasCompleted, `${cell}: its seed was not lost`).toBe(true);
  if (isNamed) named += 1;
  survived += 1;
}

/** The devices that awst created with --store and that are enabled, with their keychain items. */
function seedsToStore({ aws, iam }: FakeMachine, story: Story) {
  if (!story.storesSeeds) return [];
  return aws.devices
    .filter((device) => iam.virtualDevices.get(device)?.seed !== undefined)
    .map((device) => ({ device, item: `mfa-seed/main-account/${encodeURIComponent(device)}` }));
}

/** Enabled devices whose seed is neither on the phone nor stored. */
function devicesWithoutSeed(scene: EnrolmentScene): readonly string[] {
  const working = scene.working();
  return scene.machine.aws.devices.filter((device) => !working.includes(device));
}

describe.each(policyNames)("under %s", (policy) => {
  describe.each(stories.map((story) => [story.name, story] as const))("%s", (_name, story) => {
    test("Ctrl-C at every prompt", async () => {
      for (let stopAt = 0; ; stopAt++) {
        const scene = await makeScene(story, policy);
        const { error, asked } = await scene.run(story.typed, { stopAt });
        if (asked.length <= stopAt) break;
        expect(error).toMatchObject({ code: "INTERRUPTED" });
        await check(scene, story, `stopped at "${asked.at(-1)}"`);
      }
    });

    test("killed before and after every effect", async () => {
      for (let dieAt = 0; ; dieAt++) {
        const scene = await makeScene(story, policy);
        const { error, mortal } = await scene.run(story.typed, { dieAt });
        if (!(error instanceof Killed)) break;
        await check(scene, story, `killed ${mortal.last()} (${dieAt})`);
      }
    });

    test("killed, and killed again in the next run", async () => {
      for (let dieAt = 3; ; dieAt += 7) {
        const scene = await makeScene(story, policy);
        const { error } = await scene.run(story.typed, { dieAt });
        if (!(error instanceof Killed)) break;
        scene.machine.advance(40);
        await scene.run(story.again ?? story.typed, { dieAt: 10 + (dieAt % 23) });
        await check(scene, story, `killed at ${dieAt}, and again`);
      }
    });

    test.each(faultKinds)("%s, at every effect", async (kind) => {
      for (let at = 0; ; at++) {
        const scene = await makeScene(story, policy);
        let effects: readonly Effect[] = [];
        await scene.run(story.typed, {
          within: (machine, process) => {
            const faulty = openFaulty(machine, {
              faults: [{ at, kind }],
              process,
              check: () => {},
            });
            effects = faulty.effects;
            return faulty.context as FakeContext;
          },
        });
        const effect = effects[at];
        if (effect === undefined) break;
        if (canStrike(kind, effect)) await check(scene, story, `${kind}: ${effect.name} (${at})`);
      }
    });

    test("every reply lost, every request lost", async () => {
      const rehearsal = await makeScene(story, policy);
      await rehearsal.run(story.typed);
      const calls = [...new Set(rehearsal.machine.aws.calls)];
      for (const call of calls) {
        for (const acted of [true, false]) {
          const scene = await makeScene(story, policy);
          const effect = acted ? "unknown" : "nothing-done";
          scene.machine.aws.failNext(call, "AWS_UNREACHABLE", { acted, effect });
          await scene.run(story.typed);
          await check(scene, story, `${call} ${acted ? "reply lost" : "request lost"}`);
        }
      }
    });
  });
});
