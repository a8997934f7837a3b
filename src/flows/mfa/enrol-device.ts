// Enrols a virtual device: creates, enables and verifies it, or resumes where an earlier run stopped. Its
// seed is in the keychain until then. An enrolment that fails before AWS enabled the device is rolled back; the
// next run completes an enabled device, and one whose deletion AWS denies.

import { AwstError, isAwstError } from "../../model/errors.ts";
import {
  type EnrolmentState,
  enrolmentFacts,
  nextEnrolmentStep,
} from "../../model/mfa/mfa-enrolment.ts";
import { type MfaJournal, resumeCommand } from "../../model/mfa/mfa-journal.ts";
import {
  deletionCommand,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "../../model/mfa/own-devices.ts";
import type { Secret } from "../../model/secret.ts";
import type { MfaSession } from "../../model/session/session.ts";
import { type NewDevice, newDeviceLines, newDeviceUri } from "../../output/mfa/device-display.ts";
import { drawModules } from "../../output/mfa/qr-drawing.ts";
import type { Context } from "../../ports.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { forgetStoredSeed, readStoredSeed, writeStoredSeed } from "../session/stored-seed.ts";
import { createDevice } from "./create-device.ts";
import {
  deletePendingSeed,
  loadEnrolment,
  observeEnrolment,
  readMfaJournal,
  updateMfaJournal,
} from "./enrolment-journal.ts";
import type { MfaContext, NewDeviceRequest } from "./open-devices.ts";
import { deleteDevice } from "./remove-device.ts";
import { type CodeDevice, enableDevice, verifyDevice } from "./verify-device.ts";

export interface EnrolledDevice {
  readonly identity: string;
  readonly serial: string;
  /** undefined: an earlier run verified the device. */
  readonly session: MfaSession | undefined;
  readonly isStored: boolean;
  /** An earlier run started the enrolment. */
  readonly isResumed: boolean;
}

/** Errors: INTERRUPTED, CODE_NEEDED, DEVICE_NAME_DENIED, IAM_*, KEYCHAIN_*, AWS_*. */
export async function enrolDevice(
  context: Context,
  mfa: MfaContext,
  request: NewDeviceRequest,
): Promise<EnrolledDevice> {
  const state = await loadEnrolment(context, mfa);
  reportResumed(context, state, request);
  let session: MfaSession | undefined;
  try {
    for (;;) {
      const step = nextEnrolmentStep(enrolmentFacts(state));
      const { enrolment } = state;
      if (step === "create" || enrolment === undefined) {
        await createDevice(context, mfa, state, request);
      } else if (step === "enable") {
        await showAndEnable(context, mfa, state, request);
      } else if (step === "verify") {
        const device = codeDevice(state, request);
        session = await verifyDevice(context, mfa, device, request.user.purpose);
        state.enrolment = { ...enrolment, isVerified: true };
        await updateMfaJournal(context, mfa, { enrolment: state.enrolment });
      } else if (step === "complete") {
        const isStored = await completeEnrolment(context, mfa, state, request);
        const { serial, isResumed } = state;
        return {
          identity: mfa.identityContext.identity.name,
          serial,
          session,
          isStored,
          isResumed,
        };
      } else {
        await runRollbackStep(context, mfa, state, step);
      }
    }
  } catch (error) {
    await rollBackEnrolment(context, mfa, state, error);
    throw error;
  }
}

/** Cancels an enrolment of another name than the requested one, unless its device is enabled already. */
function reportResumed(context: Context, state: EnrolmentState, request: NewDeviceRequest): void {
  const { enrolment, deviceState, seed } = state;
  if (enrolment === undefined) return;
  const isOther = request.name !== undefined && request.name !== enrolment.name;
  state.isCancelled = isOther && deviceState !== "enabled";
  if (!state.isCancelled && (deviceState === "enabled" || seed !== undefined)) {
    state.isResumed = true;
    context.say(`resuming the enrolment of device ${enrolment.name}, which an earlier run started`);
  }
}

async function showAndEnable(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
  request: NewDeviceRequest,
): Promise<void> {
  const device = codeDevice(state, request);
  const { seed, serial } = device;
  if (seed === undefined) throw new Error(`no seed of ${serial}`);
  const name = state.enrolment?.name ?? "";
  await showDevice(context, mfa, { name, serial, seed }, request.asText);
  const result = await enableDevice(context, mfa, device);
  if (result === "enabled") state.deviceState = "enabled";
  if (result === "absent") {
    state.deviceState = "absent";
    throw new AwstError("IAM_ABSENT", `AWS no longer has device ${name}`, {
      hint: request.user.retry,
    });
  }
  if (result === "unknown") {
    state.lostReplies += 1;
    await observeEnrolment(context, mfa, state);
  }
}

/** Shows the QR code and the seed on the terminal. `asText`: without the QR code (screen readers). */
async function showDevice(
  context: Context,
  { identityContext, userName }: MfaContext,
  shown: { readonly name: string; readonly serial: string; readonly seed: Secret },
  asText: boolean,
): Promise<void> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) return;
  const accountId =
    /^arn:[^:]+:iam::(\d{12}):/.exec(shown.serial)?.[1] ?? identityContext.identity.accountId;
  const accounts = [...identityContext.configuration.accounts.values()];
  const accountName = accounts.find(({ id }) => id === accountId)?.name;
  const device: NewDevice = { ...shown, userName, accountId, accountName };
  const qr = asText ? undefined : await context.qr();
  // COLORFGBG ends with the background's number: 7 and more are light, except 8. Most terminals are dark.
  const background = Number(context.env["COLORFGBG"]?.split(";").at(-1) ?? "0");
  const dark = background < 7 || background === 8;
  let isTall = false;
  await terminal.show(({ columns, rows }) => {
    const drawing = qr && drawModules(qr.encode(newDeviceUri(device)), { columns, dark });
    isTall = drawing !== undefined && "lines" in drawing && drawing.lines.length + 8 > rows;
    return newDeviceLines(device, drawing);
  });
  if (isTall)
    context.say("the QR code is taller than this window: enlarge the window or scroll up");
}

