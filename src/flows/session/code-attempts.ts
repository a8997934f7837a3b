// The MFA codes of one call to AWS: one code after another until AWS takes one. Decides which device
// makes them, records each code before it is sent, and decides after a refusal whether another may follow.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import type { Identity } from "../../model/configuration/configuration.ts";
import { AwstError, isAwstError, isFailure } from "../../model/errors.ts";
import type { LockName } from "../../model/lock-names.ts";
import {
  findDevice,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "../../model/mfa/own-devices.ts";
import type { Secret } from "../../model/secret.ts";
import { isGiven, isTyped, type MfaCode } from "../../model/session/code-source.ts";
import type { SentCode } from "../../model/session/sent-codes.ts";
import type { Context } from "../../ports.ts";
import { getMfaCode, requireCodeSource } from "./get-mfa-code.ts";
import { chooseDevice, forgetUser, lookupUser, recordUsedDevice } from "./lookup-user.ts";
import type { IdentityContext } from "./open-identity-context.ts";
import { recordCodeFailure, recordCodeSent } from "./send-code-once.ts";
import { keepFailurePrivate } from "./single-flight.ts";

export interface CodeRequest {
  /** The serial of the only device that may make the codes; undefined: the configured one, the one used
   *  last, or the user's only one. */
  readonly device?: string | undefined;
  /** --device: a device's name or serial. */
  readonly named?: string | undefined;
  /** Codes are made from this seed alone, to verify it. */
  readonly seed?: Secret | undefined;
  /** --mfa-code */
  readonly given: Secret | undefined;
  /** A machine waits no longer than this. */
  readonly deadline: number | undefined;
  /** The command that does the same on a terminal. */
  readonly retry: string;
}

export interface CodeAttempts {
  readonly identityContext: IdentityContext;
  readonly request: CodeRequest;
  readonly storedSeeds: readonly string[] | undefined;
  refusals: number;
  wereDevicesRefreshed: boolean;
  wasClockCorrected: boolean;
}

/** A code that is recorded as sent: it may go to AWS once. */
export interface CodeAttempt extends MfaCode {
  readonly device: string;
  readonly record: SentCode;
  /** The clock by which the code was made. */
  readonly skewMs: number;
}

/** The lock for everything that needs a code of this identity. */
export function codeLockName({ identity }: Pick<IdentityContext, "identity">): LockName {
  return `code-${identity.name}`;
}

const maxTypedAgain = 2;

/** Makes a store for the session before a code is asked for. Errors: CODE_NEEDED where no source can have a code;
 *  KEYCHAIN_*; INTERRUPTED. */
export async function startCodeAttempts(
  context: Context,
  identityContext: IdentityContext,
  request: CodeRequest,
): Promise<CodeAttempts> {
  const { identity, configuration, keychain } = identityContext;
  const storedSeeds = await requireCodeSource(context, { ...request, identity, configuration });
  try {
    await keychain.prepare();
  } catch (error) {
    if (!isFailure(error)) throw error;
    // The session is given out without being cached, with a warning that says why.
    context.debug(`no store for sessions: ${error.message}`);
  }
  return {
    identityContext,
    request,
    storedSeeds,
    refusals: 0,
    wereDevicesRefreshed: false,
    wasClockCorrected: false,
  };
}

/** Errors: those of `getMfaCode`; DEVICE_MISSING; FILE_UNWRITABLE when the code could not be recorded. */
export async function nextCode(context: Context, attempts: CodeAttempts): Promise<CodeAttempt> {
  const { identityContext, request, storedSeeds } = attempts;
  const device = request.device ?? (await findCodeDevice(context, identityContext, request));
  const identity = identityFor(identityContext, request, device);
  const { configuration } = identityContext;
  const codeRequest = { ...request, identity, configuration, device, storedSeeds };
  const found = await getMfaCode(context, codeRequest);
  const { skewMs } = context.clock();
  return { ...found, device, skewMs, record: await recordCodeSent(context, device, found.code) };
}

/** Records that AWS took the code of this device. */
export async function recordCodeAccepted(
  context: Context,
  { identityContext }: CodeAttempts,
  { device }: CodeAttempt,
): Promise<void> {
  await recordUsedDevice(context, identityContext, device);
}

/** Returns when another code may be sent after this failure; otherwise throws. */
export async function requireRetry(
  context: Context,
  attempts: CodeAttempts,
  attempt: CodeAttempt,
  error: unknown,
): Promise<void> {
  await recordCodeFailure(context, attempt.record, error);
  try {
    await prepareRetry(context, attempts, attempt, error);
  } catch (failure) {
    // Only this process was given the code: its failure says nothing about the codes of others.
    if (isGiven(attempt) || attempts.request.seed !== undefined) keepFailurePrivate(failure);
    throw failure;
  }
}

async function prepareRetry(
  context: Context,
  attempts: CodeAttempts,
  attempt: CodeAttempt,
  error: unknown,
): Promise<void> {
  const { identityContext, request } = attempts;
  const { device } = attempt;
  if (isAwstError(error, "AWS_CODE_REFUSED") && isTyped(attempt)) {
    if (attempts.refusals >= maxTypedAgain) {
      throw typedCodeRefused(identityContext, device, error);
    }
    attempts.refusals += 1;
    context.say(`AWS refused the code of ${deviceLabel(device)}; type the next one`);
  } else if (isAwstError(error, "AWS_CODE_REFUSED") && attempt.source === "seed") {
    // The refusal may have shown that the code was made for a wrong time.
    const isClockNew = context.clock().skewMs !== attempt.skewMs;
    if (attempts.wasClockCorrected || !isClockNew) {
      throw seedCodeRefused(identityContext, device, error);
    }
    attempts.wasClockCorrected = true;
  } else if (isAwstError(error, "AWS_DEVICE_UNKNOWN") && request.device === undefined) {
    if (attempts.wereDevicesRefreshed) throw error;
    attempts.wereDevicesRefreshed = true;
    await lookupOtherDevice(context, identityContext, device, error);
  } else {
    throw error;
  }
}

/** The [mfa] command makes codes of the configured device alone. */
function identityFor(
  { identity }: IdentityContext,
  { named }: CodeRequest,
  device: string,
): Identity {
  const isOther = named !== undefined && device !== identity.device;
  return isOther ? { ...identity, command: undefined } : identity;
}

async function findCodeDevice(
  context: Context,
  identityContext: IdentityContext,
  { given, named }: CodeRequest,
): Promise<string> {
  if (named !== undefined) return findNamedDevice(context, identityContext, named);
  const comesFromElsewhere =
    given !== undefined ||
    !!context.env["AWST_MFA_CODE"] ||
    identityContext.identity.command !== undefined;
  const user = await lookupUser(context, identityContext);
  return chooseDevice(context, identityContext, user, comesFromElsewhere);
}

/** Refuses a wrong --device before anything is waited for. Errors: DEVICE_MISSING; CODE_NEEDED, KEYCHAIN_*. */
export async function requireNamedDevice(
  context: Context,
  identityContext: IdentityContext,
  request: CodeRequest,
): Promise<void> {
  if (request.named === undefined) return;
  const { identity, configuration } = identityContext;
  await requireCodeSource(context, { ...request, identity, configuration });
  await findNamedDevice(context, identityContext, request.named);
}

/** Looks the devices up again when the named one is unknown. Errors: DEVICE_MISSING. */
async function findNamedDevice(
  context: Context,
  identityContext: IdentityContext,
  named: string,
): Promise<string> {
  const cached = await lookupUser(context, identityContext);
  const isKnown = cached.devices.some((each) => [each, nameOfDevice(each)].includes(named));
  if (!isKnown) await forgetUser(context, identityContext);
  const { devices } = isKnown ? cached : await lookupUser(context, identityContext);
  const choices = devices.map((serial) => ({ serial }));
  return findDevice(choices, named, nameUnlessDefault(identityContext)).serial;
}

/** Returns when a look-up found a device other than the one that AWS did not know. */
async function lookupOtherDevice(
  context: Context,
  identityContext: IdentityContext,
  unknown: string,
  error: AwstError,
): Promise<void> {
  if (identityContext.identity.device !== undefined) {
    const message = `${error.message} (from [mfa] device in the configuration)`;
    throw new AwstError("AWS_DEVICE_UNKNOWN", message, {
      hint: "correct [mfa] device, or remove it: awst then looks the device up",
      cause: error,
    });
  }
  await forgetUser(context, identityContext);
  const user = await lookupUser(context, identityContext);
  if (user.devices.length === 1 && user.devices[0] === unknown) throw error;
  context.say(`AWS no longer knows the device ${deviceLabel(unknown)}; listed the devices again`);
}

function typedCodeRefused(
  identityContext: IdentityContext,
  device: string,
  cause: AwstError,
): AwstError {
  const resync = deviceLine(identityContext, "resync", device);
  return new AwstError("AWS_CODE_REFUSED", cause.message, {
    hint: `if you typed what the device showed, its clock is wrong: ${resync}`,
    effect: cause.effect,
    cause,
  });
}

function seedCodeRefused(
  identityContext: IdentityContext,
  device: string,
  cause: AwstError,
): AwstError {
  const resync = deviceLine(identityContext, "resync", device);
  const forget = deviceLine(identityContext, "forget", device);
  const message = `AWS refused the code made from the stored seed of ${deviceLabel(device)}`;
  return new AwstError("AWS_CODE_REFUSED", message, {
    hint: `if the device's clock is wrong: ${resync}; if its seed was replaced: ${forget}`,
    effect: cause.effect,
    cause,
  });
}

function deviceLine(identityContext: IdentityContext, command: string, device: string): string {
  const name = nameUnlessDefault(identityContext);
  return mfaCommand(name, command, "--device", nameOfDevice(device));
}
