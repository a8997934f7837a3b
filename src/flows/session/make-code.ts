// A code made here, of the seed that is kept for the device, by AWS's time. Of each step at most one is
// made use of: what any process sent before is waited out.

import { clockName, clockOf } from "../../model/clock.ts";
import { codeAt } from "../../model/device/totp.ts";
import type { FoundCode } from "../../model/session/code-source.ts";
import type { CodeNeeds, CodeWish } from "./code-wish.ts";
import { readStoredSeed } from "./stored-seed.ts";
import { isUsed, waitForNextStep, waitForStep } from "./wait-for-step.ts";

/** undefined: no seed of this device is kept. Errors: INTERRUPTED, ANSWER_TIMED_OUT, KEYCHAIN_*. */
export async function makeCode(world: CodeNeeds, wish: CodeWish): Promise<FoundCode | undefined> {
  const seed = wish.seed ?? (await readStoredSeed(world, wish, wish.device));
  if (seed === undefined) return undefined;
  for (;;) {
    await waitForStep(world, wish);
    const { awsNow } = clockOf(world.state.read(clockName), world.now());
    const code = codeAt(seed, awsNow);
    if (!(await isUsed(world, wish.device, code))) return { code, source: "seed" };
    await waitForNextStep(world, wish);
  }
}