/** Stores or deletes the seed and closes the journal. Returns whether the seed is stored. */
async function completeEnrolment(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
  request: NewDeviceRequest,
): Promise<boolean> {
  const { identityContext } = mfa;
  const { serial, seed } = state;
  const isStored = keepsSeed(state, request) && seed !== undefined;
  if (isStored) await writeStoredSeed(context, identityContext, serial, seed);
  else await deleteOlderSeed(context, identityContext, state);
  await deletePendingSeed(context, identityContext);
  // One write: a crash must not leave a replacement that would enrol a second new device.
  const { replacement } = readMfaJournal(context, mfa);
  await updateMfaJournal(context, mfa, {
    enrolment: undefined,
    ...(replacement && { replacement: { ...replacement, fresh: serial } }),
  });
  context.state.record("mfa-device-added", {
    identity: identityContext.identity.name,
    device: serial,
  });
  return isStored;
}

/** Deletes a stored seed of an earlier device that had the same serial. */
async function deleteOlderSeed(
  context: Context,
  identityContext: IdentityContext,
  { serial, seed }: EnrolmentState,
): Promise<void> {
  const stored = await readStoredSeed(context, identityContext, serial);
  if (seed === undefined || stored === undefined || stored.equals(seed)) return;
  await forgetStoredSeed(context, identityContext, serial);
  context.say(`deleted the stored seed of an earlier device named ${nameOfDevice(serial)}`);
}

/** After an error: rolls back an enrolment that was interrupted or refused, and keeps for the next run a device
 *  that is enabled and one whose state is unknown. */
