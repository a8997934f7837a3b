// Enables a new device with two consecutive codes and verifies it with a third, which opens an MFA session.
// The codes are typed, and checked against the seed if it is known, or generated from a stored seed. A code
// that was sent to AWS is never sent again.

import { allDurations } from "../../model/configuration/find-in-configuration.ts";
import { AwstError, type ErrorCode, isAwstError } from "../../model/errors.ts";
import { nameOfDevice } from "../../model/mfa/own-devices.ts";
import { codeAt, endOfStep } from "../../model/mfa/totp.ts";
import { checkTypedCode } from "../../model/mfa/typed-codes.ts";
import type { Secret } from "../../model/secret.ts";
import { type UserFacts, withUser } from "../../model/session/aws-facts.ts";
import { blockedUntil, sentCodesFile } from "../../model/session/sent-codes.ts";
import type { MfaSession } from "../../model/session/session.ts";
import { mfaSessionSeconds } from "../../model/session/session-plan.ts";
import type { Context } from "../../ports.ts";
import { cacheMfaSession } from "../session/cache-session.ts";
import { updateAwsFacts } from "../session/lookup-user.ts";
import {
  recordCodeFailure,
  recordCodeSent,
  recordCodesSent,
  wasCodeSent,
} from "../session/send-code-once.ts";
import type { MfaContext } from "./open-devices.ts";

export interface CodeDevice {
  readonly serial: string;
  /** undefined: typed codes cannot be checked before they are sent. */
  readonly seed: Secret | undefined;
  /** Codes are generated from the seed instead of typed. */
  readonly generatesCodes: boolean;
  /** The command to run on a terminal instead. */
  readonly retry: string;
}

const attempts = 4;
/** Errors while AWS does not know a new device everywhere yet. */
const transientErrors: readonly ErrorCode[] = ["AWS_CODE_REFUSED", "IAM_ABSENT", "IAM_CONFLICT"];

/** Returns "unknown" if the reply was lost. Errors: INTERRUPTED, CODE_NEEDED, AWS_*. */
export async function enableDevice(
  context: Context,
  { iam, userName }: MfaContext,
  device: CodeDevice,
): Promise<"enabled" | "absent" | "unknown"> {
  const { serial } = device;
  for (let attempt = 1; ; attempt++) {
    const codes = await getTwoCodes(context, device);
    const sent = await recordCodesSent(context, serial, codes);
    try {
      await iam.enableMfaDevice(userName, serial, codes);
      return "enabled";
    } catch (error) {
      for (const each of sent) await recordCodeFailure(context, each, error);
      if (!isAwstError(error)) throw error;
      // This run created the device or found it unassigned, so it is enabled for this user.
      if (error.code === "IAM_EXISTS") return "enabled";
      if (error.effect === "unknown") return "unknown";
      const isLast = attempt === attempts;
      if (isLast && error.code === "IAM_ABSENT") return "absent";
      if (isLast || !transientErrors.includes(error.code)) throw error;
      context.say(`${error.message}; trying again with the next two codes`);
    }
  }
}

/** Opens and caches an MFA session with a code of the device. Errors: INTERRUPTED, CODE_NEEDED,
 *  AWS_CODE_REFUSED, AWS_DEVICE_UNKNOWN, AWS_*. */
export async function verifyDevice(
  context: Context,
  { identityContext, userName }: MfaContext,
  device: CodeDevice,
  purpose: string,
): Promise<MfaSession> {
  const { serial } = device;
  const { key, region, identity, configuration } = identityContext;
  const durationSeconds = mfaSessionSeconds(allDurations(configuration));
  const aws = await context.aws(key, region);
  for (let attempt = 1; ; attempt++) {
    const code = await getUnusedCode(context, device);
    const sent = await recordCodeSent(context, serial, code);
    try {
      const { keys, at } = await aws.getSessionToken({ device: serial, code, durationSeconds });
      const session: MfaSession = {
        keys,
        codeAt: at,
        device: serial,
        signedBy: key.accessKeyId,
        environment: identityContext.environment,
      };
      await cacheMfaSession(context, identityContext.keychain, identity.name, session);
      context.state.record("mfa-session-issued", {
        identity: identity.name,
        accessKeyId: keys.accessKeyId,
        expiresAt: keys.expiresAt.toISOString(),
        for: purpose,
      });
      await recordNewDevice(context, key.accessKeyId, userName, serial);
      return session;
    } catch (error) {
      await recordCodeFailure(context, sent, error);
      // STS may not know a new device for some seconds after IAM does.
      const isTransient = isAwstError(error, "AWS_CODE_REFUSED", "AWS_DEVICE_UNKNOWN");
      if (!isTransient || attempt === attempts) throw error;
      context.say(`${error.message}; trying again with the next code`);
    }
  }
}

async function recordNewDevice(
  context: Context,
  keyId: string,
  userName: string,
  serial: string,
): Promise<void> {
  const unknownUser: UserFacts = {
    userName,
    accountId: undefined,
    devices: [],
    unusable: [],
    lastUsed: undefined,
  };
  await updateAwsFacts(context, (facts) => {
    const user = facts.users[keyId] ?? unknownUser;
    const devices = [...user.devices.filter((each) => each !== serial), serial];
    return withUser(facts, keyId, { ...user, devices, lastUsed: serial });
  });
}

