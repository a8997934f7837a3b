// Enrolling, replacing and removing, stopped: Ctrl-C at every question, a kill before and after every
// effect, every answer of AWS's lost, under each policy. Whatever is left, the next runs bring it to an
// end: a device works or is gone. One whose seed died with the reply is named, with the line that
// removes it, where the policy lets its owner not do it.

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
  /** What a person types when it has ended badly. */
  readonly again?: Typed;
}

const stories: readonly Story[] = [
  { name: "a first device", devices: [], typed: { verb: "add" } },
  {
    name: "a first device, its seed kept",
    devices: [],
    typed: { verb: "add", options: { store: true } },
  },
  { name: "a second device", devices: ["user"], typed: { verb: "add" } },
  { name: "a replacement", devices: ["user"], typed: { verb: "replace" } },
  {
    name: "a replacement, gone on with by mfa add",
    devices: ["user"],
    typed: { verb: "replace" },
    again: { verb: "add" },
  },
  {
    name: "a removal",
    devices: ["user", "user-2"],
    typed: { verb: "remove", options: { device: "user-2" } },
    again: { verb: "remove", options: { device: "user-2" } },
  },
];

const badDays: readonly FaultKind[] = [
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
let without = 0;
afterAll(() =>
  console.log(
    `enrolment faults: ${tried} cells tried, ${survived} survived, ${named} of them with a device named to an administrator, ${without} of these with no other`,
  ),
);

function begin(story: Story, policy: (typeof policyNames)[number]): EnrolmentScene {
  return makeEnrolmentScene(policy, story.devices);
}

/** The next runs, as a person would type them. */
async function recover(scene: EnrolmentScene, story: Story): Promise<unknown> {
  let error: unknown;
  for (let runs = 0; runs < 3; runs++) {
    scene.machine.advance(40);
    const end = await scene.run(story.again ?? story.typed);
    error = end.error;
    if (error === undefined) return undefined;
    const code = (error as { code?: ErrorCode }).code;
    // Done by the run that was stopped, or not allowed at all.
    if (code === "DEVICE_MISSING" || code === "DEVICE_NAME_DENIED" || code === "IAM_EXISTS")
      return error;
  }
  return error;
}

async function check(scene: EnrolmentScene, story: Story, cell: string): Promise<void> {
  tried += 1;
  const { machine } = scene;
  const held = machine.items.get("pending-mfa-seed/main-account")?.reveal() ?? "";
  await recover(scene, story);
  const enabled = machine.aws.devices;
  const isNamed = [...machine.iam.virtualDevices.keys()].some((each) => !enabled.includes(each));
  // Only its own name is allowed, and that is taken by a device whose seed died with the reply.
  const isLost = scene.working().length === 0 && isNamed && scene.strays().length === 0;
  const left = { strays: scene.strays(), pending: scene.pending(), idle: idle(scene) };
  expect({ cell, ...left }).toEqual({ cell, strays: [], pending: undefined, idle: [] });
  if (isLost) without += 1;
  else expect(scene.working().length, cell).toBeGreaterThan(0);
  const given = [...machine.iam.virtualDevices].filter(([each]) => !enabled.includes(each));
  const wasFinished = !given.some(([, { seed }]) => seed !== undefined && held.includes(seed));
  expect(wasFinished, `${cell}: its seed was at hand`).toBe(true);
  if (story.typed.options?.["store"] === undefined) expect(scene.storedSeeds(), cell).toEqual([]);
  if (isNamed) named += 1;
  survived += 1;
}

/** Enabled devices that nobody has the seed of. */
function idle(scene: EnrolmentScene): readonly string[] {
  const working = scene.working();
  return scene.machine.aws.devices.filter((device) => !working.includes(device));
}

describe.each(policyNames)("under %s", (policy) => {
  describe.each(stories.map((story) => [story.name, story] as const))("%s", (_name, story) => {
    test("Ctrl-C at every question", async () => {
      for (let stopAt = 0; ; stopAt++) {
        const scene = begin(story, policy);
        const { error, asked } = await scene.run(story.typed, { stopAt });
        if (asked.length <= stopAt) break;
        expect(error).toMatchObject({ code: "INTERRUPTED" });
        await check(scene, story, `stopped at "${asked.at(-1)}"`);
      }
    });

    test("killed before and after every effect", async () => {
      for (let dieAt = 0; ; dieAt++) {
        const scene = begin(story, policy);
        const { error, mortal } = await scene.run(story.typed, { dieAt });
        if (!(error instanceof Killed)) break;
        await check(scene, story, `killed ${mortal.last()} (${dieAt})`);
      }
    });

    test("killed, and killed again in the next run", async () => {
      for (let dieAt = 3; ; dieAt += 7) {
        const scene = begin(story, policy);
        const { error } = await scene.run(story.typed, { dieAt });
        if (!(error instanceof Killed)) break;
        scene.machine.advance(40);
        await scene.run(story.again ?? story.typed, { dieAt: 10 + (dieAt % 23) });
        await check(scene, story, `killed at ${dieAt}, and again`);
      }
    });

    test.each(badDays)("%s, at every effect", async (kind) => {
      for (let at = 0; ; at++) {
        const scene = begin(story, policy);
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

    test("every answer lost, every call unheard", async () => {
      const rehearsal = begin(story, policy);
      await rehearsal.run(story.typed);
      const calls = [...new Set(rehearsal.machine.aws.calls)];
      for (const call of calls) {
        for (const acted of [true, false]) {
          const scene = begin(story, policy);
          const fate = acted ? "unknown" : "nothing-done";
          scene.machine.aws.failNext(call, "AWS_UNREACHABLE", { acted, fate });
          await scene.run(story.typed);
          await check(scene, story, `${call} ${acted ? "lost" : "unheard"}`);
        }
      }
    });
  });
});
