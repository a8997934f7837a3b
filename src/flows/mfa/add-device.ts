// `mfa add`: a new virtual device, from nothing to a code that STS took; or the one that an earlier run
// began; or what is left of a replacement.

import { isReplacing } from "../../model/mfa/mfa-journal.ts";
import { nameUnlessDefault } from "../../model/mfa/mfa-line.ts";
import { refuseNinth } from "../../model/mfa/own-devices.ts";
import { type EnrolledDevice, enrolDevice, requireTyper } from "./enrol-device.ts";
import { type DeviceNeeds, holdDevices, type NewDeviceWish, withHands } from "./hold-devices.ts";
import { changeMfaJournal, readMfaJournal } from "./keep-mfa-journal.ts";
import { findUnproved } from "./open-enrolment.ts";
import { goOnReplacing } from "./replace-device.ts";

/** Errors: those of `enrolDevice` and of `asUser`; CODE_NEEDED before anything, with nobody to type codes. */
export async function addDevice(
  context: DeviceNeeds,
  wish: NewDeviceWish,
): Promise<EnrolledDevice> {
  return holdDevices(context, wish.identity, wish.user.purpose, async (own) => {
    const journal = await readMfaJournal(context, own.identityContext, own.userName);
    await requireTyper(
      context,
      wish.store || journal.enrolment?.keepsSeed === true,
      wish.user.retry,
    );
    if (isReplacing(journal)) return (await goOnReplacing(context, own, wish)).added;
    if (journal.enrolment === undefined) {
      refuseNinth(own.userName, own.enabled ?? [], nameUnlessDefault(own.identityContext));
    }
    // One that came to nothing: this device replaces none.
    await changeMfaJournal(context, own.identityContext, own.userName, { replacement: undefined });
    const isEnabled = (await findUnproved(context, own)) !== undefined;
    if (isEnabled) return enrolDevice(context, own, wish);
    return withHands(context, own, wish.user, (hands) => enrolDevice(context, hands, wish));
  });
}