/** Returns two consecutive codes that were not sent before. Errors: INTERRUPTED, CODE_NEEDED. */
export async function getTwoCodes(
  context: Context,
  device: CodeDevice,
): Promise<readonly [Secret, Secret]> {
  await waitForUnusedStep(context, device);
  if (device.generatesCodes) return generateTwoCodes(context, device);
  const name = nameOfDevice(device.serial);
  let first = await promptForCode(context, device, `First code of ${name}`, undefined);
  for (;;) {
    const second = await promptForCode(context, device, `Next code of ${name}`, first);
    const isNext = first.step === undefined || second.step === first.step + 1;
    if (isNext) return [first.code, second.code];
    context.say("a code was skipped; the code you typed counts as the first");
    first = second;
  }
}

/** Returns the previous code and the current one: they are consecutive, and no wait is needed. */
async function generateTwoCodes(
  context: Context,
  device: CodeDevice,
): Promise<readonly [Secret, Secret]> {
  for (;;) {
    const { codeTime } = context.clock();
    const seed = seedOf(device);
    const previous = codeAt(seed, new Date(codeTime.getTime() - 30_000));
    const current = codeAt(seed, codeTime);
    const wereSent = [
      wasCodeSent(context, device.serial, previous),
      wasCodeSent(context, device.serial, current),
    ];
    if (!wereSent.includes(true)) return [previous, current];
    await waitForNextStep(context, device);
  }
}

/** Returns a code of a 30 s step in which no code was sent. Errors: INTERRUPTED, CODE_NEEDED. */
async function getUnusedCode(context: Context, device: CodeDevice): Promise<Secret> {
  await waitForUnusedStep(context, device);
  if (!device.generatesCodes) {
    const question = `Third code of ${nameOfDevice(device.serial)}, to verify the device`;
    return (await promptForCode(context, device, question, undefined)).code;
  }
  for (;;) {
    const code = codeAt(seedOf(device), context.clock().codeTime);
    if (!wasCodeSent(context, device.serial, code)) return code;
    await waitForNextStep(context, device);
  }
}

async function waitForUnusedStep(context: Context, device: CodeDevice): Promise<void> {
  const { awsNow } = context.clock();
  const sent = context.state.read(sentCodesFile);
  const until = blockedUntil(sent, device.serial, awsNow);
  if (until !== undefined) await waitUntil(context, until, device);
}

async function waitForNextStep(context: Context, device: CodeDevice): Promise<void> {
  await waitUntil(context, endOfStep(context.clock().awsNow), device);
}

async function waitUntil(context: Context, awsTime: Date, { serial }: CodeDevice): Promise<void> {
  const until = new Date(awsTime.getTime() - context.clock().skewMs);
  // A clock that is set meanwhile changes nothing about how long is left.
  const end = context.monotonic() + until.getTime() - context.now().getTime();
  const millisecondsLeft = () => end - context.monotonic();
  if (millisecondsLeft() <= 0) return;
  const text = `the next code of ${nameOfDevice(serial)} can be used in`;
  const terminal = await context.terminal();
  if (terminal.isHere()) return terminal.countDown(text, until);
  context.say(`${text} ${Math.ceil(millisecondsLeft() / 1000)} s`);
  // Short sleeps: a long timer fires late after the machine was suspended.
  while (millisecondsLeft() > 0) await context.sleep(Math.min(millisecondsLeft(), 1000));
}

interface TypedCode {
  readonly code: Secret;
  /** The 30 s step that the code belongs to; undefined if the seed is not known. */
  readonly step: number | undefined;
}

/** Asks until the code can be sent. `previous`: the code before it, of the same pair. */
async function promptForCode(
  context: Context,
  device: CodeDevice,
  text: string,
  previous: TypedCode | undefined,
): Promise<TypedCode> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    const message = `no terminal to prompt for MFA codes of ${nameOfDevice(device.serial)}`;
    throw new AwstError("CODE_NEEDED", message, { hint: `on a terminal: ${device.retry}` });
  }
  for (;;) {
    const code = await terminal.askCode({ text });
    if (previous?.code.equals(code)) {
      context.say("you typed the same code again; type the next one");
      await waitForNextStep(context, device);
    } else if (wasCodeSent(context, device.serial, code)) {
      context.say("that code was already sent to AWS; type the next one");
      await waitForNextStep(context, device);
    } else if (device.seed === undefined) {
      return { code, step: undefined };
    } else {
      const checked = checkTypedCode(device.seed, code, context.clock().awsNow, previous?.step);
      if (checked.is === "good") return { code, step: checked.step };
      context.say(checked.why);
    }
  }
}

function seedOf({ seed, serial }: CodeDevice): Secret {
  if (seed === undefined) throw new Error(`no seed to generate codes of ${serial}`);
  return seed;
}
