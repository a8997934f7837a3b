// A code from whoever can give one, in order: --mfa-code, AWST_MFA_CODE, [mfa] command, the terminal, a
// dialog. Digits that were sent before are as if absent; a step that is used up is waited out.

import { type Clock, clockName, clockOf } from "../model/clock.ts";
import type { FoundCode } from "../model/code-source.ts";
import type { Identity, PromptKind } from "../model/configuration.ts";
import { deviceLabel } from "../model/device-serial.ts";
import { AwstError, isAwstError } from "../model/errors.ts";
import { Secret } from "../model/secret.ts";
import {
  blockedUntil,
  codeDigest,
  decodeSentCodes,
  usedCodesName,
  wasSent,
} from "../model/used-codes.ts";
import type { Question } from "../ports/people.ts";
import type { Needs } from "../ports.ts";

export interface CodeWish {
  readonly identity: Identity;
  readonly device: string;
  /** --mfa-code */
  readonly given: Secret | undefined;
  /** When a machine's patience ends. */
  readonly deadline: Date | undefined;
  /** The command that would do the same with a person there. */
  readonly retry: string;
}

export type CodeNeeds = Needs<
  "env" | "state" | "now" | "sleep" | "say" | "terminal" | "dialog" | "children"
>;

const commandTimeoutMs = 45_000;

/** Errors: CODE_NEEDED, USAGE (digits that are no code), INTERRUPTED, ANSWER_TIMED_OUT. */
export async function acquireCode(world: CodeNeeds, wish: CodeWish): Promise<FoundCode> {
  return (
    (await takeFixed(world, wish)) ??
    (await runCommand(world, wish)) ??
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
  for (const source of promptKinds(world, wish.identity)) {
    const asker = source === "terminal" ? await world.terminal() : await world.dialog();
    if (asker.isHere()) return;
  }
  fail(wish);
}

async function takeFixed(world: CodeNeeds, wish: CodeWish): Promise<FoundCode | undefined> {
  const ambient = world.env["AWST_MFA_CODE"];
  const sources = [
    { source: "flag", name: "--mfa-code", code: wish.given },
    {
      source: "environment",
      name: "AWST_MFA_CODE",
      code: ambient ? new Secret(ambient) : undefined,
    },
  ] as const;
  for (const { source, name, code } of sources) {
    if (code === undefined) continue;
    if (!/^\d{6}$/.test(code.reveal())) {
      throw new AwstError("USAGE", `${name} is not six digits`);
    }
    if (wasUsed(world, wish, code)) {
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
      if (!wasUsed(world, wish, code)) return { code, source: "command" };
      await waitUntil(world, wish, endOfStep(readClock(world).awsNow));
    }
    world.say("the [mfa] command answers with a code that was used already");
  } catch (error) {
    if (!isAwstError(error, "CODE_COMMAND_FAILED")) throw error;
    world.say(`warning: ${error.message}`);
  }
  return undefined;
}

async function askPerson(world: CodeNeeds, wish: CodeWish): Promise<FoundCode | undefined> {
  for (const source of promptKinds(world, wish.identity)) {
    const asker = source === "terminal" ? await world.terminal() : await world.dialog();
    if (!asker.isHere()) continue;
    for (;;) {
      await waitForStep(world, wish);
      const code = await asker.askCode(question(world, wish));
      if (!wasUsed(world, wish, code)) return { code, source };
      world.say("that code was used already; the next one, please");
      await waitUntil(world, wish, endOfStep(readClock(world).awsNow));
    }
  }
  return undefined;
}

function promptKinds(world: CodeNeeds, identity: Identity): readonly ("terminal" | "dialog")[] {
  const asked = world.env["AWST_PROMPT"];
  const kinds: readonly PromptKind[] = isPromptKind(asked) ? [asked] : identity.prompt;
  return kinds.flatMap((kind) =>
    kind === "none" ? [] : kind === "gui" ? ["dialog"] : ["terminal"],
  );
}

function isPromptKind(text: string | undefined): text is PromptKind {
  return text === "terminal" || text === "gui" || text === "none";
}

function question(world: CodeNeeds, wish: CodeWish): Question {
  const timeoutMs = millisecondsLeft(world, wish);
  const text = `MFA code of ${deviceLabel(wish.device)} for ${wish.identity.name}`;
  return timeoutMs === undefined ? { text } : { text, timeoutMs };
}

async function waitForStep(world: CodeNeeds, wish: CodeWish): Promise<void> {
  const until = blockedUntil(readSent(world), wish.device, readClock(world).awsNow);
  if (until) await waitUntil(world, wish, until);
}

async function waitUntil(world: CodeNeeds, wish: CodeWish, awsTime: Date): Promise<void> {
  const until = new Date(awsTime.getTime() - readClock(world).skewMs);
  const milliseconds = until.getTime() - world.now().getTime();
  if (milliseconds <= 0) return;
  const left = millisecondsLeft(world, wish);
  if (left !== undefined && left < milliseconds) {
    throw new AwstError("ANSWER_TIMED_OUT", "the next MFA code comes too late for this call", {
      hint: wish.retry,
    });
  }
  const text = `the present code of ${deviceLabel(wish.device)} was used; the next one`;
  const terminal = promptKinds(world, wish.identity).includes("terminal")
    ? await world.terminal()
    : undefined;
  if (terminal?.isHere()) {
    await terminal.countDown(text, until);
  } else {
    world.say(`${text} comes in ${Math.ceil(milliseconds / 1000)} s`);
    await world.sleep(milliseconds);
  }
}

function endOfStep(time: Date): Date {
  return new Date((Math.floor(time.getTime() / 30_000) + 1) * 30_000);
}

function readClock(world: CodeNeeds): Clock {
  return clockOf(world.state.read(clockName), world.now());
}

function readSent(world: CodeNeeds) {
  return decodeSentCodes(world.state.read(usedCodesName), readClock(world).awsNow);
}

function wasUsed(world: CodeNeeds, wish: CodeWish, code: Secret): boolean {
  return wasSent(readSent(world), wish.device, codeDigest(wish.device, code));
}

function millisecondsLeft(world: Needs<"now">, wish: CodeWish): number | undefined {
  return wish.deadline && Math.max(0, wish.deadline.getTime() - world.now().getTime());
}

function fail(wish: Omit<CodeWish, "device">): never {
  const message = `an MFA code for "${wish.identity.name}" is needed, and nobody is here to ask`;
  throw new AwstError("CODE_NEEDED", message, { hint: wish.retry });
}
