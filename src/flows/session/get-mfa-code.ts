// Gets an MFA code from the first source that has one: --mfa-code, AWST_MFA_CODE, the [mfa] command, a
// stored seed, the terminal, a dialog. A code that was sent before counts as none. After a code was used,
// the next code of that device is waited for.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { codeAt, endOfStep } from "../../model/mfa/totp.ts";
import type { Secret } from "../../model/secret.ts";
import { type MfaCode, promptSources } from "../../model/session/code-source.ts";
import { readGivenCode } from "../../model/session/one-time-code.ts";
import { blockedUntil, sentCodesFile } from "../../model/session/sent-codes.ts";
import type { Question } from "../../ports/prompts.ts";
import type { Context } from "../../ports.ts";
import { wasCodeSent } from "./send-code-once.ts";
import { millisecondsUntil } from "./single-flight.ts";
import { listStoredSeeds, readStoredSeed } from "./stored-seed.ts";
import { mayRunCommand } from "./trust-configuration.ts";

const commandTimeoutMs = 45_000;

export interface MfaCodeRequest {
  readonly identity: Identity;
  readonly device: string;
  /** Names the keychain in which a seed may be stored. */
  readonly configuration: Pick<Configuration, "keychainBackend">;
  /** --mfa-code */
  readonly given: Secret | undefined;
  /** Codes are made from this seed alone, to verify it. */
  readonly seed?: Secret | undefined;
  /** Serials of the devices whose seeds are stored; undefined: unknown. */
  readonly storedSeeds?: readonly string[] | undefined;
  /** A machine waits no longer than this. */
  readonly deadline: number | undefined;
  /** The command that does the same on a terminal. */
  readonly retry: string;
}

type SourceRequest = Omit<MfaCodeRequest, "device">;

/** Errors: CODE_NEEDED, USAGE (not six digits), INTERRUPTED, ANSWER_TIMED_OUT, KEYCHAIN_*. */
export async function getMfaCode(context: Context, request: MfaCodeRequest): Promise<MfaCode> {
  if (request.seed !== undefined) {
    return (await codeFromSeed(context, request)) ?? throwNoSource(request);
  }
  return (
    (await givenCode(context, request)) ??
    (await codeFromCommand(context, request)) ??
    (await codeFromSeed(context, request)) ??
    (await typedCode(context, request)) ??
    throwNoSource(request)
  );
}

/** Returns the stored seeds, where they had to be looked up. Throws CODE_NEEDED when no source can have a
 *  code, so that AWS is not called in vain. */
export async function requireCodeSource(
  context: Context,
  request: SourceRequest,
): Promise<readonly string[] | undefined> {
  const { given, identity, seed } = request;
  if (given !== undefined || context.env["AWST_MFA_CODE"] || identity.command) return undefined;
  if (seed !== undefined) return undefined;
  const stored = await listStoredSeeds(context, request);
  const { device } = identity;
  if (device === undefined ? stored.length > 0 : stored.includes(device)) return stored;
  for (const source of promptSources(context.env, identity)) {
    const prompt = source === "terminal" ? await context.terminal() : await context.dialog();
    if (prompt.isHere()) return stored;
  }
  return throwNoSource(request);
}

async function givenCode(context: Context, request: MfaCodeRequest): Promise<MfaCode | undefined> {
  const ambient = context.env["AWST_MFA_CODE"];
  const sources = [
    {
      source: "flag",
      name: "--mfa-code",
      code: request.given && readGivenCode("--mfa-code", request.given.reveal()),
    },
    {
      source: "environment",
      name: "AWST_MFA_CODE",
      code: ambient ? readGivenCode("AWST_MFA_CODE", ambient) : undefined,
    },
  ] as const;
  for (const { source, name, code } of sources) {
    if (code === undefined) continue;
    if (wasCodeSent(context, request.device, code)) {
      context.say(`the code in ${name} was sent before and is not sent again`);
      continue;
    }
    await waitForUnusedStep(context, request);
    return { code, source };
  }
  return undefined;
}

