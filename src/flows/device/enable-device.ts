// EnableMFADevice: two codes in a row, used up by it whatever comes of it.

import { type ErrorCode, isAwstError } from "../../model/errors.ts";
import type { Needs } from "../../ports.ts";
import { spendCode } from "../session/spend-code.ts";
import { type AskNeeds, askTwoCodes, type CodeDevice } from "./ask-device-codes.ts";
import type { DeviceHands } from "./hold-devices.ts";

const tries = 4;
/** A new device is not seen everywhere at once. */
const worthAnother: readonly ErrorCode[] = ["AWS_CODE_REFUSED", "IAM_ABSENT", "IAM_CONFLICT"];

/** `unsure`: no answer. Errors: INTERRUPTED, CODE_NEEDED, AWS_CODE_REFUSED after several tries, AWS_*. */
export async function enableDevice(
  world: AskNeeds & Needs<"now">,
  { iam, userName }: DeviceHands,
  device: CodeDevice,
): Promise<"enabled" | "absent" | "unsure"> {
  const { serial } = device;
  for (let left = tries; ; left--) {
    const [first, second] = await askTwoCodes(world, device);
    try {
      await spendCode(world, serial, first, () =>
        spendCode(world, serial, second, () =>
          iam.enableMfaDevice(userName, serial, [first, second]),
        ),
      );
      return "enabled";
    } catch (error) {
      if (!isAwstError(error)) throw error;
      // Its own: names are one per account, and this one was made or found unassigned.
      if (error.code === "IAM_EXISTS") return "enabled";
      if (error.fate === "unknown") return "unsure";
      if (left === 1 && error.code === "IAM_ABSENT") return "absent";
      if (left === 1 || !worthAnother.includes(error.code)) throw error;
      world.say(`${error.message}; once more with the next two codes`);
    }
  }
}
