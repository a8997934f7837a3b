// A code from whoever can give one, in order: --mfa-code, AWST_MFA_CODE, [mfa] command, a stored seed, the
// terminal, a dialog. Digits that were sent before are as if absent; a step that is used up is waited out.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { type FoundCode, promptKinds } from "../../model/session/code-source.ts";
import { readGivenCode } from "../../model/session/one-time-code.ts";
import type { Question } from "../../ports/people.ts";
import type { Needs } from "../../ports.ts";
import type { CodeNeeds, CodeWish } from "./code-wish.ts";
import { makeCode } from "./make-code.ts";
import { listStoredSeeds } from "./stored-seed.ts";
import { isUsed, waitForNextStep, waitForStep } from "./wait-for-step.ts";

const commandTimeoutMs = 45_000;

/** Errors: CODE_NEEDED, USAGE (digits that are no code), INTERRUPTED, ANSWER_TIMED_OUT, KEYCHAIN_*. */
export async function acquireCode(world: CodeNeeds, wish: CodeWish): Promise<FoundCode> {
  if (wish.seed !== undefined) return (await makeCode(world, wish)) ?? fail(wish);
  return (
    (await takeFixed(world, wish)) ??
    (await runCommand(world, wish)) ??
    (await makeCode(world, wish)) ??
    (await askPerson(world, wish)) ??
    fail(wish)
  );
}

/** CODE_NEEDED at once, before AWS is asked anything, where nobody could give a code. */
export async function requireCodeSource(
  world: CodeNeeds,
  wish: Omit<CodeWish, "device">,
): Promise<void> {
  if (wish.given !== undefined || world.env["AWST_MFA_CODE"] || wish.identity.command) return;
  if (wish.seed !== undefined || (await isSeedStored(world, wish))) return;
  for (const source of promptKinds(world.env, wish.identity)) {
    const asker = source === "terminal" ? await world.terminal() : await world.dialog();
    if (asker.isHere()) return;
  }
  fail(wish);
}

async function isSeedStored(world: CodeNeeds, wish: Omit<CodeWish, "device">): Promise<boolean> {
  const stored = await listStoredSeeds(world, wish);
  const { device } = wish.identity;
  return device === undefined ? stored.length > 0 : stored.includes(device);
}

async function takeFixed(world: CodeNeeds, wish: CodeWish): Promise<FoundCode | undefined> {
  const ambient = world.env["AWST_MFA_CODE"];
  const sources = [
    {
      source: "flag",
      name: "--mfa-code",
      code: wish.given && readGivenCode("--mfa-code", wish.given.reveal()),
    },
    {
      source: "environment",
      name: "AWST_MFA_CODE",
      code: ambient ? readGivenCode("AWST_MFA_CODE", ambient) : undefined,
    },
  ] as const;
  for (const { source, name, code } of sources) {
    if (code === undefined) continue;
    if (await isUsed(world, wish.device, code)) {
      world.say(`the code in ${name} was used already`);
      continue;
    }
    await waitForStep(world, wish);
    return { code, source };
  }
  return undefined;
}

async function runCommand(world: CodeNeeds, wish: CodeWish): Promise<FoundCode | undefined> {
  const { command } = wish.identity;
  if (command === undefined) return undefined;
  const children = await world.children();
  const timeoutMs = Math.min(commandTimeoutMs, millisecondsLeft(world, wish) ?? commandTimeoutMs);
  try {
    // A second run for a command that answers with the code of the step before.
    for (const _attempt of [1, 2]) {
      await waitForStep(world, wish);
      const code = await children.capture(command, { timeoutMs });
      if (!(await isUsed(world, wish.device, code))) return { code, source: "command" };
      await waitForNextStep(world, wish);
    }
    world.say("the [mfa] command answers with a code that was used already");
  } catch (error) {
    if (!isAwstError(error, "CODE_COMMAND_FAILED")) throw error;
    world.say(`warning: ${error.message}`);
  }
  return undefined;
}

async function askPerson(world: CodeNeeds, wish: CodeWish): Promise<FoundCode | undefined> {
  for (const source of promptKinds(world.env, wish.identity)) {
    const asker = source === "terminal" ? await world.terminal() : await world.dialog();
    if (!asker.isHere()) continue;
    for (;;) {
      await waitForStep(world, wish);
      const code = await asker.askCode(question(world, wish));
      if (!(await isUsed(world, wish.device, code))) return { code, source };
      world.say("that code was used already; the next one, please");
      await waitForNextStep(world, wish);
    }
  }
  return undefined;
}

function question(world: CodeNeeds, wish: CodeWish): Question {
  const timeoutMs = millisecondsLeft(world, wish);
  const text = `MFA code of ${deviceLabel(wish.device)} for ${wish.identity.name}`;
  return timeoutMs === undefined ? { text } : { text, timeoutMs };
}

function millisecondsLeft(world: Needs<"now">, wish: CodeWish): number | undefined {
  return wish.deadline && Math.max(0, wish.deadline.getTime() - world.now().getTime());
}

function fail(wish: Omit<CodeWish, "device">): never {
  const message = `an MFA code for "${wish.identity.name}" is needed, and nobody is here to ask`;
  throw new AwstError("CODE_NEEDED", message, { hint: wish.retry });
}
