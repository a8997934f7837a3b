// Whether AWS takes a key: asked until it has said so several times in a row, since a new key is known to
// one host of AWS's before another, and flaps. IAM is asked once too: it learns of it apart from STS.

import { AwstError, isAwstError } from "../../model/errors.ts";
import type { Keys } from "../../model/session/session.ts";
import { askAws } from "../session/ask-aws.ts";
import { openIam } from "../session/open-iam.ts";
import type { Hands, RotationNeeds } from "./rotation-hands.ts";

const timesInARow = 3;
const pauseMs = { first: 250, longest: 4_000, betweenSuccesses: 500 } as const;
const patienceMs = { new: 60_000, known: 4_000 } as const;

/** `isNew`: made, or switched on again, just now. AWS_KEY_REJECTED, AWS_SECRET_WRONG: it was never taken
 *  for long enough; AWS_UNREACHABLE and the like: it could not be asked. */
export async function proveKey(
  world: RotationNeeds,
  hands: Hands,
  key: Keys,
  { isNew }: { readonly isNew: boolean },
): Promise<void> {
  const end = world.now().getTime() + (isNew ? patienceMs.new : patienceMs.known);
  const probes = isNew ? [...Array(timesInARow).fill(askSts), askIam] : [askSts];
  let pause: number = pauseMs.first;
  let wasRefused = false;
  for (let successes = 0; ; ) {
    try {
      await probes[successes]?.(world, hands, key);
      successes += 1;
      if (successes === probes.length) return;
      if (wasRefused) await world.sleep(pauseMs.betweenSuccesses);
    } catch (error) {
      if (!isPassing(error) || world.now().getTime() + pause > end) throw error;
      if (!wasRefused && isNew) await tellPerson(world, hands, key);
      wasRefused = true;
      successes = 0;
      await world.sleep(pause);
      pause = Math.min(pause * 2, pauseMs.longest);
    }
  }
}

async function askSts(world: RotationNeeds, hands: Hands, key: Keys): Promise<void> {
  const { arn } = await askAws(world, key, hands.caller.region, (aws) => aws.getCallerIdentity());
  if (new RegExp(`:user/(.*/)?${escapeRegExp(hands.userName)}$`).test(arn)) return;
  throw new AwstError(
    "AWS_INPUT_REFUSED",
    `${key.accessKeyId} belongs to ${arn}, not to ${hands.userName}`,
  );
}

/** Without a code policies deny it; who is denied was known. */
async function askIam(world: RotationNeeds, hands: Hands, key: Keys): Promise<void> {
  try {
    const iam = await openIam(world, key, hands.caller.region);
    await iam.listAccessKeys(hands.userName);
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
  }
}

/** To whoever waits: it may take a minute. */
async function tellPerson(world: RotationNeeds, hands: Hands, key: Keys): Promise<void> {
  if (hands.unattended || !(await world.terminal()).isHere()) return;
  world.say(`AWS does not know ${key.accessKeyId} everywhere yet: tried for up to a minute`);
}

function isPassing(error: unknown): boolean {
  return isAwstError(
    error,
    "AWS_KEY_REJECTED",
    "AWS_SECRET_WRONG",
    "AWS_THROTTLED",
    "AWS_UNREACHABLE",
    "AWS_UNINTELLIGIBLE",
    "AWS_FAILED",
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
