// One call that carries a code: find the device, get a code, send it, and do what the answer asks for: a
// typed code that was refused is asked again at most twice; one made here is made again where AWS's answer
// told another time; a device AWS does not know is looked up.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import { clockName, clockOf, correctedClock } from "../../model/clock.ts";
import type { Identity } from "../../model/configuration/configuration.ts";
import { mfaLine, nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { findDevice as findOwnDevice, nameOfDevice } from "../../model/device/own-devices.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import { type FoundCode, isTyped } from "../../model/session/code-source.ts";
import type { Needs } from "../../ports.ts";
import { acquireCode, requireCodeSource } from "./acquire-code.ts";
import type { CodeNeeds, CodeWish } from "./code-wish.ts";
import { keepClock } from "./keep-clock.ts";
import { chooseDevice, forgetUser, learnUser, rememberDevice } from "./learn-user.ts";
import type { Caller } from "./open-caller.ts";
import { spendCode } from "./spend-code.ts";

export type CallWithCodeNeeds = CodeNeeds & Needs<"aws" | "iam">;

export interface CodeCall {
  /** This very one; absent: the configured one, the last one used, or the only one. */
  readonly device?: string | undefined;
  /** --device: by name or serial. */
  readonly named?: string | undefined;
  /** Codes are made of this seed and come from nowhere else: it is being proved. */
  readonly seed?: Secret | undefined;
  readonly given: Secret | undefined;
  readonly deadline: Date | undefined;
  readonly retry: string;
  /** Told of every code before it is sent. */
  readonly onFound: (found: FoundCode) => void;
}

const typedAgainAtMost = 2;

export async function callWithCode<T>(
  world: CallWithCodeNeeds,
  caller: Caller,
  call: CodeCall,
  send: (device: string, code: Secret) => Promise<T>,
): Promise<{ answer: T; device: string }> {
  let refusals = 0;
  let wasLookedUpAgain = false;
  let wasClockCorrected = false;
  const { configuration } = caller;
  await requireCodeSource(world, { ...call, identity: caller.identity, configuration });
  for (;;) {
    const device = call.device ?? (await findDevice(world, caller, call));
    const identity = identityFor(caller, call, device);
    const wish: CodeWish = { ...call, identity, configuration, device };
    const found = await acquireCode(world, wish);
    call.onFound(found);
    try {
      const answer = await spendCode(world, device, found.code, () => send(device, found.code));
      await rememberDevice(world, caller, device);
      return { answer, device };
    } catch (error) {
      if (isAwstError(error, "AWS_CODE_REFUSED") && isTyped(found) && refusals < typedAgainAtMost) {
        refusals += 1;
        world.say(`AWS refused that code of ${deviceLabel(device)}; try again with the next one`);
      } else if (isAwstError(error, "AWS_CODE_REFUSED") && isTyped(found)) {
        throw typedRefused(caller, device, error);
      } else if (isAwstError(error, "AWS_CODE_REFUSED") && found.source === "seed") {
        if (wasClockCorrected || !(await learnTime(world, error)))
          throw seedRefused(caller, device, error);
        wasClockCorrected = true;
      } else if (isAwstError(error, "AWS_DEVICE_UNKNOWN") && call.device === undefined) {
        if (wasLookedUpAgain) throw error;
        wasLookedUpAgain = true;
        await findOtherDevice(world, caller, device, error);
      } else {
        throw error;
      }
    }
  }
}

/** The [mfa] command is the configured device's: of one that --device names it knows nothing. */
function identityFor({ identity }: Caller, { named }: CodeCall, device: string): Identity {
  const isOther = named !== undefined && device !== identity.device;
  return isOther ? { ...identity, command: undefined } : identity;
}

async function findDevice(
  world: CallWithCodeNeeds,
  caller: Caller,
  { given, named }: CodeCall,
): Promise<string> {
  if (named !== undefined) return findNamed(world, caller, named);
  const comesFromElsewhere =
    given !== undefined || !!world.env["AWST_MFA_CODE"] || caller.identity.command !== undefined;
  return chooseDevice(world, caller, await learnUser(world, caller), comesFromElsewhere);
}

/** Looked up again where it is none of the known ones. Errors: DEVICE_MISSING. */
async function findNamed(world: CallWithCodeNeeds, caller: Caller, named: string): Promise<string> {
  const known = await learnUser(world, caller);
  const isKnown = known.devices.some((each) => [each, nameOfDevice(each)].includes(named));
  if (!isKnown) await forgetUser(world, caller);
  const { devices } = isKnown ? known : await learnUser(world, caller);
  const among = devices.map((serial) => ({ serial }));
  return findOwnDevice(among, named, nameUnlessDefault(caller)).serial;
}

/** Whether the refusal showed that the code was made for a wrong moment. */
async function learnTime(world: CallWithCodeNeeds, { awsTime }: AwstError): Promise<boolean> {
  const clock = clockOf(world.state.read(clockName), world.now());
  if (awsTime === undefined || correctedClock(clock, awsTime) === undefined) return false;
  await keepClock(world, awsTime);
  return true;
}

function typedRefused(caller: Caller, device: string, cause: AwstError) {
  const line = mfaLine(nameUnlessDefault(caller), "resync", "--device", nameOfDevice(device));
  return new AwstError("AWS_CODE_REFUSED", cause.message, {
    hint: `if these were the codes it showed, its clock is off: ${line}`,
    fate: cause.fate,
    cause,
  });
}

function seedRefused(caller: Caller, device: string, cause: AwstError): AwstError {
  const line = (verb: string) =>
    mfaLine(nameUnlessDefault(caller), verb, "--device", nameOfDevice(device));
  const message = `AWS refused the code made from the stored seed of ${deviceLabel(device)}`;
  return new AwstError("AWS_CODE_REFUSED", message, {
    hint: `${line("resync")} where the device has drifted; ${line("forget")} where its seed is another by now`,
    fate: cause.fate,
    cause,
  });
}

/** Returns when a look-up found a device other than the one AWS did not know. */
async function findOtherDevice(
  world: CallWithCodeNeeds,
  caller: Caller,
  unknown: string,
  error: AwstError,
): Promise<void> {
  if (caller.identity.device !== undefined) {
    throw new AwstError("AWS_DEVICE_UNKNOWN", `${error.message} (it stands in the configuration)`, {
      hint: "correct [mfa] device, or take it out to have it looked up",
      cause: error,
    });
  }
  await forgetUser(world, caller);
  const user = await learnUser(world, caller);
  if (user.devices.length === 1 && user.devices[0] === unknown) throw error;
  world.say(`AWS no longer knows the device ${deviceLabel(unknown)}; looked up again`);
}
