// Creates a virtual device with a name that is free and that the policy allows. A device of the same name
// that was created and never enabled is deleted first. The journal is written before AWS is called, since
// a lost reply may mean a device whose seed is lost.

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
import type { Context } from "../../ports.ts";
import {
  deletePendingSeed,
  observeEnrolment,
  reservePendingSeed,
  storePendingSeed,
  updateMfaJournal,
} from "./enrolment-journal.ts";
import type { MfaContext, NewDeviceRequest } from "./open-devices.ts";
import { deleteDevice } from "./remove-device.ts";

/** Changes `state`; if it has no enrolment afterwards, the caller tries again with another name.
 *  Errors: IAM_EXISTS, IAM_QUOTA, DEVICE_NAME_DENIED, AWS_*, KEYCHAIN_*. */
export async function createDevice(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
  request: NewDeviceRequest,
): Promise<void> {
  const enabled = state.observed.enabled ?? [];
  checkDeviceQuota(mfa.userName, enabled, nameUnlessDefault(mfa.identityContext));
  const name = await chooseName(context, mfa, state, request);
  if (name === undefined) return;
  const created = await createVirtualDevice(context, mfa, name, request.store);
  if (created.is === "taken") {
    if (request.name !== undefined) throw nameTakenError(mfa, state, name);
    state.unavailableNames.push(name);
    return;
  }
  if (created.is === "denied") {
    handleDenial(context, mfa, state, { name, request, error: created.error });
    return;
  }
  state.enrolment = created.enrolment;
  state.serial = created.enrolment.serial ?? "";
  state.deviceState = "unassigned";
  if (created.is === "created") {
    state.seed = created.seed;
    return;
  }
  state.lostReplies += 1;
  const isReplyLost = isAwstError(created.error) && created.error.effect === "unknown";
  if (!isReplyLost || state.lostReplies > 2) throw created.error;
  try {
    await observeEnrolment(context, mfa, state);
  } catch {
    throw created.error;
  }
}

/**
 * Returns the name to use; undefined if the caller has to try again, without a name that is
 * unavailable.
 */
async function chooseName(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
  request: NewDeviceRequest,
): Promise<string | undefined> {
  const { userName } = mfa;
  const isAbandoned = (name: string) =>
    !state.unavailableNames.includes(name) &&
    stateOfDevice(name, userName, state.observed) === "unassigned";
  if (request.name === undefined && !isAbandoned(userName)) {
    return firstFreeDeviceName(userName, takenNames(state));
  }
  const name = checkDeviceName(request.name ?? userName);
  if (!isAbandoned(name)) {
    if (takenNames(state).includes(name)) throw nameTakenError(mfa, state, name);
    return name;
  }
  if (name !== userName && !(await confirmDeletion(context, name))) {
    throw nameTakenError(mfa, state, name);
  }
  const { virtual } = state.observed;
  const serial = virtual?.find((each) => nameOfDevice(each.serial) === name)?.serial ?? "";
  if ((await deleteDevice(context, mfa, serial)) === "deleted") {
    context.say(`deleted device ${name}, which was created and never enabled`);
    const others = virtual?.filter((each) => each.serial !== serial);
    state.observed = { ...state.observed, virtual: others };
    return name;
  }
  state.unavailableNames.push(name);
  context.say(`the name ${name} has a device that was never enabled, and AWS denied its deletion`);
  context.say(`an administrator can delete the device: ${deletionCommand(serial)}`);
  if (request.name !== undefined) throw nameTakenError(mfa, state, name);
  return undefined;
}

async function confirmDeletion(context: Context, name: string): Promise<boolean> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) return false;
  return terminal.confirm({
    text: `Device ${name} exists and is not enabled; another user may be about to enable it. Delete it?`,
  });
}

/** AWS does not say why it denied the call: the name may not be allowed, or the session's code is too old.
 *  Returns if another name may be tried; otherwise throws. */
function handleDenial(
  context: Context,
  { identityContext, userName, session }: MfaContext,
  state: EnrolmentState,
  denial: {
    readonly name: string;
    readonly request: NewDeviceRequest;
    readonly error: unknown;
  },
): void {
  const { name, request, error } = denial;
  if (state.nameDenial !== undefined) throw state.nameDenial;
  if (name === userName) {
    if (request.name !== undefined) throw error;
    state.nameDenial = error;
    state.unavailableNames.push(name);
    return;
  }
  if (session !== undefined) {
    const ageMs = context.clock().awsNow.getTime() - session.codeAt.getTime();
    if (ageMs > freshCodeSeconds * 1000) throw error;
  }
  const isTaken = takenNames(state).includes(userName);
  const reason = isTaken
    ? `older policies allow only your user name, and a device named "${userName}" exists`
    : `older policies allow only your user name, "${userName}"`;
  const message = `AWS denied creating a device named "${name}"; ${reason}`;
  throw new AwstError("DEVICE_NAME_DENIED", message, {
    hint: mfaCommand(nameUnlessDefault(identityContext), isTaken ? "replace" : "add"),
    cause: error,
  });
}

function nameTakenError(
  { identityContext, userName }: MfaContext,
  state: EnrolmentState,
  name: string,
): AwstError {
  const identity = nameUnlessDefault(identityContext);
  const deviceState = stateOfDevice(name, userName, state.observed);
  const isOwn = deviceState === "enabled";
  const which = isOwn
    ? "it is enabled for your user"
    : deviceState === "others"
      ? "it belongs to another user"
      : "it is not enabled for any user";
  const freeName = firstFreeDeviceName(userName, [...takenNames(state), name]);
  return new AwstError("IAM_EXISTS", `the account has a device named "${name}": ${which}`, {
    hint: isOwn
      ? mfaCommand(identity, "replace", "--device", name)
      : mfaCommand(identity, "add", freeName),
  });
}

type CreateResult =
  | { readonly is: "created"; readonly enrolment: Enrolment; readonly seed: Secret }
  | { readonly is: "taken" }
  | { readonly is: "denied"; readonly error: unknown }
  /** No reply: a device of this name may exist, and its seed is lost. */
  | { readonly is: "unknown"; readonly enrolment: Enrolment; readonly error: unknown };

/** Errors: KEYCHAIN_* and FILE_UNWRITABLE before AWS is called, AWS_* if no device was created. */
async function createVirtualDevice(
  context: Context,
  mfa: MfaContext,
  name: string,
  keepsSeed: boolean,
): Promise<CreateResult> {
  const { identityContext, iam } = mfa;
  await reservePendingSeed(context, identityContext);
  const since = context.clock().awsNow.toISOString();
  const started: Enrolment = { name, since, keepsSeed, isVerified: false };
  await updateMfaJournal(context, mfa, { enrolment: started });
  let created: Awaited<ReturnType<typeof iam.createVirtualMfaDevice>>;
  try {
    created = await iam.createVirtualMfaDevice(name);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    if (error.effect === "unknown") return { is: "unknown", enrolment: started, error };
    await deletePendingSeed(context, identityContext);
    await updateMfaJournal(context, mfa, { enrolment: undefined });
    if (isAwstError(error, "IAM_EXISTS")) return { is: "taken" };
    if (isAwstError(error, "AWS_DENIED")) return { is: "denied", error };
    throw error;
  }
  const enrolment = { ...started, serial: created.serial };
  try {
    await storePendingSeed(context, identityContext, created.serial, created.seed);
  } catch (error) {
    return { is: "unknown", enrolment, error };
  }
  await updateMfaJournal(context, mfa, { enrolment });
  return { is: "created", enrolment, seed: created.seed };
}
