// `mfa add`: a new virtual device, from nothing to a code that STS took; or the one that an earlier run
// began; or what is left of a replacement.

import { isReplacing } from "../../model/device/mfa-journal.ts";
import { nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { refuseNinth } from "../../model/device/own-devices.ts";
import { type EnrolledDevice, enrolDevice } from "./enrol-device.ts";
import { findUnproved } from "./find-unproved.ts";
import { goOnReplacing } from "./go-on-replacing.ts";
import { type DeviceNeeds, holdDevices, type NewDeviceWish, withHands } from "./hold-devices.ts";
import { changeMfaJournal, readMfaJournal } from "./keep-mfa-journal.ts";
import { requireTyper } from "./require-typer.ts";

/** Errors: those of `enrolDevice` and of `asUser`; CODE_NEEDED before anything, with nobody to type codes. */
export async function addDevice(world: DeviceNeeds, wish: NewDeviceWish): Promise<EnrolledDevice> {
  return holdDevices(world, wish.identity, wish.user.words, async (own) => {
    const journal = await readMfaJournal(world, own.caller, own.userName);
    await requireTyper(world, wish.store || journal.enrolment?.keepsSeed === true, wish.user.retry);
    if (isReplacing(journal)) return (await goOnReplacing(world, own, wish)).added;
    if (journal.enrolment === undefined) {
      refuseNinth(own.userName, own.enabled ?? [], nameUnlessDefault(own.caller));
    }
    // One that came to nothing: this device replaces none.
    await changeMfaJournal(world, own.caller, own.userName, { replacement: undefined });
    const isEnabled = (await findUnproved(world, own)) !== undefined;
    if (isEnabled) return enrolDevice(world, own, wish);
    return withHands(world, own, wish.user, (hands) => enrolDevice(world, hands, wish));
  });
}
