// A code from whoever can give one, in order: --mfa-code, AWST_MFA_CODE, [mfa] command, a stored seed, the
// terminal, a dialog. Digits that were sent before are as if absent; a step that is used up is waited out.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import { type Clock, clockName, clockOf } from "../../model/clock.ts";
import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { codeAt, endOfStep } from "../../model/mfa/totp.ts";
import type { Secret } from "../../model/secret.ts";
import { type MfaCode, promptSources } from "../../model/session/code-source.ts";
import { readGivenCode } from "../../model/session/one-time-code.ts";
import {
  blockedUntil,
  codeDigest,
  decodeSentCodes,
  rememberSent,
  type SentCode,
  sentCodesName,
  stepOf,
  wasSent,
  withoutSent,
} from "../../model/session/sent-codes.ts";
import type { Question } from "../../ports/people.ts";
import type { Needs } from "../../ports.ts";
import { listStoredSeeds, readStoredSeed } from "./stored-seed.ts";

const commandTimeoutMs = 45_000;

/** Errors: CODE_NEEDED, USAGE (digits that are no code), INTERRUPTED, ANSWER_TIMED_OUT, KEYCHAIN_*. */
export async function getMfaCode(context: CodeNeeds, wish: MfaCodeRequest): Promise<MfaCode> {
  if (wish.seed !== undefined) return (await makeCode(context, wish)) ?? fail(wish);
  return (
    (await takeFixed(context, wish)) ??
    (await runCommand(context, wish)) ??
    (await makeCode(context, wish)) ??
    (await askPerson(context, wish)) ??
    fail(wish)
  );
}

/** CODE_NEEDED at once, before AWS is asked anything, where nobody could give a code. */
export async function requireCodeSource(
  context: CodeNeeds,
  wish: Omit<MfaCodeRequest, "device">,
): Promise<void> {
  if (wish.given !== undefined || context.env["AWST_MFA_CODE"] || wish.identity.command) return;
  if (wish.seed !== undefined || (await isSeedStored(context, wish))) return;
  for (const source of promptSources(context.env, wish.identity)) {
    const asker = source === "terminal" ? await context.terminal() : await context.dialog();
    if (asker.isHere()) return;
  }
  fail(wish);
}

async function isSeedStored(
  context: CodeNeeds,
  wish: Omit<MfaCodeRequest, "device">,
): Promise<boolean> {
  const stored = await listStoredSeeds(context, wish);
  const { device } = wish.identity;
  return device === undefined ? stored.length > 0 : stored.includes(device);
}

async function takeFixed(context: CodeNeeds, wish: MfaCodeRequest): Promise<MfaCode | undefined> {
  const ambient = context.env["AWST_MFA_CODE"];
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
    if (await wasCodeSent(context, wish.device, code)) {
      context.say(`the code in ${name} was used already`);
      continue;
    }
    await waitForStep(context, wish);
    return { code, source };
  }
  return undefined;
}

async function runCommand(context: CodeNeeds, wish: MfaCodeRequest): Promise<MfaCode | undefined> {
  const { command } = wish.identity;
  if (command === undefined) return undefined;
  const children = await context.children();
  const timeoutMs = Math.min(commandTimeoutMs, millisecondsLeft(context, wish) ?? commandTimeoutMs);
  try {
    // A second run for a command that answers with the code of the step before.
    for (const _attempt of [1, 2]) {
      await waitForStep(context, wish);
      const code = await children.capture(command, { timeoutMs });
      if (!(await wasCodeSent(context, wish.device, code))) return { code, source: "command" };
      await waitForNextStep(context, wish);
    }
    context.say("the [mfa] command answers with a code that was used already");
  } catch (error) {
    if (!isAwstError(error, "CODE_COMMAND_FAILED")) throw error;
    context.say(`warning: ${error.message}`);
  }
  return undefined;
}

async function askPerson(context: CodeNeeds, wish: MfaCodeRequest): Promise<MfaCode | undefined> {
  for (const source of promptSources(context.env, wish.identity)) {
    const asker = source === "terminal" ? await context.terminal() : await context.dialog();
    if (!asker.isHere()) continue;
    for (;;) {
      await waitForStep(context, wish);
      const code = await asker.askCode(question(context, wish));
      if (!(await wasCodeSent(context, wish.device, code))) return { code, source };
      context.say("that code was used already; the next one, please");
      await waitForNextStep(context, wish);
    }
  }
  return undefined;
}

function question(context: CodeNeeds, wish: MfaCodeRequest): Question {
  const timeoutMs = millisecondsLeft(context, wish);
  const text = `MFA code of ${deviceLabel(wish.device)} for ${wish.identity.name}`;
  return timeoutMs === undefined ? { text } : { text, timeoutMs };
}

function millisecondsLeft(context: Needs<"now">, wish: MfaCodeRequest): number | undefined {
  return wish.deadline && Math.max(0, wish.deadline.getTime() - context.now().getTime());
}

function fail(wish: Omit<MfaCodeRequest, "device">): never {
  const message = `an MFA code for "${wish.identity.name}" is needed, and nobody is here to ask`;
  throw new AwstError("CODE_NEEDED", message, { hint: wish.retry });
}

