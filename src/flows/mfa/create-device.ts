// A device is made, under a name that can be had: what stands in the way is told apart, and an own
// device that was abandoned makes room.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { type EnrolmentState, stateOfDevice, takenNames } from "../../model/mfa/mfa-enrolment.ts";
import type { Enrolment } from "../../model/mfa/mfa-journal.ts";
import {
  checkDeviceName,
  checkDeviceQuota,
  deletionCommand,
  firstFreeDeviceName,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "../../model/mfa/own-devices.ts";
import type { Secret } from "../../model/secret.ts";
import { freshCodeSeconds } from "../../model/session/session-plan.ts";
import type { Needs } from "../../ports.ts";
import {
  askAwsTime,
  deletePendingSeed,
  observeEnrolment,
  reservePendingSeed,
  storePendingSeed,
  updateMfaJournal,
} from "./enrolment-journal.ts";
import type { DeviceNeeds, MfaContext, NewDeviceRequest } from "./open-devices.ts";
import { deleteDevice } from "./remove-device.ts";

/** Changes `it`; without an enrolment in it afterwards there is another name to try. Errors: IAM_EXISTS,
 *  IAM_QUOTA, DEVICE_NAME_DENIED, AWS_*, KEYCHAIN_*. */
export async function createDevice(
  context: DeviceNeeds,
  mfa: MfaContext,
  it: EnrolmentState,
  request: NewDeviceRequest,
): Promise<void> {
  checkDeviceQuota(mfa.userName, it.observed.enabled ?? [], nameUnlessDefault(mfa.identityContext));
  const name = await chooseName(context, mfa, it, request);
  if (name === undefined) return;
  const made = await createVirtualDevice(context, mfa, name, request.store);
  if (made.is === "taken") {
    if (request.name !== undefined) throw nameTakenError(mfa, it, name);
    it.unavailableNames.push(name);
    return;
  }
  if (made.is === "denied")
    return handleDenial(context, mfa, it, { name, request, error: made.error });
  it.enrolment = made.enrolment;
  it.serial = made.enrolment.serial ?? "";
  it.deviceState = "unassigned";
  if (made.is === "made") {
    it.seed = made.seed;
    return;
  }
  it.lostReplies += 1;
  if (!isReplyLost(made.error) || it.lostReplies > 2) throw made.error;
  await observeEnrolment(context, mfa, it).catch(() => {
    throw made.error;
  });
}

/** undefined: one was passed over. */
async function chooseName(
  context: DeviceNeeds,
  mfa: MfaContext,
  it: EnrolmentState,
  request: NewDeviceRequest,
): Promise<string | undefined> {
  const { userName } = mfa;
  const isAbandoned = (name: string) =>
    !it.unavailableNames.includes(name) &&
    stateOfDevice(name, userName, it.observed) === "unassigned";
  if (request.name === undefined && !isAbandoned(userName)) {
    return firstFreeDeviceName(userName, takenNames(it));
  }
  const name = checkDeviceName(request.name ?? userName);
  if (!isAbandoned(name)) {
    if (takenNames(it).includes(name)) throw nameTakenError(mfa, it, name);
    return name;
  }
  if (name !== userName && !(await confirmDeletion(context, name)))
    throw nameTakenError(mfa, it, name);
  const serial =
    it.observed.virtual?.find((each) => nameOfDevice(each.serial) === name)?.serial ?? "";
  if ((await deleteDevice(context, mfa, serial)) === "deleted") {
    context.say(`removed device ${name}, which was made and never enabled`);
    it.observed = {
      ...it.observed,
      virtual: it.observed.virtual?.filter((each) => each.serial !== serial),
    };
    return name;
  }
  it.unavailableNames.push(name);
  context.say(
    `the name ${name} is taken by a device that was never enabled, and AWS does not let you remove it. An administrator can: ${deletionCommand(serial)}`,
  );
  if (request.name !== undefined) throw nameTakenError(mfa, it, name);
  return undefined;
}

async function confirmDeletion(context: DeviceNeeds, name: string): Promise<boolean> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) return false;
  return terminal.confirm({
    text: `A device ${name} is there, enabled for nobody; somebody may be about to. Remove it?`,
  });
}

/** Denied for its name, as far as can be told; a session that is not young may be denied for its age. */
async function handleDenial(
  context: DeviceNeeds,
  { identityContext, userName, session }: MfaContext,
  it: EnrolmentState,
  about: { readonly name: string; readonly request: NewDeviceRequest; readonly error: unknown },
): Promise<void> {
  const { name, request, error } = about;
  if (it.nameDenial !== undefined) throw it.nameDenial;
  if (name === userName) {
    if (request.name !== undefined) throw error;
    it.nameDenial = error;
    it.unavailableNames.push(name);
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
    hint: mfaCommand(nameUnlessDefault(identityContext), isTaken ? "replace" : "add"),
    cause: error,
  });
}

function nameTakenError(
  { identityContext, userName }: MfaContext,
  it: EnrolmentState,
  name: string,
): AwstError {
  const line = (...words: readonly string[]) =>
    mfaCommand(nameUnlessDefault(identityContext), ...words);
  const state = stateOfDevice(name, userName, it.observed);
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
        : line("add", firstFreeDeviceName(userName, [...takenNames(it), name])),
  });
}

function isReplyLost(error: unknown): boolean {
  return isAwstError(error) && error.fate === "unknown";
}

export type CreateResult =
  | { readonly is: "made"; readonly enrolment: Enrolment; readonly seed: Secret }
  | { readonly is: "taken" }
  | { readonly is: "denied"; readonly error: unknown }
  /** No answer: a device of this name may be there, its seed is lost. */
  | { readonly is: "unsure"; readonly enrolment: Enrolment; readonly error: unknown };

/** Errors: KEYCHAIN_* before anything is made, FILE_UNWRITABLE, AWS_* where nothing was done. */
export async function createVirtualDevice(
  context: Needs<"state" | "paths" | "keychain" | "now">,
  mfa: MfaContext,
  name: string,
  keepsSeed: boolean,
): Promise<CreateResult> {
  const { identityContext, userName, iam } = mfa;
  await reservePendingSeed(context, identityContext);
  const since = (await askAwsTime(context)).toISOString();
  const begun: Enrolment = { name, since, keepsSeed, isVerified: false };
  await updateMfaJournal(context, identityContext, userName, { enrolment: begun });
  const forget = async () => {
    await deletePendingSeed(context, identityContext);
    await updateMfaJournal(context, identityContext, userName, { enrolment: undefined });
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
    await storePendingSeed(context, identityContext, answer.serial, answer.seed);
  } catch (error) {
    return { is: "unsure", enrolment, error };
  }
  await updateMfaJournal(context, identityContext, userName, { enrolment });
  return { is: "made", enrolment, seed: answer.seed };
}
