// What there is of an enrolment when a run begins, and after an answer was lost.

import { type AwstError, isAwstError } from "../../model/errors.ts";
import {
  type EnrolmentState,
  enrolmentFacts,
  nextEnrolmentStep,
} from "../../model/mfa/mfa-enrolment.ts";
import { deletionCommand, mfaCommand, nameUnlessDefault } from "../../model/mfa/own-devices.ts";
import { deletePendingSeed, updateMfaJournal } from "./enrolment-journal.ts";
import type { DeviceNeeds, MfaContext } from "./open-devices.ts";
import { deactivateDevice, deleteDevice } from "./remove-device.ts";

type RollbackStep = "deactivate" | "delete" | "forget" | "abandon";

/** Errors: AWS_*, KEYCHAIN_*. */
export async function runRollbackStep(
  context: DeviceNeeds,
  mfa: MfaContext,
  it: EnrolmentState,
  step: RollbackStep,
): Promise<void> {
  const name = it.enrolment?.name ?? "";
  if (step === "deactivate") {
    try {
      await deactivateDevice(context, mfa, it.serial);
      it.deviceState = "unassigned";
    } catch (error) {
      if (!isAwstError(error, "AWS_DENIED")) throw error;
      it.deletionDenied = true;
    }
  } else if (step === "delete") {
    const outcome = await deleteDevice(context, mfa, it.serial);
    if (outcome === "deleted") it.deviceState = "absent";
    else it.deletionDenied = true;
  } else if (step === "abandon" && it.seed !== undefined) {
    // It can't go, so it is finished after all.
    context.say(`AWS does not let device ${name} be removed: it is finished first`);
    it.isCancelled = false;
    it.isResumed = true;
  } else {
    if (step === "abandon") {
      it.unavailableNames.push(name);
      context.say(
        `device ${name} stays in the account, of no use to anybody: its seed was lost. An administrator can remove it: ${deletionCommand(it.serial)}`,
      );
    }
    await forget(context, mfa, it);
  }
}

/** After an error: an interrupted or refused enrolment goes, one whose call was lost is left to the next run. */
export async function rollBackEnrolment(
  context: DeviceNeeds,
  mfa: MfaContext,
  it: EnrolmentState,
  error: unknown,
): Promise<void> {
  const { enrolment } = it;
  if (!isAwstError(error) || enrolment === undefined) return;
  const { name } = enrolment;
  const later = `the next \`${mfaCommand(nameUnlessDefault(mfa.identityContext), "add")}\` goes on with it`;
  if (!mustRollBack(error, it)) {
    context.say(`device ${name} is begun and not finished: ${later}`);
    return;
  }
  it.isCancelled = true;
  try {
    while (it.enrolment !== undefined) {
      const step = nextEnrolmentStep(enrolmentFacts(it));
      if (step === "abandon" && it.seed !== undefined) {
        context.say(`AWS does not let device ${name} be removed: ${later}`);
        return;
      }
      if (!isRollbackStep(step)) return;
      await runRollbackStep(context, mfa, it, step);
    }
    if (!it.unavailableNames.includes(name)) context.say(`device ${name} is removed again`);
  } catch (failed) {
    if (!isAwstError(failed)) throw failed;
    context.say(`device ${name} could not be removed again (${failed.message}): ${later}`);
  }
}

/** What was enabled goes only with the person's will: it may work. */
function mustRollBack(error: AwstError, { deviceState: device }: EnrolmentState): boolean {
  if (error.code === "INTERRUPTED") return true;
  if (device === "enabled" || error.fate === "unknown") return false;
  return !["AWS_UNREACHABLE", "AWS_THROTTLED", "AWS_UNINTELLIGIBLE"].includes(error.code);
}

function isRollbackStep(step: string): step is RollbackStep {
  return ["deactivate", "delete", "forget", "abandon"].includes(step);
}

async function forget(context: DeviceNeeds, mfa: MfaContext, it: EnrolmentState): Promise<void> {
  const { identityContext, userName } = mfa;
  await deletePendingSeed(context, identityContext);
  await updateMfaJournal(context, identityContext, userName, { enrolment: undefined });
  const isIt = ({ serial }: { readonly serial: string }) => serial === it.serial;
  it.observed = {
    enabled: it.observed.enabled?.filter((each) => !isIt(each)),
    virtual: it.observed.virtual?.filter((each) => !isIt(each)),
  };
  it.enrolment = undefined;
  it.seed = undefined;
  it.isCancelled = false;
  it.deletionDenied = false;
}