async function rollBackEnrolment(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
  error: unknown,
): Promise<void> {
  const { enrolment } = state;
  if (!isAwstError(error) || enrolment === undefined) return;
  const { name } = enrolment;
  const command = resumeCommand(readMfaJournal(context, mfa));
  const work = command === "add" ? "its enrolment" : "the replacement";
  const resume = `to resume ${work}: ${mfaCommand(nameUnlessDefault(mfa.identityContext), command)}`;
  if (!mustRollBack(error, state)) {
    const isEnabled = state.deviceState === "enabled";
    const status = isEnabled ? "is enabled, and not verified yet" : "is not verified yet";
    context.say(`device ${name} ${status}; ${resume}`);
    return;
  }
  state.isCancelled = true;
  try {
    while (state.enrolment !== undefined) {
      const step = nextEnrolmentStep(enrolmentFacts(state));
      if (step === "abandon" && state.seed !== undefined) {
        context.say(`AWS denied the deletion of device ${name}; ${resume}`);
        return;
      }
      if (!isRollbackStep(step)) return;
      await runRollbackStep(context, mfa, state, step);
    }
    if (!state.unavailableNames.includes(name)) context.say(`deleted the new device ${name}`);
  } catch (failure) {
    if (!isAwstError(failure)) throw failure;
    context.say(`device ${name} was not deleted (${failure.message}); ${resume}`);
  }
}

/** An enabled device works, and may be the user's only one: nothing rolls it back. */
function mustRollBack(error: AwstError, { deviceState }: EnrolmentState): boolean {
  if (deviceState === "enabled") return false;
  if (error.code === "INTERRUPTED") return true;
  if (error.effect === "unknown") return false;
  return !["AWS_UNREACHABLE", "AWS_THROTTLED", "AWS_RESPONSE_MALFORMED"].includes(error.code);
}

type RollbackStep = "delete" | "forget" | "abandon";

function isRollbackStep(step: string): step is RollbackStep {
  return ["delete", "forget", "abandon"].includes(step);
}

/** Errors: AWS_*, KEYCHAIN_*. */
async function runRollbackStep(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
  step: RollbackStep,
): Promise<void> {
  const name = state.enrolment?.name ?? "";
  if (step === "delete") {
    const result = await deleteDevice(context, mfa, state.serial);
    if (result === "deleted") state.deviceState = "absent";
    else state.deletionDenied = true;
  } else if (step === "abandon" && state.seed !== undefined) {
    context.say(`AWS denied the deletion of device ${name}: completing its enrolment first`);
    state.isCancelled = false;
    state.isResumed = true;
  } else {
    if (step === "abandon") {
      state.unavailableNames.push(name);
      context.say(`device ${name} stays in the account and cannot be used: its seed was lost`);
      context.say(`an administrator can delete the device: ${deletionCommand(state.serial)}`);
    }
    await forgetEnrolment(context, mfa, state);
  }
}

async function forgetEnrolment(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
): Promise<void> {
  await deletePendingSeed(context, mfa.identityContext);
  await updateMfaJournal(context, mfa, { enrolment: undefined });
  const { enabled, virtual } = state.observed;
  state.observed = {
    enabled: enabled?.filter(({ serial }) => serial !== state.serial),
    virtual: virtual?.filter(({ serial }) => serial !== state.serial),
  };
  state.enrolment = undefined;
  state.seed = undefined;
  state.isCancelled = false;
  state.deletionDenied = false;
}

/** Throws CODE_NEEDED if codes have to be typed and there is no terminal. */
export async function requireTerminal(
  context: Context,
  journal: MfaJournal,
  request: NewDeviceRequest,
): Promise<void> {
  if (keepsSeed(journal, request) || (await context.terminal()).isHere()) return;
  const { retry } = request.user;
  throw new AwstError("CODE_NEEDED", "no terminal to prompt for the new device's MFA codes", {
    hint: retry.includes(" --store") ? retry : `${retry} --store`,
  });
}

function codeDevice(state: EnrolmentState, request: NewDeviceRequest): CodeDevice {
  const { serial, seed } = state;
  const generatesCodes = keepsSeed(state, request) && seed !== undefined;
  return { serial, seed, generatesCodes, retry: request.user.retry };
}

function keepsSeed({ enrolment }: Pick<MfaJournal, "enrolment">, { store }: NewDeviceRequest) {
  return store || enrolment?.keepsSeed === true;
}
