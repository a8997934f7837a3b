// What there is of an enrolment when a run begins, and after an answer was lost.

import { partitionOf } from "../../model/aws/partition.ts";
import { clockName, clockOf } from "../../model/clock.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import { deletionLine } from "../../model/mfa/device-names.ts";
import {
  type Enrolling,
  factsOf,
  nextEnrolmentStep,
  stateOfDevice,
} from "../../model/mfa/mfa-enrolment.ts";
import { mfaLine, nameUnlessDefault } from "../../model/mfa/mfa-line.ts";
import { nameOfDevice } from "../../model/mfa/own-devices.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import {
  type DeviceHands,
  type DeviceNeeds,
  lookAtDevices,
  type OwnDevices,
} from "./hold-devices.ts";
import {
  changeMfaJournal,
  dropPendingSeed,
  readMfaJournal,
  readPendingSeed,
} from "./keep-mfa-journal.ts";
import { deactivateDevice, deleteDevice } from "./take-away-device.ts";

/** Errors: AWS_*, KEYCHAIN_*. */
export async function openEnrolment(context: DeviceNeeds, hands: DeviceHands): Promise<Enrolling> {
  const { identityContext, userName } = hands;
  const { enrolment } = await readMfaJournal(context, identityContext, userName);
  const it: Enrolling = {
    enrolment,
    serial: "",
    seed: undefined,
    device: "absent",
    isUnwanted: false,
    isStuck: false,
    seen: { enabled: undefined, virtual: undefined },
    passedOver: [],
    denial: undefined,
    losses: 0,
    wasBegun: false,
  };
  await lookAgain(context, hands, it);
  if (enrolment === undefined) {
    // Of a run that was killed before it wrote down what it is for, or after.
    await dropPendingSeed(context, identityContext);
    return it;
  }
  it.seed = await readPendingSeed(context, identityContext, it.serial);
  // Any session that its code opened is a proof; one of an older device may have had the same serial.
  const kept = await readMfaSession(context, identityContext);
  const isProof = kept?.device === it.serial && kept.codeAt > new Date(enrolment.since);
  if (isProof) it.enrolment = { ...enrolment, isProved: true };
  return it;
}

/** Errors: AWS_*. */
export async function lookAgain(
  context: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
): Promise<void> {
  it.seen = await lookAtDevices(context, hands);
  const { enrolment, seen } = it;
  if (enrolment === undefined) return;
  const { name } = enrolment;
  const listed = [...(seen.enabled ?? []), ...(seen.virtual ?? [])];
  const found = listed.find(
    ({ serial }) => serial.includes(":mfa/") && nameOfDevice(serial) === name,
  );
  const { identity, region } = hands.identityContext;
  const account = identity.accountId ?? /:(\d{12}):/.exec(listed[0]?.serial ?? "")?.[1] ?? "";
  const guess = `arn:${partitionOf(region).name}:iam::${account}:mfa/${name}`;
  it.serial = enrolment.serial ?? found?.serial ?? guess;
  it.device = stateOfDevice(enrolment.serial ?? name, hands.userName, seen);
}

/** AWS's time, as last seen. */
export async function askAwsTime(context: Pick<DeviceNeeds, "state" | "now">): Promise<Date> {
  return clockOf(context.state.read(clockName), context.now()).awsNow;
}

type AwayStep = "deactivate" | "delete" | "forget" | "leave";

/** Errors: AWS_*, KEYCHAIN_*. */
export async function clearAway(
  context: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  step: AwayStep,
): Promise<void> {
  const name = it.enrolment?.name ?? "";
  if (step === "deactivate") {
    try {
      await deactivateDevice(context, hands, it.serial);
      it.device = "unassigned";
    } catch (error) {
      if (!isAwstError(error, "AWS_DENIED")) throw error;
      it.isStuck = true;
    }
  } else if (step === "delete") {
    const outcome = await deleteDevice(context, hands, it.serial);
    if (outcome === "deleted") it.device = "absent";
    else it.isStuck = true;
  } else if (step === "leave" && it.seed !== undefined) {
    // It can't go, so it is finished after all.
    context.say(`AWS does not let device ${name} be removed: it is finished first`);
    it.isUnwanted = false;
    it.wasBegun = true;
  } else {
    if (step === "leave") {
      it.passedOver.push(name);
      context.say(
        `device ${name} stays in the account, of no use to anybody: its seed was lost. An administrator can remove it: ${deletionLine(it.serial)}`,
      );
    }
    await forget(context, hands, it);
  }
}

/** After an error: an interrupted or refused enrolment goes, one whose call was lost is left to the next run. */
export async function giveUpEnrolment(
  context: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  error: unknown,
): Promise<void> {
  const { enrolment } = it;
  if (!isAwstError(error) || enrolment === undefined) return;
  const { name } = enrolment;
  const later = `the next \`${mfaLine(nameUnlessDefault(hands.identityContext), "add")}\` goes on with it`;
  if (!endsIt(error, it)) {
    context.say(`device ${name} is begun and not finished: ${later}`);
    return;
  }
  it.isUnwanted = true;
  try {
    while (it.enrolment !== undefined) {
      const step = nextEnrolmentStep(factsOf(it));
      if (step === "leave" && it.seed !== undefined) {
        context.say(`AWS does not let device ${name} be removed: ${later}`);
        return;
      }
      if (!isAway(step)) return;
      await clearAway(context, hands, it, step);
    }
    if (!it.passedOver.includes(name)) context.say(`device ${name} is removed again`);
  } catch (failed) {
    if (!isAwstError(failed)) throw failed;
    context.say(`device ${name} could not be removed again (${failed.message}): ${later}`);
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

async function forget(context: DeviceNeeds, hands: DeviceHands, it: Enrolling): Promise<void> {
  const { identityContext, userName } = hands;
  await dropPendingSeed(context, identityContext);
  await changeMfaJournal(context, identityContext, userName, { enrolment: undefined });
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

/** Its serial. */
export async function findUnproved(
  context: Pick<DeviceNeeds, "state">,
  { identityContext, userName, enabled }: OwnDevices,
): Promise<string | undefined> {
  const { enrolment } = await readMfaJournal(context, identityContext, userName);
  if (enrolment === undefined) return undefined;
  const isIt = (serial: string) =>
    enrolment.serial === undefined
      ? serial.includes(":mfa/") && nameOfDevice(serial) === enrolment.name
      : serial === enrolment.serial;
  return enabled?.find(({ serial }) => isIt(serial))?.serial;
}
