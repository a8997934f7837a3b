// A device is made, under a name that can be had: what stands in the way is told apart, and an own
// device that was abandoned makes room.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { checkDeviceName, deletionLine, freeDeviceName } from "../../model/mfa/device-names.ts";
import { type Enrolling, stateOfDevice, takenNames } from "../../model/mfa/mfa-enrolment.ts";
import type { Enrolment } from "../../model/mfa/mfa-journal.ts";
import { mfaLine, nameUnlessDefault } from "../../model/mfa/mfa-line.ts";
import { nameOfDevice, refuseNinth } from "../../model/mfa/own-devices.ts";
import type { Secret } from "../../model/secret.ts";
import { freshCodeSeconds } from "../../model/session/session-plan.ts";
import type { Needs } from "../../ports.ts";
import type { DeviceHands, DeviceNeeds, NewDeviceWish } from "./hold-devices.ts";
import {
  changeMfaJournal,
  dropPendingSeed,
  keepPendingSeed,
  reservePendingSeed,
} from "./keep-mfa-journal.ts";
import { askAwsTime, lookAgain } from "./open-enrolment.ts";
import { deleteDevice } from "./take-away-device.ts";

/** Changes `it`; without an enrolment in it afterwards there is another name to try. Errors: IAM_EXISTS,
 *  IAM_QUOTA, DEVICE_NAME_DENIED, AWS_*, KEYCHAIN_*. */
export async function beginNewDevice(
  context: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  wish: NewDeviceWish,
): Promise<void> {
  refuseNinth(hands.userName, it.seen.enabled ?? [], nameUnlessDefault(hands.identityContext));
  const name = await findName(context, hands, it, wish);
  if (name === undefined) return;
  const made = await makeDevice(context, hands, name, wish.store);
  if (made.is === "taken") {
    if (wish.name !== undefined) throw takenError(hands, it, name);
    it.passedOver.push(name);
    return;
  }
  if (made.is === "denied") return denied(context, hands, it, { name, wish, error: made.error });
  it.enrolment = made.enrolment;
  it.serial = made.enrolment.serial ?? "";
  it.device = "unassigned";
  if (made.is === "made") {
    it.seed = made.seed;
    return;
  }
  it.losses += 1;
  if (!isLost(made.error) || it.losses > 2) throw made.error;
  await lookAgain(context, hands, it).catch(() => {
    throw made.error;
  });
}

/** undefined: one was passed over. */
async function findName(
  context: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  wish: NewDeviceWish,
): Promise<string | undefined> {
  const { userName } = hands;
  const isAbandoned = (name: string) =>
    !it.passedOver.includes(name) && stateOfDevice(name, userName, it.seen) === "unassigned";
  if (wish.name === undefined && !isAbandoned(userName)) {
    return freeDeviceName(userName, takenNames(it));
  }
  const name = checkDeviceName(wish.name ?? userName);
  if (!isAbandoned(name)) {
    if (takenNames(it).includes(name)) throw takenError(hands, it, name);
    return name;
  }
  if (name !== userName && !(await mayRemove(context, name))) throw takenError(hands, it, name);
  const serial = it.seen.virtual?.find((each) => nameOfDevice(each.serial) === name)?.serial ?? "";
  if ((await deleteDevice(context, hands, serial)) === "deleted") {
    context.say(`removed device ${name}, which was made and never enabled`);
    it.seen = { ...it.seen, virtual: it.seen.virtual?.filter((each) => each.serial !== serial) };
    return name;
  }
  it.passedOver.push(name);
  context.say(
    `the name ${name} is taken by a device that was never enabled, and AWS does not let you remove it. An administrator can: ${deletionLine(serial)}`,
  );
  if (wish.name !== undefined) throw takenError(hands, it, name);
  return undefined;
}

async function mayRemove(context: DeviceNeeds, name: string): Promise<boolean> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) return false;
  return terminal.confirm({
    text: `A device ${name} is there, enabled for nobody; somebody may be about to. Remove it?`,
  });
}

/** Denied for its name, as far as can be told; a session that is not young may be denied for its age. */
async function denied(
  context: DeviceNeeds,
  { identityContext, userName, session }: DeviceHands,
  it: Enrolling,
  about: { readonly name: string; readonly wish: NewDeviceWish; readonly error: unknown },
): Promise<void> {
  const { name, wish, error } = about;
  if (it.denial !== undefined) throw it.denial;
  if (name === userName) {
    if (wish.name !== undefined) throw error;
    it.denial = error;
    it.passedOver.push(name);
    return;
  }
  const now = await askAwsTime(context);
  const isYoung = (at: Date) => now.getTime() - at.getTime() <= freshCodeSeconds * 1000;
  if (session !== undefined && !isYoung(session.codeAt)) throw error;
  const isTaken = takenNames(it).includes(userName);
  const own = isTaken
    ? `and "${userName}", the one name that older policies allow, is taken`
    : `older policies allow the user's own name alone, "${userName}"`;
  throw new AwstError("DEVICE_NAME_DENIED", `AWS denied a device called "${name}"; ${own}`, {
    hint: mfaLine(nameUnlessDefault(identityContext), isTaken ? "replace" : "add"),
    cause: error,
  });
}

function takenError(
  { identityContext, userName }: DeviceHands,
  it: Enrolling,
  name: string,
): AwstError {
  const line = (...words: readonly string[]) =>
    mfaLine(nameUnlessDefault(identityContext), ...words);
  const state = stateOfDevice(name, userName, it.seen);
  const whose =
    state === "enabled"
      ? "it is yours, and enabled"
      : state === "others"
        ? "it is somebody else's"
        : "enabled for nobody";
  return new AwstError("IAM_EXISTS", `there is a device "${name}" in the account: ${whose}`, {
    hint:
      state === "enabled"
        ? line("replace", "--device", name)
        : line("add", freeDeviceName(userName, [...takenNames(it), name])),
  });
}

function isLost(error: unknown): boolean {
  return isAwstError(error) && error.fate === "unknown";
}

export type Made =
  | { readonly is: "made"; readonly enrolment: Enrolment; readonly seed: Secret }
  | { readonly is: "taken" }
  | { readonly is: "denied"; readonly error: unknown }
  /** No answer: a device of this name may be there, its seed is lost. */
  | { readonly is: "unsure"; readonly enrolment: Enrolment; readonly error: unknown };

/** Errors: KEYCHAIN_* before anything is made, FILE_UNWRITABLE, AWS_* where nothing was done. */
export async function makeDevice(
  context: Needs<"state" | "paths" | "keychain" | "now">,
  hands: DeviceHands,
  name: string,
  keepsSeed: boolean,
): Promise<Made> {
  const { identityContext, userName, iam } = hands;
  await reservePendingSeed(context, identityContext);
  const since = (await askAwsTime(context)).toISOString();
  const begun: Enrolment = { name, since, keepsSeed, isProved: false };
  await changeMfaJournal(context, identityContext, userName, { enrolment: begun });
  const forget = async () => {
    await dropPendingSeed(context, identityContext);
    await changeMfaJournal(context, identityContext, userName, { enrolment: undefined });
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
    await keepPendingSeed(context, identityContext, answer.serial, answer.seed);
  } catch (error) {
    return { is: "unsure", enrolment, error };
  }
  await changeMfaJournal(context, identityContext, userName, { enrolment });
  return { is: "made", enrolment, seed: answer.seed };
}