/** undefined: no seed of this device is kept. Errors: INTERRUPTED, ANSWER_TIMED_OUT, KEYCHAIN_*. */
export async function makeCode(
  context: CodeNeeds,
  wish: MfaCodeRequest,
): Promise<MfaCode | undefined> {
  const seed = wish.seed ?? (await readStoredSeed(context, wish, wish.device));
  if (seed === undefined) return undefined;
  for (;;) {
    await waitForStep(context, wish);
    const { awsNow } = clockOf(context.state.read(clockName), context.now());
    const code = codeAt(seed, awsNow);
    if (!(await wasCodeSent(context, wish.device, code))) return { code, source: "seed" };
    await waitForNextStep(context, wish);
  }
}

export type WaitNeeds = Needs<"env" | "state" | "now" | "sleep" | "say" | "terminal">;
type StepWish = Pick<MfaCodeRequest, "identity" | "device" | "deadline" | "retry">;

/** Whether these digits of the device were sent in the last 90 s. */
export async function wasCodeSent(
  context: Needs<"state" | "now">,
  device: string,
  code: Secret,
): Promise<boolean> {
  return wasSent(readSent(context), device, codeDigest(device, code));
}

/** Until nothing of the present step was sent, or only what AWS refused. INTERRUPTED, ANSWER_TIMED_OUT. */
export async function waitForStep(context: WaitNeeds, wish: StepWish): Promise<void> {
  const until = blockedUntil(readSent(context), wish.device, readClock(context).awsNow);
  if (until) await waitUntil(context, wish, until);
}

/** Until the present step is over. INTERRUPTED, ANSWER_TIMED_OUT. */
export async function waitForNextStep(context: WaitNeeds, wish: StepWish): Promise<void> {
  await waitUntil(context, wish, endOfStep(readClock(context).awsNow));
}

async function waitUntil(context: WaitNeeds, wish: StepWish, awsTime: Date): Promise<void> {
  const until = new Date(awsTime.getTime() - readClock(context).skewMs);
  const milliseconds = until.getTime() - context.now().getTime();
  if (milliseconds <= 0) return;
  const left = wish.deadline && wish.deadline.getTime() - context.now().getTime();
  if (left !== undefined && left < milliseconds) {
    throw new AwstError("ANSWER_TIMED_OUT", "the next MFA code comes too late for this call", {
      hint: wish.retry,
    });
  }
  const text = `the present code of ${deviceLabel(wish.device)} was used; the next one comes in`;
  const terminal = promptSources(context.env, wish.identity).includes("terminal")
    ? await context.terminal()
    : undefined;
  if (terminal?.isHere()) {
    await terminal.countDown(text, until);
  } else {
    context.say(`${text} ${Math.ceil(milliseconds / 1000)} s`);
    await context.sleep(milliseconds);
  }
}

function readSent(context: Needs<"state" | "now">) {
  return decodeSentCodes(context.state.read(sentCodesName), readClock(context).awsNow);
}

function readClock(context: Needs<"state" | "now">): Clock {
  return clockOf(context.state.read(clockName), context.now());
}

export interface MfaCodeRequest {
  readonly identity: Identity;
  readonly device: string;
  /** Where a stored seed may lie. */
  readonly configuration: Pick<Configuration, "keychainBackend">;
  /** --mfa-code */
  readonly given: Secret | undefined;
  /** Codes are made of this seed and come from nowhere else: it is being proved. */
  readonly seed?: Secret | undefined;
  /** When a machine's patience ends. */
  readonly deadline: Date | undefined;
  /** The command that would do the same with a person there. */
  readonly retry: string;
}

export type CodeNeeds = Needs<
  "env" | "state" | "now" | "sleep" | "say" | "terminal" | "dialog" | "children" | "keychain"
>;

/** Errors: those of `send`; FILE_UNWRITABLE, with nothing sent. */
export async function sendCodeOnce<T>(
  context: Needs<"state" | "now">,
  device: string,
  code: Secret,
  send: () => Promise<T>,
): Promise<T> {
  const { awsNow: sentAt } = clockOf(context.state.read(clockName), context.now());
  const digest = codeDigest(device, code);
  const step = stepOf(sentAt);
  const judge = (fate: SentCode["fate"]) =>
    context.state.update(sentCodesName, (old) => {
      const sent = { device, step, digest, sentAt: sentAt.toISOString(), fate };
      return rememberSent(decodeSentCodes(old, sentAt), sent, sentAt);
    });
  await judge("unknown");
  if (!wasSent(decodeSentCodes(context.state.read(sentCodesName), sentAt), device, digest)) {
    throw new AwstError(
      "FILE_UNWRITABLE",
      "the code was not sent: that it is used could not be written down in awst's state folder",
      { hint: "df ~/.local/state" },
    );
  }
  try {
    const answer = await send();
    await judge("accepted");
    return answer;
  } catch (error) {
    if (neverLeft(error)) {
      await context.state.update(sentCodesName, (old) =>
        withoutSent(decodeSentCodes(old, sentAt), device, digest),
      );
    } else if (provesUnused(error)) {
      await judge("refused");
    }
    throw error;
  }
}

function neverLeft(error: unknown): boolean {
  return isAwstError(error, "AWS_UNREACHABLE") && error.fate === "nothing-done";
}

/** Answers after which the device may still be asked for a code of the same step. */
function provesUnused(error: unknown): boolean {
  return isAwstError(
    error,
    "AWS_CODE_REFUSED",
    "AWS_DEVICE_UNKNOWN",
    "AWS_CODE_INCOMPLETE",
    "AWS_KEY_REJECTED",
    "AWS_SECRET_WRONG",
    "AWS_CALLER_IS_SESSION",
    "AWS_REGION_DISABLED",
    "AWS_THROTTLED",
    "CLOCK_SKEWED",
  );
}
