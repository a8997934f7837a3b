// What there is of an enrolment when a run begins, and after an answer was lost.

import { partitionOf } from "../../model/aws/partition.ts";
import { clockName, clockOf } from "../../model/clock.ts";
import { type Enrolling, stateOfDevice } from "../../model/device/mfa-enrolment.ts";
import { nameOfDevice } from "../../model/device/own-devices.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import type { DeviceHands, DeviceNeeds } from "./hold-devices.ts";
import { dropPendingSeed, readMfaJournal, readPendingSeed } from "./keep-mfa-journal.ts";
import { lookAtDevices } from "./look-at-devices.ts";

/** Errors: AWS_*, KEYCHAIN_*. */
export async function openEnrolment(world: DeviceNeeds, hands: DeviceHands): Promise<Enrolling> {
  const { caller, userName } = hands;
  const { enrolment } = await readMfaJournal(world, caller, userName);
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
  await lookAgain(world, hands, it);
  if (enrolment === undefined) {
    // Of a run that was killed before it wrote down what it is for, or after.
    await dropPendingSeed(world, caller);
    return it;
  }
  it.seed = await readPendingSeed(world, caller, it.serial);
  // Any session that its code opened is a proof; one of an older device may have had the same serial.
  const kept = await readMfaSession(world, caller);
  const isProof = kept?.device === it.serial && kept.codeAt > new Date(enrolment.since);
  if (isProof) it.enrolment = { ...enrolment, isProved: true };
  return it;
}

/** Errors: AWS_*. */
export async function lookAgain(
  world: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
): Promise<void> {
  it.seen = await lookAtDevices(world, hands);
  const { enrolment, seen } = it;
  if (enrolment === undefined) return;
  const { name } = enrolment;
  const listed = [...(seen.enabled ?? []), ...(seen.virtual ?? [])];
  const found = listed.find(
    ({ serial }) => serial.includes(":mfa/") && nameOfDevice(serial) === name,
  );
  const { identity, region } = hands.caller;
  const account = identity.accountId ?? /:(\d{12}):/.exec(listed[0]?.serial ?? "")?.[1] ?? "";
  const guess = `arn:${partitionOf(region).name}:iam::${account}:mfa/${name}`;
  it.serial = enrolment.serial ?? found?.serial ?? guess;
  it.device = stateOfDevice(enrolment.serial ?? name, hands.userName, seen);
}

/** AWS's time, as last seen. */
export async function askAwsTime(world: Pick<DeviceNeeds, "state" | "now">): Promise<Date> {
  return clockOf(world.state.read(clockName), world.now()).awsNow;
}
