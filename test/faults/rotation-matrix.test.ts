// The fault matrix of a rotation: every effect (request, keychain read and write, state file, lock) × every kind of
// fault. After each effect a working key is in use and no key is orphaned; this run or the next one ends with
// exactly one key.

import { afterAll, describe, expect, test } from "vitest";
import { rotationLines } from "../../src/output/rotation/rotation-report.ts";
import { canStrike, type Effect, type FaultKind, faultKinds } from "./faulty-process.ts";
import { type Ended, openScene, type RotationScene, type SceneOptions } from "./rotation-scene.ts";

interface Variant {
  readonly name: string;
  readonly scene: SceneOptions;
  readonly grace: number;
  /** Runs before, without a fault. */
  readonly before?: (scene: RotationScene) => Promise<unknown>;
  readonly request?: "rotate" | "resume" | "undo";
}

const day = 24 * 3600;
const rotated = (scene: RotationScene) => scene.run({ graceSeconds: day });

const variants: readonly Variant[] = [
  { name: "everything allowed, described", scene: { policy: "open", description: "a" }, grace: 0 },
  { name: "the kickstarter's policy", scene: { policy: "kickstarter" }, grace: day },
  { name: "sessions end with their key", scene: { sessionsEndWithTheirKey: true }, grace: day },
  { name: "new keys unknown for 20 s, then flapping", scene: { isSlow: true }, grace: 0 },
  { name: "new keys not listed for 30 s", scene: { newKeyListedAfterSeconds: 30 }, grace: 0 },
  { name: "a clock 4.9 s ahead of AWS's", scene: { skewMs: -4_900 }, grace: 0 },
  { name: "a clock 7 min behind AWS's", scene: { skewMs: 420_000 }, grace: day },
  { name: "the self-management policy", scene: { policy: "selfManage" }, grace: 0 },
  { name: "a second rotation in the grace period", scene: {}, grace: 0, before: rotated },
  { name: "undone", scene: { description: "a" }, grace: day, before: rotated, request: "undo" },
  {
    name: "undone, sessions end with their key",
    scene: { sessionsEndWithTheirKey: true },
    grace: day,
    before: rotated,
    request: "undo",
  },
  {
    name: "deleted after the grace period",
    scene: { description: "a" },
    grace: day,
    request: "resume",
    before: async (scene) => {
      await rotated(scene);
      scene.machine.advance(day + 60);
    },
  },
];

type Kind = FaultKind | "a second process at the same time";
const counts = new Map<Kind, { tried: number; survived: number }>();

afterAll(() => {
  const rows = [...counts].map(([kind, { tried, survived }]) => `${kind} ${survived}/${tried}`);
  const sum = (of: "tried" | "survived") =>
    [...counts.values()].reduce((all, each) => all + each[of], 0);
  console.log(
    `rotation: ${sum("tried")} cells tried, ${sum("survived")} survived (${rows.join(", ")})`,
  );
});

describe.each(variants)("$name", (variant) => {
  test.each(faultKinds)("%s, at every effect", async (kind) => {
    await tryAll(kind, await cellsOf(variant, kind), (at) => tryCell(variant, { at, kind }));
  });

  test("a second process at the same time, started at every effect", async () => {
    const cells = await cellsOf(variant, "kill before");
    await tryAll("a second process at the same time", cells, (at) => tryTwo(variant, at));
  });
});

interface Cell {
  readonly at: number;
  readonly effect: Effect;
}

async function tryAll(
  kind: Kind,
  cells: readonly Cell[],
  tryOne: (at: number) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  for (const { at, effect } of cells) {
    const count = counts.get(kind) ?? { tried: 0, survived: 0 };
    counts.set(kind, count);
    count.tried += 1;
    try {
      await tryOne(at);
      count.survived += 1;
    } catch (error) {
      failures.push(`${kind} at ${at}, ${effect.name}: ${(error as Error).message}`);
    }
  }
  expect(failures).toEqual([]);
}

