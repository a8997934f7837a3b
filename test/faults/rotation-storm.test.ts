// Ten thousand random faults (seeded): all requests, one or two processes, seconds or hours apart, with keys of other
// programs. After every effect a working key is in use, no key is orphaned and no foreign key deleted. Without
// further faults each scenario completes.

import { expect, test } from "vitest";
import type { RotationOptions } from "../../src/flows/rotation/rotate-key.ts";
import { type Fault, faultKinds } from "./faulty-process.ts";
import { generator, type Random } from "./generator.ts";
import { openScene, type RotationScene } from "./rotation-scene.ts";

const faultsAtLeast = 10_000;
const seed = Number(process.env.AWST_TEST_SEED ?? 20_260_301);
const day = 24 * 3600;

test(`${faultsAtLeast} faults, seed ${seed}`, async () => {
  let struck = 0;
  let runs = 0;
  let scenarios = 0;
  for (; struck < faultsAtLeast; scenarios++) {
    const random = generator(seed + scenarios);
    try {
      const result = await runScenario(random);
      struck += result.struck;
      runs += result.runs;
    } catch (error) {
      throw new Error(`scenario ${seed + scenarios}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  console.log(`rotation: ${struck} faults in ${runs} runs of ${scenarios} scenarios survived`);
  expect(struck).toBeGreaterThanOrEqual(faultsAtLeast);
});

async function runScenario(random: Random): Promise<{ struck: number; runs: number }> {
  const scene = await openScene({
    policy: random.pick(["open", "kickstarter", "selfManage"] as const),
    isSlow: random.chance(0.3),
    sessionsEndWithTheirKey: random.chance(0.3),
    skewMs: random.pick([0, 0, -4_900, 4_900, 420_000]),
    newKeyListedAfterSeconds: random.chance(0.2) ? 30 : 0,
    ...(random.chance(0.5) && { description: "mine" }),
  });
  let struck = 0;
  let runs = 0;
  for (let act = random.below(12) + 3; act > 0; act--) {
    if (random.chance(0.1)) scene.addForeignKey();
    if (random.chance(0.5)) scene.removeForeignKeys();
    const processes = random.chance(0.25) ? 2 : 1;
    const ended = await Promise.all(
      Array.from({ length: processes }, () => scene.run(request(random), faults(random))),
    );
    runs += processes;
    struck += ended.reduce((all, each) => all + each.struck, 0);
    scene.machine.advance(random.pick([0, 0, 0.4, 3, 25, 130, 4000, 13 * 3600, day + 60]));
  }
  await complete(scene);
  return { struck, runs: runs + 3 };
}

async function complete(scene: RotationScene): Promise<void> {
  scene.removeForeignKeys();
  for (const seconds of [0, 180, day + 60]) {
    scene.machine.advance(seconds);
    const { error } = await scene.run({ request: "resume" });
    if (error !== undefined) throw new Error(`without faults: ${error}`, { cause: error });
  }
  const left = [...scene.broken(), ...scene.leftOver()];
  if (left.length > 0) throw new Error(`at the end ${left.join(", ")}`);
}

function request(random: Random): Partial<RotationOptions> {
  const unattended = random.chance(0.3);
  return {
    request: random.pick(["rotate", "rotate", "rotate", "resume", "undo"] as const),
    graceSeconds: random.pick([0, 0, day, undefined]),
    unattended,
    ...(random.chance(0.2) && { minimumAgeSeconds: 3600 }),
  };
}

function faults(random: Random): readonly Fault[] {
  return Array.from({ length: random.pick([0, 1, 1, 1, 2, 3, 6]) }, () => ({
    at: random.below(170),
    kind: random.pick(faultKinds),
  }));
}
