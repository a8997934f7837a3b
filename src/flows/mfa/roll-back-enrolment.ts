// Rolls back a new device: deactivates it, deletes it, and deletes its seed and its journal entry. After an
// error whose result is unknown, and where AWS denies the deletion, the next run resumes the enrolment.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import {
  type EnrolmentState,
  enrolmentFacts,
  nextEnrolmentStep,
} from "../../model/mfa/mfa-enrolment.ts";
import { deletionCommand, mfaCommand, nameUnlessDefault } from "../../model/mfa/own-devices.ts";
import type { Context } from "../../ports.ts";
import { deletePendingSeed, updateMfaJournal } from "./enrolment-journal.ts";
import type { MfaContext } from "./open-devices.ts";
import { deactivateDevice, deleteDevice } from "./remove-device.ts";

/** After an error: rolls back an enrolment that was interrupted or refused, and keeps one whose result is
 *  unknown for the next run. */
export async function rollBackEnrolment(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
  error: unknown,
): Promise<void> {
  const { enrolment } = state;
  if (!isAwstError(error) || enrolment === undefined) return;
  const { name } = enrolment;
  const resume = `to resume its enrolment: ${mfaCommand(nameUnlessDefault(mfa.identityContext), "add")}`;
  if (!mustRollBack(error, state)) {
    context.say(`device ${name} is not verified yet; ${resume}`);
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

/** An enabled device may work: only the user's interruption rolls it back. */
function mustRollBack(error: AwstError, { deviceState }: EnrolmentState): boolean {
  if (error.code === "INTERRUPTED") return true;
  if (deviceState === "enabled" || error.fate === "unknown") return false;
  return !["AWS_UNREACHABLE", "AWS_THROTTLED", "AWS_UNINTELLIGIBLE"].includes(error.code);
}

type RollbackStep = "deactivate" | "delete" | "forget" | "abandon";

function isRollbackStep(step: string): step is RollbackStep {
  return ["deactivate", "delete", "forget", "abandon"].includes(step);
}

/** Errors: AWS_*, KEYCHAIN_*. */
export async function runRollbackStep(
  context: Context,
  mfa: MfaContext,
  state: EnrolmentState,
  step: RollbackStep,
): Promise<void> {
  const name = state.enrolment?.name ?? "";
  if (step === "deactivate") {
    try {
      await deactivateDevice(context, mfa, state.serial);
      state.deviceState = "unassigned";
    } catch (error) {
      if (!isAwstError(error, "AWS_DENIED")) throw error;
      state.deletionDenied = true;
    }
  } else if (step === "delete") {
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
      context.say(
        `device ${name} stays in the account and cannot be used: its seed was lost. An administrator can delete it: ${deletionCommand(state.serial)}`,
      );
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
  updateMfaJournal(context, mfa, { enrolment: undefined });
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
