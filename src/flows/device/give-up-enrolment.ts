// An enrolment that is not to be, or can't be, finished: taken back as far as AWS lets.

import { deletionLine } from "../../model/device/device-names.ts";
import { type Enrolling, factsOf, nextEnrolmentStep } from "../../model/device/mfa-enrolment.ts";
import { mfaLine, nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import type { DeviceHands, DeviceNeeds } from "./hold-devices.ts";
import { changeMfaJournal, dropPendingSeed } from "./keep-mfa-journal.ts";
import { deactivateDevice, deleteDevice } from "./take-away-device.ts";

type AwayStep = "deactivate" | "delete" | "forget" | "leave";

/** Errors: AWS_*, KEYCHAIN_*. */
export async function clearAway(
  world: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  step: AwayStep,
): Promise<void> {
  const name = it.enrolment?.name ?? "";
  if (step === "deactivate") {
    try {
      await deactivateDevice(world, hands, it.serial);
      it.device = "unassigned";
    } catch (error) {
      if (!isAwstError(error, "AWS_DENIED")) throw error;
      it.isStuck = true;
    }
  } else if (step === "delete") {
    const outcome = await deleteDevice(world, hands, it.serial);
    if (outcome === "deleted") it.device = "absent";
    else it.isStuck = true;
  } else if (step === "leave" && it.seed !== undefined) {
    // It can't go, so it is finished after all.
    world.say(`AWS does not let device ${name} be removed: it is finished first`);
    it.isUnwanted = false;
    it.wasBegun = true;
  } else {
    if (step === "leave") {
      it.passedOver.push(name);
      world.say(
        `device ${name} stays in the account, of no use to anybody: its seed was lost. An administrator can remove it: ${deletionLine(it.serial)}`,
      );
    }
    await forget(world, hands, it);
  }
}

/** After an error: an interrupted or refused enrolment goes, one whose call was lost is left to the next run. */
export async function giveUpEnrolment(
  world: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  error: unknown,
): Promise<void> {
  const { enrolment } = it;
  if (!isAwstError(error) || enrolment === undefined) return;
  const { name } = enrolment;
  const later = `the next \`${mfaLine(nameUnlessDefault(hands.caller), "add")}\` goes on with it`;
  if (!endsIt(error, it)) {
    world.say(`device ${name} is begun and not finished: ${later}`);
    return;
  }
  it.isUnwanted = true;
  try {
    while (it.enrolment !== undefined) {
      const step = nextEnrolmentStep(factsOf(it));
      if (step === "leave" && it.seed !== undefined) {
        world.say(`AWS does not let device ${name} be removed: ${later}`);
        return;
      }
      if (!isAway(step)) return;
      await clearAway(world, hands, it, step);
    }
    if (!it.passedOver.includes(name)) world.say(`device ${name} is removed again`);
  } catch (failed) {
    if (!isAwstError(failed)) throw failed;
    world.say(`device ${name} could not be removed again (${failed.message}): ${later}`);
  }
}

/** What was enabled goes only with the person's will: it may work. */
function endsIt(error: AwstError, { device }: Enrolling): boolean {
  if (error.code === "INTERRUPTED") return true;
  if (device === "enabled" || error.fate === "unknown") return false;
  return !["AWS_UNREACHABLE", "AWS_THROTTLED", "AWS_UNINTELLIGIBLE"].includes(error.code);
}

function isAway(step: string): step is AwayStep {
  return ["deactivate", "delete", "forget", "leave"].includes(step);
}

async function forget(world: DeviceNeeds, hands: DeviceHands, it: Enrolling): Promise<void> {
  const { caller, userName } = hands;
  await dropPendingSeed(world, caller);
  await changeMfaJournal(world, caller, userName, { enrolment: undefined });
  const isIt = ({ serial }: { readonly serial: string }) => serial === it.serial;
  it.seen = {
    enabled: it.seen.enabled?.filter((each) => !isIt(each)),
    virtual: it.seen.virtual?.filter((each) => !isIt(each)),
  };
  it.enrolment = undefined;
  it.seed = undefined;
  it.isUnwanted = false;
  it.isStuck = false;
}
