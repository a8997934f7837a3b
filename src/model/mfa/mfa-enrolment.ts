// Decides what happens next to a new device, from what AWS and the keychain have of it. A run that was
// started and a run that resumes decide alike: the device ends verified or deleted. A device that AWS enabled
// is never deleted, since the user may have no other: its seed stays in the keychain, and the next run verifies
// the device. The same holds for a device whose deletion AWS denies.

import type { Secret } from "../secret.ts";
import type { Enrolment } from "./mfa-journal.ts";
import { nameOfDevice } from "./own-devices.ts";

/** `others`: assigned to another user. `unknown`: the policy denies listing devices. */
export type DeviceState = "absent" | "unassigned" | "enabled" | "others" | "unknown";

export interface EnrolmentFacts {
  readonly deviceState: DeviceState;
  readonly hasSeed: boolean;
  /** One of its codes opened an MFA session. */
  readonly isVerified: boolean;
  /** The user interrupted the enrolment, or asked for another name, before AWS enabled the device. */
  readonly isCancelled: boolean;
  /** AWS denied its deletion in this run. */
  readonly deletionDenied: boolean;
}

export type EnrolmentStep =
  /** No enrolment is started: create a device. */
  | "create"
  /** Enable the device with two codes. */
  | "enable"
  /** Open an MFA session with a third code. */
  | "verify"
  /** Store or delete the seed and close the journal. */
  | "complete"
  /** The device is not enabled, and cannot be completed or is cancelled. */
  | "delete"
  /** AWS has no such device: delete the local seed and journal entry too. */
  | "forget"
  /** AWS keeps the device: the next run completes it, or an administrator deletes it. */
  | "abandon";

/** Returns the next step. `facts` undefined: no enrolment is started. */
export function nextEnrolmentStep(facts: EnrolmentFacts | undefined): EnrolmentStep {
  if (facts === undefined) return "create";
  const { deviceState, hasSeed, isVerified, isCancelled, deletionDenied } = facts;
  switch (deviceState) {
    case "absent":
    case "others":
      return "forget";
    case "enabled":
      return isVerified ? "complete" : "verify";
    case "unassigned":
    case "unknown":
      if (hasSeed && !isCancelled) return "enable";
      return deletionDenied ? "abandon" : "delete";
  }
}

export interface ObservedDevices {
  /** The user's own devices. undefined: AWS denied the call. */
  readonly enabled: readonly { readonly serial: string }[] | undefined;
  /** The account's virtual devices. undefined: AWS denied the call. */
  readonly virtual:
    | readonly { readonly serial: string; readonly userName: string | undefined }[]
    | undefined;
}

/** Returns the state of one device. `which`: its serial, or its name while the serial is unknown. */
export function stateOfDevice(
  which: string,
  userName: string,
  { enabled, virtual }: ObservedDevices,
): DeviceState {
  const isSame = ({ serial }: { readonly serial: string }) =>
    which.startsWith("arn:")
      ? serial === which
      : /:mfa\//.test(serial) && nameOfDevice(serial) === which;
  if (enabled?.some(isSame)) return "enabled";
  const listed = virtual?.find(isSame);
  if (listed?.userName !== undefined) return listed.userName === userName ? "enabled" : "others";
  if (listed !== undefined) return "unassigned";
  return virtual === undefined ? "unknown" : "absent";
}

/** An enrolment during a run. Each step and each observation changes it. */
export interface EnrolmentState {
  enrolment: Enrolment | undefined;
  /** The serial that AWS returned, or the expected one. */
  serial: string;
  seed: Secret | undefined;
  deviceState: DeviceState;
  isCancelled: boolean;
  deletionDenied: boolean;
  observed: ObservedDevices;
  /** Names that were tried and cannot be used. */
  readonly unavailableNames: string[];
  /** The error when AWS denied the first name. */
  nameDenial: unknown;
  /** Number of calls whose reply was lost. */
  lostReplies: number;
  /** An earlier run started this enrolment. */
  isResumed: boolean;
}

/** Returns what `nextEnrolmentStep` decides from. */
export function enrolmentFacts(state: EnrolmentState): EnrolmentFacts | undefined {
  const { enrolment, deviceState, seed, isCancelled, deletionDenied } = state;
  if (enrolment === undefined) return undefined;
  const { isVerified } = enrolment;
  return { deviceState, hasSeed: seed !== undefined, isVerified, isCancelled, deletionDenied };
}

/** Returns the names of existing devices and those that cannot be used. */
export function takenNames({ observed, unavailableNames }: EnrolmentState): readonly string[] {
  const listed = [...(observed.virtual ?? []), ...(observed.enabled ?? [])];
  return [...listed.map(({ serial }) => nameOfDevice(serial)), ...unavailableNames];
}
