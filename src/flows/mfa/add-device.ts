// `mfa add`: creates a virtual MFA device, enables it with two codes and verifies it with a third. Resumes
// an enrolment or a replacement that an earlier run started.

import { isReplacing } from "../../model/mfa/mfa-journal.ts";
import { checkDeviceQuota, nameUnlessDefault } from "../../model/mfa/own-devices.ts";
import type { Context } from "../../ports.ts";
import { openIdentity } from "../session/open-identity-context.ts";
import { type EnrolledDevice, enrolDevice, requireTerminal } from "./enrol-device.ts";
import {
  discardUnsealedMfaJournal,
  findUnverified,
  readMfaJournal,
  updateMfaJournal,
} from "./enrolment-journal.ts";
import { lockDevices, type NewDeviceRequest, openDevices, withUserAccess } from "./open-devices.ts";
import { resumeReplacement } from "./replace-device.ts";

/** Errors: CODE_NEEDED before any call if no codes can be typed; those of `enrolDevice` and `asUser`. */
export async function addDevice(
  context: Context,
  request: NewDeviceRequest,
): Promise<EnrolledDevice> {
  const identityContext = await openIdentity(context, request.identity);
  await using _lock = await lockDevices(context, identityContext, request.user.purpose);
  const own = await openDevices(context, identityContext);
  discardUnsealedMfaJournal(context, own);
  const journal = readMfaJournal(context, own);
  await requireTerminal(context, journal, request);
  if (isReplacing(journal)) {
    const { added } = await resumeReplacement(context, own, request);
    return added;
  }
  if (journal.enrolment === undefined) {
    checkDeviceQuota(own.userName, own.enabled ?? [], nameUnlessDefault(identityContext));
  }
  // A replacement of which no step was done is dropped: this device replaces no other.
  await updateMfaJournal(context, own, { replacement: undefined });
  const isEnabled = findUnverified(context, own) !== undefined;
  if (isEnabled) return await enrolDevice(context, own, request);
  return await withUserAccess(context, own, request.user, (mfa) =>
    enrolDevice(context, mfa, request),
  );
}
