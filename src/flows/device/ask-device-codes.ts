// Codes of one device, in a row: typed by a person and, where the seed is at hand, checked before they
// count; or made here of the seed. Digits that were sent before are never given again.

import { clockName, clockOf } from "../../model/clock.ts";
import { nameOfDevice } from "../../model/device/own-devices.ts";
import { codeAt, endOfStep } from "../../model/device/totp.ts";
import { judgeTypedCode } from "../../model/device/typed-codes.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import { blockedUntil, decodeSentCodes, usedCodesName } from "../../model/session/used-codes.ts";
import type { Needs } from "../../ports.ts";
import { isUsed } from "../session/wait-for-step.ts";

export type AskNeeds = Needs<"state" | "now" | "sleep" | "say" | "terminal">;

export interface CodeDevice {
  readonly serial: string;
  /** undefined: what is typed can't be checked. */
  readonly seed: Secret | undefined;
  /** Codes are made of the seed; nobody is asked. */
  readonly makesCodes: boolean;
  /** The line that does the same with a person there. */
  readonly retry: string;
}

/** Errors: INTERRUPTED, CODE_NEEDED. */
export async function askTwoCodes(
  world: AskNeeds,
  device: CodeDevice,
): Promise<readonly [Secret, Secret]> {
  await waitUntilFree(world, device, "two more codes of");
  if (device.makesCodes) return makeTwoCodes(world, device);
  const name = nameOfDevice(device.serial);
  let first = await typeCode(world, device, `A code of ${name}`, undefined);
  for (;;) {
    const second = await typeCode(world, device, `The next code of ${name}`, first);
    const isNext = first.step === undefined || second.step === first.step + 1;
    if (isNext) return [first.code, second.code];
    world.say("a code was left out in between: this one counts as the first");
    first = second;
  }
}

/** A code of a step of which nothing was sent. Errors: INTERRUPTED, CODE_NEEDED. */
export async function askFreshCode(world: AskNeeds, device: CodeDevice): Promise<Secret> {
  await waitUntilFree(world, device, "one more code of");
  if (!device.makesCodes) {
    const question = `One more code of ${nameOfDevice(device.serial)}, to prove it`;
    return (await typeCode(world, device, question, undefined)).code;
  }
  for (;;) {
    const code = codeAt(seedOf(device), awsNow(world));
    if (!(await isUsed(world, device.serial, code))) return code;
    await waitForNextStep(world, "the next code");
  }
}

/** Until nothing of the present step was sent. */
async function waitUntilFree(world: AskNeeds, device: CodeDevice, text: string): Promise<void> {
  const sent = decodeSentCodes(world.state.read(usedCodesName), awsNow(world));
  const until = blockedUntil(sent, device.serial, awsNow(world));
  if (until !== undefined) await waitUntil(world, until, `${text} ${nameOfDevice(device.serial)}`);
}

async function waitForNextStep(world: AskNeeds, text: string): Promise<void> {
  await waitUntil(world, endOfStep(awsNow(world)), text);
}

async function waitUntil(world: AskNeeds, awsTime: Date, text: string): Promise<void> {
  const { skewMs } = clockOf(world.state.read(clockName), world.now());
  const until = new Date(awsTime.getTime() - skewMs);
  const millisecondsLeft = () => until.getTime() - world.now().getTime();
  if (millisecondsLeft() <= 0) return;
  const terminal = await world.terminal();
  if (terminal.isHere()) return terminal.countDown(`${text}, in`, until);
  world.say(`${text}, in ${Math.ceil(millisecondsLeft() / 1000)} s`);
  // In parts: a machine that sleeps meanwhile has its timers late.
  while (millisecondsLeft() > 0) await world.sleep(Math.min(millisecondsLeft(), 1000));
}

/** The code before and the present one: consecutive, and nothing to wait for. */
async function makeTwoCodes(
  world: AskNeeds,
  device: CodeDevice,
): Promise<readonly [Secret, Secret]> {
  for (;;) {
    const now = awsNow(world);
    const seed = seedOf(device);
    const codes = [codeAt(seed, new Date(now.getTime() - 30_000)), codeAt(seed, now)] as const;
    const wereUsed = await Promise.all(codes.map((code) => isUsed(world, device.serial, code)));
    if (!wereUsed.includes(true)) return codes;
    await waitForNextStep(world, "the next two codes");
  }
}

interface TypedCode {
  readonly code: Secret;
  readonly step: number | undefined;
}

async function typeCode(
  world: AskNeeds,
  device: CodeDevice,
  text: string,
  after: TypedCode | undefined,
): Promise<TypedCode> {
  const terminal = await world.terminal();
  if (!terminal.isHere()) {
    const name = nameOfDevice(device.serial);
    throw new AwstError("CODE_NEEDED", `codes of ${name} are needed, and nobody is here to ask`, {
      hint: device.retry,
    });
  }
  for (;;) {
    const code = await terminal.askCode({ text });
    if (after?.code.equals(code)) {
      world.say("that is the same code again");
      await waitForNextStep(world, "the next one");
    } else if (await isUsed(world, device.serial, code)) {
      world.say("that code was sent already");
      await waitForNextStep(world, "the next one");
    } else if (device.seed === undefined) {
      return { code, step: undefined };
    } else {
      const judged = judgeTypedCode(device.seed, code, awsNow(world), after?.step);
      if (judged.is === "good") return { code, step: judged.step };
      world.say(judged.why);
    }
  }
}

function seedOf({ seed, serial }: CodeDevice): Secret {
  if (seed === undefined) throw new Error(`no seed to make codes of ${serial}`);
  return seed;
}

function awsNow(world: Needs<"state" | "now">): Date {
  return clockOf(world.state.read(clockName), world.now()).awsNow;
}
