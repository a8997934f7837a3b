// A device is made, under a name that can be had: what stands in the way is told apart, and an own
// device that was abandoned makes room.

import { checkDeviceName, deletionLine, freeDeviceName } from "../../model/device/device-names.ts";
import { type Enrolling, stateOfDevice, takenNames } from "../../model/device/mfa-enrolment.ts";
import { mfaLine, nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { nameOfDevice, refuseNinth } from "../../model/device/own-devices.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { youngSessionSeconds } from "../../model/session/session-plan.ts";
import type { DeviceHands, DeviceNeeds, NewDeviceWish } from "./hold-devices.ts";
import { makeDevice } from "./make-device.ts";
import { askAwsTime, lookAgain } from "./open-enrolment.ts";
import { deleteDevice } from "./take-away-device.ts";

/** Changes `it`; without an enrolment in it afterwards there is another name to try. Errors: IAM_EXISTS,
 *  IAM_QUOTA, DEVICE_NAME_DENIED, AWS_*, KEYCHAIN_*. */
export async function beginNewDevice(
  world: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  wish: NewDeviceWish,
): Promise<void> {
  refuseNinth(hands.userName, it.seen.enabled ?? [], nameUnlessDefault(hands.caller));
  const name = await findName(world, hands, it, wish);
  if (name === undefined) return;
  const made = await makeDevice(world, hands, name, wish.store);
  if (made.is === "taken") {
    if (wish.name !== undefined) throw takenError(hands, it, name);
    it.passedOver.push(name);
    return;
  }
  if (made.is === "denied") return denied(world, hands, it, { name, wish, error: made.error });
  it.enrolment = made.enrolment;
  it.serial = made.enrolment.serial ?? "";
  it.device = "unassigned";
  if (made.is === "made") {
    it.seed = made.seed;
    return;
  }
  it.losses += 1;
  if (!isLost(made.error) || it.losses > 2) throw made.error;
  await lookAgain(world, hands, it).catch(() => {
    throw made.error;
  });
}

/** undefined: one was passed over. */
async function findName(
  world: DeviceNeeds,
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
  if (name !== userName && !(await mayRemove(world, name))) throw takenError(hands, it, name);
  const serial = it.seen.virtual?.find((each) => nameOfDevice(each.serial) === name)?.serial ?? "";
  if ((await deleteDevice(world, hands, serial)) === "deleted") {
    world.say(`removed device ${name}, which was made and never enabled`);
    it.seen = { ...it.seen, virtual: it.seen.virtual?.filter((each) => each.serial !== serial) };
    return name;
  }
  it.passedOver.push(name);
  world.say(
    `the name ${name} is taken by a device that was never enabled, and AWS does not let you remove it. An administrator can: ${deletionLine(serial)}`,
  );
  if (wish.name !== undefined) throw takenError(hands, it, name);
  return undefined;
}

async function mayRemove(world: DeviceNeeds, name: string): Promise<boolean> {
  const terminal = await world.terminal();
  if (!terminal.isHere()) return false;
  return terminal.confirm({
    text: `A device ${name} is there, enabled for nobody; somebody may be about to. Remove it?`,
  });
}

/** Denied for its name, as far as can be told; a session that is not young may be denied for its age. */
async function denied(
  world: DeviceNeeds,
  { caller, userName, session }: DeviceHands,
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
  const now = await askAwsTime(world);
  const isYoung = (at: Date) => now.getTime() - at.getTime() <= youngSessionSeconds * 1000;
  if (session !== undefined && !isYoung(session.codeAt)) throw error;
  const isTaken = takenNames(it).includes(userName);
  const own = isTaken
    ? `and "${userName}", the one name that older policies allow, is taken`
    : `older policies allow the user's own name alone, "${userName}"`;
  throw new AwstError("DEVICE_NAME_DENIED", `AWS denied a device called "${name}"; ${own}`, {
    hint: mfaLine(nameUnlessDefault(caller), isTaken ? "replace" : "add"),
    cause: error,
  });
}

function takenError({ caller, userName }: DeviceHands, it: Enrolling, name: string): AwstError {
  const line = (...words: readonly string[]) => mfaLine(nameUnlessDefault(caller), ...words);
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
