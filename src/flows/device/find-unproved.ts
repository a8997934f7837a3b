// The device of an unfinished enrolment, where it is enabled: what is left of it needs no session.

import { nameOfDevice } from "../../model/device/own-devices.ts";
import type { DeviceNeeds, OwnDevices } from "./hold-devices.ts";
import { readMfaJournal } from "./keep-mfa-journal.ts";

/** Its serial. */
export async function findUnproved(
  world: Pick<DeviceNeeds, "state">,
  { caller, userName, enabled }: OwnDevices,
): Promise<string | undefined> {
  const { enrolment } = await readMfaJournal(world, caller, userName);
  if (enrolment === undefined) return undefined;
  const isIt = (serial: string) =>
    enrolment.serial === undefined
      ? serial.includes(":mfa/") && nameOfDevice(serial) === enrolment.name
      : serial === enrolment.serial;
  return enabled?.find(({ serial }) => isIt(serial))?.serial;
}