async function codeFromCommand(
  context: Context,
  request: MfaCodeRequest,
): Promise<MfaCode | undefined> {
  const { command } = request.identity;
  if (command === undefined || !(await mayRunCommand(context, command))) return undefined;
  const children = await context.children();
  const timeLeft = millisecondsUntil(context, request.deadline) ?? commandTimeoutMs;
  const timeoutMs = Math.min(commandTimeoutMs, timeLeft);
  try {
    // The first run may print the code of the time step before.
    for (const _attempt of [1, 2]) {
      await waitForUnusedStep(context, request);
      const code = await children.capture(command, { timeoutMs });
      if (!wasCodeSent(context, request.device, code)) return { code, source: "command" };
      await waitForNextStep(context, request);
    }
    context.say("the [mfa] command printed a code that was sent before");
  } catch (error) {
    if (!isAwstError(error, "CODE_COMMAND_FAILED")) throw error;
    context.say(`warning: ${error.message}`);
  }
  return undefined;
}

async function codeFromSeed(
  context: Context,
  request: MfaCodeRequest,
): Promise<MfaCode | undefined> {
  const { device, storedSeeds } = request;
  if (request.seed === undefined && storedSeeds?.includes(device) === false) return undefined;
  const seed = request.seed ?? (await readStoredSeed(context, request, device));
  if (seed === undefined) return undefined;
  for (;;) {
    await waitForUnusedStep(context, request);
    const code = codeAt(seed, context.clock().codeTime);
    if (!wasCodeSent(context, device, code)) return { code, source: "seed" };
    await waitForNextStep(context, request);
  }
}

async function typedCode(context: Context, request: MfaCodeRequest): Promise<MfaCode | undefined> {
  for (const source of promptSources(context.env, request.identity)) {
    const prompt = source === "terminal" ? await context.terminal() : await context.dialog();
    if (!prompt.isHere()) continue;
    for (;;) {
      await waitForUnusedStep(context, request);
      const code = await prompt.askCode(question(context, request));
      if (!wasCodeSent(context, request.device, code)) return { code, source };
      context.say("this code was sent before; type the next one");
      await waitForNextStep(context, request);
    }
  }
  return undefined;
}

function question(context: Context, request: MfaCodeRequest): Question {
  const text = `MFA code of ${deviceLabel(request.device)} for ${request.identity.name}`;
  return { text, timeoutMs: millisecondsUntil(context, request.deadline) };
}

function throwNoSource({ identity, retry }: SourceRequest): never {
  const message = `an MFA code for "${identity.name}" is needed, and there is no terminal to prompt for it`;
  throw new AwstError("CODE_NEEDED", message, {
    hint: `on a terminal, or with --mfa-code CODE: ${retry}`,
  });
}

/** Waits until no code of the current time step was sent, except codes that AWS refused. */
async function waitForUnusedStep(context: Context, request: MfaCodeRequest): Promise<void> {
  const sent = context.state.read(sentCodesFile);
  const until = blockedUntil(sent, request.device, context.clock().awsNow);
  if (until !== undefined) await waitUntil(context, request, until);
}

async function waitForNextStep(context: Context, request: MfaCodeRequest): Promise<void> {
  await waitUntil(context, request, endOfStep(context.clock().awsNow));
}

/** Errors: INTERRUPTED, ANSWER_TIMED_OUT. */
async function waitUntil(context: Context, request: MfaCodeRequest, awsTime: Date): Promise<void> {
  const until = new Date(awsTime.getTime() - context.clock().skewMs);
  const milliseconds = until.getTime() - context.now().getTime();
  if (milliseconds <= 0) return;
  const timeLeft = millisecondsUntil(context, request.deadline);
  if (timeLeft !== undefined && timeLeft < milliseconds) {
    throw new AwstError("ANSWER_TIMED_OUT", "the next MFA code comes too late for this call", {
      hint: request.retry,
    });
  }
  const text = `the current code of ${deviceLabel(request.device)} was used; next code in`;
  const asksOnTerminal = promptSources(context.env, request.identity).includes("terminal");
  const terminal = asksOnTerminal ? await context.terminal() : undefined;
  if (terminal?.isHere()) return terminal.countDown(text, until);
  context.say(`${text} ${Math.ceil(milliseconds / 1000)} s`);
  await context.sleep(milliseconds);
}
