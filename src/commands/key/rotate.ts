// `awst key rotate`: another access key in the place of the one awst holds.

import { rotateAutomatically } from "../../flows/rotation/rotate-automatically.ts";
import { type RotationOptions, rotateKey } from "../../flows/rotation/rotate-key.ts";
import { rotateUnattended } from "../../flows/rotation/rotate-unattended.ts";
import { takeTerms } from "../../flows/rotation/take-terms.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { readRotationFlags } from "../../model/rotation/rotation-flags.ts";
import {
  describeRotation,
  type RotationReport,
  rotationLines,
} from "../../model/rotation/rotation-report.ts";
import { flagOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const options: RotationOptions = {
    ...readUserWish(words, ["key", "rotate"]),
    ...readRotationFlags(words),
    identity: words.identity,
  };
  const report = await rotate(world, words, options);
  if (report === undefined) return;
  if (words.json) await world.out(`${JSON.stringify(describeRotation(report))}\n`);
  for (const line of rotationLines(report, world.now())) world.say(line);
  const terms = await takeTerms(world, report);
  if (terms !== undefined) world.say(terms);
  if (report.failure !== undefined) throw report.failure;
}

async function rotate(
  world: World,
  words: Words,
  options: RotationOptions,
): Promise<RotationReport | undefined> {
  if (flagOption(words, "automatic")) return rotateAutomatically(world, words.identity);
  const isReal = options.unattended && !options.dryRun;
  return isReal ? rotateUnattended(world, "schedule", options) : rotateKey(world, options);
}
