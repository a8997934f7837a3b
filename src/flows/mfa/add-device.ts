// `mfa add`: a new virtual device, from nothing to a code that STS took; or the one that an earlier run
// began; or what is left of a replacement.

import { isReplacing } from "../../model/mfa/mfa-journal.ts";
import { checkDeviceQuota, nameUnlessDefault } from "../../model/mfa/own-devices.ts";
import { type EnrolledDevice, enrolDevice, requireTerminal } from "./enrol-device.ts";
import { findUnverified, readMfaJournal, updateMfaJournal } from "./enrolment-journal.ts";
import { type DeviceNeeds, holdDevices, type NewDeviceRequest, withHands } from "./open-devices.ts";
import { resumeReplacement } from "./replace-device.ts";

/** Errors: those of `enrolDevice` and of `asUser`; CODE_NEEDED before anything, with nobody to type codes. */
export async function addDevice(
  context: DeviceNeeds,
  request: NewDeviceRequest,
): Promise<EnrolledDevice> {
  return holdDevices(context, request.identity, request.user.purpose, async (own) => {
    const journal = await readMfaJournal(context, own.identityContext, own.userName);
    await requireTerminal(
      context,
      request.store || journal.enrolment?.keepsSeed === true,
      request.user.retry,
    );
    if (isReplacing(journal)) return (await resumeReplacement(context, own, request)).added;
    if (journal.enrolment === undefined) {
      checkDeviceQuota(own.userName, own.enabled ?? [], nameUnlessDefault(own.identityContext));
    }
    // One that came to nothing: this device replaces none.
    await updateMfaJournal(context, own.identityContext, own.userName, { replacement: undefined });
    const isEnabled = (await findUnverified(context, own)) !== undefined;
    if (isEnabled) return enrolDevice(context, own, request);
    return withHands(context, own, request.user, (mfa) => enrolDevice(context, mfa, request));
  });
}
