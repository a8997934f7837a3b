// Adding, replacing, removing and resyncing devices under every policy, with Ctrl-C at every prompt, a kill before
// and after every effect, and every reply of AWS lost. The next runs always complete the work: the device
// works or is deleted. If its seed was lost with the reply and the policy denies the deletion, a message
// names the device and the command that deletes it.

import { afterAll, describe, expect, test } from "vitest";
import type { ErrorCode } from "../../src/model/errors.ts";
import {
  type EnrolmentScene,
  makeEnrolmentScene,
  policyNames,
  type Typed,
} from "../support/enrolment-scene.ts";
import type { FakeContext } from "../support/fake-context.ts";
import { Killed } from "../support/mortal-context.ts";
import { canStrike, type Effect, type FaultKind, openFaulty } from "./faulty-process.ts";

interface Story {
  readonly name: string;
  readonly devices: readonly string[];
  readonly typed: Typed;
  /** What the user types after a failed run. */
  readonly again?: Typed;
}

const stories: readonly Story[] = [
  { name: "a first device", devices: [], typed: { command: "add" } },
  {
    name: "a first device with a stored seed",
    devices: [],
    typed: { command: "add", options: { store: true } },
  },
  { name: "a second device", devices: ["user"], typed: { command: "add" } },
  { name: "a replacement", devices: ["user"], typed: { command: "replace" } },
  {
    name: "a replacement, resumed by mfa add",
    devices: ["user"],
    typed: { command: "replace" },
    again: { command: "add" },
  },
  {
    name: "a removal",
    devices: ["user", "user-2"],
    typed: { command: "remove", options: { device: "user-2" } },
    again: { command: "remove", options: { device: "user-2" } },
  },
  { name: "a resync", devices: ["user"], typed: { command: "resync" } },
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

function makeScene(story: Story, policy: (typeof policyNames)[number]): EnrolmentScene {
  return makeEnrolmentScene(policy, story.devices);
}

/** Runs the command again as a user would. */
async function recover(scene: EnrolmentScene, story: Story): Promise<unknown> {
  let error: unknown;
  for (let runs = 0; runs < 3; runs++) {
    scene.machine.advance(40);
    const end = await scene.run(story.again ?? story.typed);
    error = end.error;
    if (error === undefined) return undefined;
    const code = (error as { code?: ErrorCode }).code;
    // The stopped run had completed it, or the policy does not allow it.
    if (code === "DEVICE_MISSING" || code === "DEVICE_NAME_DENIED" || code === "IAM_EXISTS")
      return error;
  }
  return error;
}

async function check(scene: EnrolmentScene, story: Story, cell: string): Promise<void> {
  tried += 1;
  const { machine } = scene;
  const pendingSeed = machine.items.get("pending-mfa-seed/main-account")?.reveal() ?? "";
  await recover(scene, story);
  const enabled = machine.aws.devices;
  const isNamed = [...machine.iam.virtualDevices.keys()].some((each) => !enabled.includes(each));
  // Only the user's name is allowed, and a device whose seed was lost has that name.
  const isLost = scene.working().length === 0 && isNamed && scene.strays().length === 0;
  const left = {
    strays: scene.strays(),
    pending: scene.pending(),
    unusable: devicesWithoutSeed(scene),
  };
  expect({ cell, ...left }).toEqual({ cell, strays: [], pending: undefined, unusable: [] });
  if (isLost) unusable += 1;
  else expect(scene.working().length, cell).toBeGreaterThan(0);
  const leftOver = [...machine.iam.virtualDevices].filter(([each]) => !enabled.includes(each));
  const wasCompleted = !leftOver.some(
    ([, { seed }]) => seed !== undefined && pendingSeed.includes(seed),
  );
  expect(wasCompleted, `${cell}: its seed was not lost`).toBe(true);
  if (story.typed.options?.["store"] === undefined) expect(scene.storedSeeds(), cell).toEqual([]);
  if (isNamed) named += 1;
  survived += 1;
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
        const scene = makeScene(story, policy);
        const { error, asked } = await scene.run(story.typed, { stopAt });
        if (asked.length <= stopAt) break;
        expect(error).toMatchObject({ code: "INTERRUPTED" });
        await check(scene, story, `stopped at "${asked.at(-1)}"`);
      }
    });

    test("killed before and after every effect", async () => {
      for (let dieAt = 0; ; dieAt++) {
        const scene = makeScene(story, policy);
        const { error, mortal } = await scene.run(story.typed, { dieAt });
        if (!(error instanceof Killed)) break;
        await check(scene, story, `killed ${mortal.last()} (${dieAt})`);
      }
    });

    test("killed, and killed again in the next run", async () => {
      for (let dieAt = 3; ; dieAt += 7) {
        const scene = makeScene(story, policy);
        const { error } = await scene.run(story.typed, { dieAt });
        if (!(error instanceof Killed)) break;
        scene.machine.advance(40);
        await scene.run(story.again ?? story.typed, { dieAt: 10 + (dieAt % 23) });
        await check(scene, story, `killed at ${dieAt}, and again`);
      }
    });

    test.each(faultKinds)("%s, at every effect", async (kind) => {
      for (let at = 0; ; at++) {
        const scene = makeScene(story, policy);
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
      const rehearsal = makeScene(story, policy);
      await rehearsal.run(story.typed);
      const calls = [...new Set(rehearsal.machine.aws.calls)];
      for (const call of calls) {
        for (const acted of [true, false]) {
          const scene = makeScene(story, policy);
          const fate = acted ? "unknown" : "nothing-done";
          scene.machine.aws.failNext(call, "AWS_UNREACHABLE", { acted, fate });
          await scene.run(story.typed);
          await check(scene, story, `${call} ${acted ? "reply lost" : "request lost"}`);
        }
      }
    });
  });
});
