// `awst key rotate`: another access key in the place of the one awst holds.

import { type RotationOptions, rotateKey } from "../../flows/rotation/rotate-key.ts";
import {
  rotateAutomatically,
  rotateUnattended,
  takeFirstRotationNotice,
} from "../../flows/rotation/rotate-unattended.ts";
import { readUserWish } from "../../model/key/user-wish.ts";
import { readRotationFlags } from "../../model/rotation/rotation-flags.ts";
import { flagOption, type Words } from "../../model/words.ts";
import {
  describeRotation,
  type RotationReport,
  rotationLines,
} from "../../output/rotation/rotation-report.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const options: RotationOptions = {
    ...readUserWish(words, ["key", "rotate"]),
    ...readRotationFlags(words),
    identity: words.identity,
  };
  const report = await rotate(context, words, options);
  if (report === undefined) return;
  if (words.json) await context.out(`${JSON.stringify(describeRotation(report))}\n`);
  for (const line of rotationLines(report, context.now())) context.say(line);
  const terms = await takeFirstRotationNotice(context, report);
  if (terms !== undefined) context.say(terms);
  if (report.failure !== undefined) throw report.failure;
}

async function rotate(
  context: Context,
  words: Words,
  options: RotationOptions,
): Promise<RotationReport | undefined> {
  if (flagOption(words, "automatic")) return rotateAutomatically(context, words.identity);
  const isReal = options.unattended && !options.dryRun;
  return isReal ? rotateUnattended(context, "schedule", options) : rotateKey(context, options);
}
