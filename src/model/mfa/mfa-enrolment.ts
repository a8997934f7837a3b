// What becomes of a device that was begun: decided from what is seen of it at AWS and in the keychain,
// the same for the run that began it and for one that finds it. Enabled and proved, or gone; where AWS
// lets it not go, its seed stays, and the next run finishes it.

import type { Secret } from "../secret.ts";
import type { Enrolment } from "./mfa-journal.ts";
import { nameOfDevice } from "./own-devices.ts";

/** `others`: somebody else has it. `unknown`: the policy lets nobody look. */
export type DeviceState = "absent" | "unassigned" | "enabled" | "others" | "unknown";

export interface EnrolmentFacts {
  readonly device: DeviceState;
  readonly seedIsHere: boolean;
  /** A code of it opened a session. */
  readonly isProved: boolean;
  /** Given up by the person, or another name is asked for. */
  readonly isUnwanted: boolean;
  /** AWS denied its removal just now. */
  readonly isStuck: boolean;
}

export type EnrolmentStep =
  /** Nothing is begun: make one. */
  | "create"
  /** Two codes. */
  | "enable"
  /** A third one, for STS. */
  | "prove"
  /** The seed goes where it was asked to be; then it is done. */
  | "settle"
  /** It can't be finished, or is not to be. */
  | "delete"
  | "deactivate"
  /** Nothing of it is left at AWS: neither here. */
  | "forget"
  /** It stays at AWS: with its seed for the next run, without one for an administrator. */
  | "leave";

/** `facts` undefined: nothing is begun. */
export function nextEnrolmentStep(facts: EnrolmentFacts | undefined): EnrolmentStep {
  if (facts === undefined) return "create";
  const { device, seedIsHere, isProved, isUnwanted, isStuck } = facts;
  switch (device) {
    case "absent":
    case "others":
      return "forget";
    case "enabled":
      if (isProved) return "settle";
      if (!isUnwanted) return "prove";
      return isStuck ? "leave" : "deactivate";
    case "unassigned":
    case "unknown":
      if (seedIsHere && !isUnwanted) return "enable";
      return isStuck ? "leave" : "delete";
  }
}

export interface SeenDevices {
  /** The user's own; undefined: AWS denied the look. */
  readonly enabled: readonly { readonly serial: string }[] | undefined;
  /** The account's virtual ones; undefined: AWS denied the look. */
  readonly virtual:
    | readonly { readonly serial: string; readonly userName: string | undefined }[]
    | undefined;
}

/** `which`: a serial, or the name where AWS has not told the serial yet. */
export function stateOfDevice(which: string, userName: string, seen: SeenDevices): DeviceState {
  const isIt = ({ serial }: { readonly serial: string }) =>
    which.startsWith("arn:")
      ? serial === which
      : /:mfa\//.test(serial) && nameOfDevice(serial) === which;
  if (seen.enabled?.some(isIt)) return "enabled";
  const listed = seen.virtual?.find(isIt);
  if (listed?.userName !== undefined) return listed.userName === userName ? "enabled" : "others";
  if (listed !== undefined) return "unassigned";
  return seen.virtual === undefined ? "unknown" : "absent";
}

/** One enrolment on its way: what is known of it, as steps and looks change it. */
export interface Enrolling {
  enrolment: Enrolment | undefined;
  /** As AWS told it, or as it is to be expected. */
  serial: string;
  seed: Secret | undefined;
  device: DeviceState;
  isUnwanted: boolean;
  isStuck: boolean;
  seen: SeenDevices;
  /** Names that can't be had. */
  readonly passedOver: string[];
  /** AWS denied the first name. */
  denial: unknown;
  /** Calls whose answer was lost. */
  losses: number;
  wasBegun: boolean;
}

export function factsOf(it: Enrolling): EnrolmentFacts | undefined {
  const { enrolment, device, seed, isUnwanted, isStuck } = it;
  if (enrolment === undefined) return undefined;
  const { isProved } = enrolment;
  return { device, seedIsHere: seed !== undefined, isProved, isUnwanted, isStuck };
}

/** Names of virtual devices that are there, or can't be had. */
export function takenNames({ seen, passedOver }: Enrolling): readonly string[] {
  const listed = [...(seen.virtual ?? []), ...(seen.enabled ?? [])];
  return [...listed.map(({ serial }) => nameOfDevice(serial)), ...passedOver];
}
