// A device's codes as they were sent from this machine: whether digits were, and the wait until the
// device shows others.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import { type Clock, clockName, clockOf } from "../../model/clock.ts";
import { endOfStep } from "../../model/device/totp.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import { promptKinds } from "../../model/session/code-source.ts";
import {
  blockedUntil,
  codeDigest,
  decodeSentCodes,
  usedCodesName,
  wasSent,
} from "../../model/session/used-codes.ts";
import type { Needs } from "../../ports.ts";
import type { CodeWish } from "./code-wish.ts";

export type WaitNeeds = Needs<"env" | "state" | "now" | "sleep" | "say" | "terminal">;
type StepWish = Pick<CodeWish, "identity" | "device" | "deadline" | "retry">;

/** Whether these digits of the device were sent in the last 90 s. */
export async function isUsed(
  world: Needs<"state" | "now">,
  device: string,
  code: Secret,
): Promise<boolean> {
  return wasSent(readSent(world), device, codeDigest(device, code));
}

/** Until nothing of the present step was sent, or only what AWS refused. INTERRUPTED, ANSWER_TIMED_OUT. */
export async function waitForStep(world: WaitNeeds, wish: StepWish): Promise<void> {
  const until = blockedUntil(readSent(world), wish.device, readClock(world).awsNow);
  if (until) await waitUntil(world, wish, until);
}

/** Until the present step is over. INTERRUPTED, ANSWER_TIMED_OUT. */
export async function waitForNextStep(world: WaitNeeds, wish: StepWish): Promise<void> {
  await waitUntil(world, wish, endOfStep(readClock(world).awsNow));
}

async function waitUntil(world: WaitNeeds, wish: StepWish, awsTime: Date): Promise<void> {
  const until = new Date(awsTime.getTime() - readClock(world).skewMs);
  const milliseconds = until.getTime() - world.now().getTime();
  if (milliseconds <= 0) return;
  const left = wish.deadline && wish.deadline.getTime() - world.now().getTime();
  if (left !== undefined && left < milliseconds) {
    throw new AwstError("ANSWER_TIMED_OUT", "the next MFA code comes too late for this call", {
      hint: wish.retry,
    });
  }
  const text = `the present code of ${deviceLabel(wish.device)} was used; the next one comes in`;
  const terminal = promptKinds(world.env, wish.identity).includes("terminal")
    ? await world.terminal()
    : undefined;
  if (terminal?.isHere()) {
    await terminal.countDown(text, until);
  } else {
    world.say(`${text} ${Math.ceil(milliseconds / 1000)} s`);
    await world.sleep(milliseconds);
  }
}

function readSent(world: Needs<"state" | "now">) {
  return decodeSentCodes(world.state.read(usedCodesName), readClock(world).awsNow);
}

function readClock(world: Needs<"state" | "now">): Clock {
  return clockOf(world.state.read(clockName), world.now());
}