async function openVariant(variant: Variant): Promise<RotationScene> {
  const scene = await openScene(variant.scene);
  await variant.before?.(scene);
  return scene;
}

/** Returns the effects of a run without a fault. */
async function cellsOf(variant: Variant, kind: FaultKind): Promise<readonly Cell[]> {
  const scene = await openVariant(variant);
  const { effects, error } = await scene.run({
    request: variant.request ?? "rotate",
    graceSeconds: variant.grace,
  });
  expect(error).toBeUndefined();
  return effects.flatMap((effect, at) => (canStrike(kind, effect) ? [{ at, effect }] : []));
}

async function tryCell(
  variant: Variant,
  fault: { readonly at: number; readonly kind: FaultKind },
): Promise<void> {
  const scene = await openVariant(variant);
  const request = variant.request ?? "rotate";
  const first = await scene.run({ request, graceSeconds: variant.grace }, [fault]);
  const leftBefore = scene.leftOver();
  expectTrueReport(first, scene);
  await expectCompletion(variant, scene, leftBefore, fault.kind);
}

/** Both processes succeed. */
async function tryTwo(variant: Variant, at: number): Promise<void> {
  const scene = await openVariant(variant);
  const how = { request: variant.request ?? "rotate", graceSeconds: variant.grace } as const;
  const second: Promise<Ended>[] = [];
  const first = await scene.run(how, [], (effect) => {
    if (effect === at) second.push(scene.run(how));
  });
  const [other] = await Promise.all(second);
  if (other === undefined) throw new Error("the second process did not start");
  for (const ended of [first, other]) {
    const isNothingToDo = /no rotation of .* to undo|does not list it/.test(String(ended.error));
    if (ended.error !== undefined && !isNothingToDo) throw ended.error;
  }
  expectTrueReport(other, scene);
  await expectCompletion(variant, scene, [], undefined);
}

async function expectCompletion(
  variant: Variant,
  scene: RotationScene,
  leftBefore: readonly string[],
  kind: FaultKind | undefined,
): Promise<void> {
  // The next run at once, and one after the grace period.
  const next = await scene.run({ request: "resume" });
  expectTrueReport(next, scene);
  if (next.error !== undefined) throw new Error(`the next run failed: ${next.error}`);
  if (leftBefore.length > 0 && next.report?.wasUnderWay !== true) {
    throw new Error(`the next run does not report ${leftBefore.join(", ")}`);
  }
  scene.machine.advance(day + 180);
  const last = await scene.run({ request: "resume" });
  expectTrueReport(last, scene);
  if (last.error !== undefined) throw new Error(`the last run failed: ${last.error}`);
  const left = [...scene.broken(), ...scene.leftOver()];
  if (left.length > 0) throw new Error(`at the end ${left.join(", ")}`);
  const { description } = variant.scene;
  const tags = JSON.stringify([...scene.machine.iam.tags]);
  const isMoved = tags === JSON.stringify(description ? [[scene.currentKeyId(), description]] : []);
  if (!isMoved && kind !== "denied") throw new Error(`the description: ${tags}`);
  if (scene.machine.iam.present().length !== 1) throw new Error("not exactly one key");
}

/** A report names the key in use and each deletion. Without a report there is an error. */
function expectTrueReport({ report, error, effects }: Ended, scene: RotationScene): void {
  if (report === undefined) {
    if (error === undefined) throw new Error("neither a report nor an error");
    return;
  }
  if (report.currentKeyId !== scene.currentKeyId()) {
    throw new Error(`${report.currentKeyId} is reported, ${scene.currentKeyId()} is in use`);
  }
  const lines = rotationLines(report, scene.machine.time).join("\n");
  if (!lines.includes(report.currentKeyId))
    throw new Error(`the key in use is not reported: ${lines}`);
  const deletes = effects.filter(({ name }) => name === "iam deleteAccessKey").length;
  const isDeletionReported = /deleted|still to do: delete/.test(lines);
  if (deletes > 0 && !isDeletionReported) throw new Error(`a deletion is not reported: ${lines}`);
}
