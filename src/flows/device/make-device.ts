// CreateVirtualMFADevice, with what makes it safe: written down before, the seed in the keychain before
// anybody sees it; a keychain that refuses it costs the device, not the user.

import type { Enrolment } from "../../model/device/mfa-journal.ts";
import { isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import type { Needs } from "../../ports.ts";
import type { DeviceHands } from "./hold-devices.ts";
import {
  changeMfaJournal,
  dropPendingSeed,
  keepPendingSeed,
  reservePendingSeed,
} from "./keep-mfa-journal.ts";
import { askAwsTime } from "./open-enrolment.ts";

export type Made =
  | { readonly is: "made"; readonly enrolment: Enrolment; readonly seed: Secret }
  | { readonly is: "taken" }
  | { readonly is: "denied"; readonly error: unknown }
  /** No answer: a device of this name may be there, its seed is lost. */
  | { readonly is: "unsure"; readonly enrolment: Enrolment; readonly error: unknown };

/** Errors: KEYCHAIN_* before anything is made, FILE_UNWRITABLE, AWS_* where nothing was done. */
export async function makeDevice(
  world: Needs<"state" | "places" | "keychain" | "now">,
  hands: DeviceHands,
  name: string,
  keepsSeed: boolean,
): Promise<Made> {
  const { caller, userName, iam } = hands;
  await reservePendingSeed(world, caller);
  const since = (await askAwsTime(world)).toISOString();
  const begun: Enrolment = { name, since, keepsSeed, isProved: false };
  await changeMfaJournal(world, caller, userName, { enrolment: begun });
  const forget = async () => {
    await dropPendingSeed(world, caller);
    await changeMfaJournal(world, caller, userName, { enrolment: undefined });
  };
  let answer: Awaited<ReturnType<typeof iam.createVirtualMfaDevice>>;
  try {
    answer = await iam.createVirtualMfaDevice(name);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    if (error.fate === "unknown") return { is: "unsure", enrolment: begun, error };
    await forget();
    if (isAwstError(error, "IAM_EXISTS")) return { is: "taken" };
    if (isAwstError(error, "AWS_DENIED")) return { is: "denied", error };
    throw error;
  }
  const enrolment = { ...begun, serial: answer.serial };
  try {
    await keepPendingSeed(world, caller, answer.serial, answer.seed);
  } catch (error) {
    return { is: "unsure", enrolment, error };
  }
  await changeMfaJournal(world, caller, userName, { enrolment });
  return { is: "made", enrolment, seed: answer.seed };
}
