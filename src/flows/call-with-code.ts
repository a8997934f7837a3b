// One call that carries a code: find the device, get a code, send it, and do what the answer asks for:
// a typed code that was refused is asked again at most twice; a device AWS does not know is looked up.

import { type FoundCode, isTyped } from "../model/code-source.ts";
import { deviceLabel } from "../model/device-serial.ts";
import { AwstError, isAwstError } from "../model/errors.ts";
import type { Secret } from "../model/secret.ts";
import type { Needs } from "../ports.ts";
import { acquireCode, type CodeNeeds, type CodeWish, requireCodeSource } from "./acquire-code.ts";
import { chooseDevice, forgetUser, learnUser, rememberDevice } from "./learn-user.ts";
import type { Caller } from "./open-caller.ts";
import { spendCode } from "./spend-code.ts";

export type CallWithCodeNeeds = CodeNeeds & Needs<"aws" | "iam">;

export interface CodeCall {
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
  await requireCodeSource(world, { ...call, identity: caller.identity });
  for (;;) {
    const device = await chooseDevice(world, caller, await learnUser(world, caller));
    const wish: CodeWish = { ...call, identity: caller.identity, device };
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
      } else if (isAwstError(error, "AWS_DEVICE_UNKNOWN") && !wasLookedUpAgain) {
        wasLookedUpAgain = true;
        await findOtherDevice(world, caller, device, error);
      } else {
        throw error;
      }
    }
  }
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
