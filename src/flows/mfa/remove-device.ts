// `mfa remove`: deactivates a device and deletes it, always inside an MFA session, and never the last
// device that generates codes unless --force is given. If AWS denies the deletion, the deactivated device
// stays in the account: it only reserves its name.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { resumeCommand } from "../../model/mfa/mfa-journal.ts";
import {
  codeDevices,
  kindOfDevice,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "../../model/mfa/own-devices.ts";
import { awsFactsFile, makesCodes, withUser } from "../../model/session/aws-facts.ts";
import {
  type ConfiguredDevice,
  configuredDevice,
  deletionDeniedLine,
} from "../../output/mfa/device-report.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Context } from "../../ports.ts";
import { asUser, type UserRequest } from "../session/as-user.ts";
import { updateAwsFacts } from "../session/lookup-user.ts";
import { type IdentityContext, openIdentity } from "../session/open-identity-context.ts";
import { forgetStoredSeed, listStoredSeeds } from "../session/stored-seed.ts";
import {
  discardUnsealedMfaJournal,
  readMfaJournal,
  updateMfaJournal,
} from "./enrolment-journal.ts";
import {
  chooseOwnDevice,
  listOwnDevices,
  lockDevices,
  type MfaContext,
  openDevices,
} from "./open-devices.ts";

export interface RemoveDeviceRequest {
  readonly identity: string | undefined;
  readonly device: string | undefined;
  readonly force: boolean;
  /** --yes */
  readonly isConfirmed: boolean;
  readonly user: UserRequest;
}

export interface RemovedDevice {
  readonly serial: string;
  /** AWS denied the deletion: the device stays in the account, assigned to no user. */
  readonly deletionDenied: boolean;
  /** The remaining devices whose codes STS accepts. */
  readonly others: readonly string[];
  readonly identity: string;
  /** Set if the configuration names the removed device. */
  readonly configured: ConfiguredDevice | undefined;
}

/** Returns undefined if the user says no. Errors: DEVICE_LAST, DEVICE_MISSING, CHOICE_NEEDED, CONFIRMATION_NEEDED,
 *  CODE_NEEDED, and those of `asUser`. */
export async function removeDevice(
  context: Context,
  request: RemoveDeviceRequest,
): Promise<RemovedDevice | undefined> {
  const identityContext = await openIdentity(context, request.identity);
  await using _lock = await lockDevices(context, identityContext, request.user.purpose);
  const own = await openDevices(context, identityContext);
  discardUnsealedMfaJournal(context, own);
  const journal = readMfaJournal(context, own);
  const { removal } = journal;
  const devices = await listOwnDevices(context, own, request.user);
  const isStarted =
    removal !== undefined &&
    (request.device === undefined || [removal, nameOfDevice(removal)].includes(request.device)) &&
    !devices.some(({ serial }) => serial === removal);
  if (isStarted) context.say(`resuming the removal of device ${nameOfDevice(removal)}`);
  const chosen = isStarted
    ? { serial: removal }
    : await chooseOwnDevice(context, {
        among: devices,
        named: request.device,
        command: "remove",
        resume: resumeCommand(journal),
        identity: nameUnlessDefault(identityContext),
      });
  const { serial } = chosen;
  const others = codeDevices(devices)
    .map((each) => each.serial)
    .filter((each) => each !== serial);
  if (!isStarted && makesCodes(serial) && others.length === 0 && !request.force) {
    throw lastDevice(own, serial);
  }
  if (!isStarted && !request.isConfirmed && !(await confirmRemoval(context, serial, request))) {
    return undefined;
  }
  // The removed device may be lost, so a code of another device opens the session if there is one.
  const device =
    (await chooseSessionDevice(context, identityContext, others)) ?? request.user.device;
  const { configuration, identity } = identityContext;
  const deletionDenied = await asUser(
    context,
    identity.name,
    { ...request.user, device },
    (iam, userName, _own, session) =>
      removeInSession(
        context,
        { identityContext, userName, iam, session, seal: own.seal },
        serial,
        request.user.retry,
      ),
  );
  const configured = configuredDevice(configuration, identity, serial);
  return { identity: identity.name, serial, deletionDenied, others, configured };
}

/** Every listed device is enabled, and may be in use. */
async function confirmRemoval(
  context: Context,
  serial: string,
  { user }: RemoveDeviceRequest,
): Promise<boolean> {
  const what = `${kindOfDevice(serial)} ${nameOfDevice(serial)}`;
  const terminal = await context.terminal();
  if (terminal.isHere()) return terminal.confirm({ text: `Remove ${what} permanently?` });
  throw new AwstError("CONFIRMATION_NEEDED", `no terminal to confirm the removal of ${what}`, {
    hint: `${user.retry} --yes`,
  });
}

function lastDevice({ identityContext, userName }: MfaContext, serial: string): AwstError {
  const identity = nameUnlessDefault(identityContext);
  const message = `device ${nameOfDevice(serial)} is the last MFA device of user ${userName} that generates codes`;
  return new AwstError("DEVICE_LAST", message, {
    hint: `to replace the device: ${mfaCommand(identity, "replace")}; to remove it anyway: ${mfaCommand(identity, "remove", "--force")}`,
  });
}

/** Returns the configured device, one whose seed is stored, the one last used, or any other device. */
async function chooseSessionDevice(
  context: Context,
  identityContext: IdentityContext,
  others: readonly string[],
): Promise<string | undefined> {
  if (others.length < 2) return others[0];
  const stored = await listStoredSeeds(context, identityContext);
  const { users } = context.state.read(awsFactsFile);
  const lastUsed = users[identityContext.key.accessKeyId]?.lastUsed;
  const preferred = [identityContext.identity.device, ...stored, lastUsed];
  return preferred.find((each) => each !== undefined && others.includes(each)) ?? others[0];
}

/** Returns whether AWS denied the deletion. */
async function removeInSession(
  context: Context,
  mfa: MfaContext,
  serial: string,
  retry: string,
): Promise<boolean> {
  if (mfa.session === undefined) {
    const message = "an MFA device can be removed only in an MFA session, which needs a code";
    throw new AwstError("CODE_NEEDED", message, { hint: retry });
  }
  await updateMfaJournal(context, mfa, { removal: serial });
  await deactivateDevice(context, mfa, serial);
  const deletionDenied = (await deleteDevice(context, mfa, serial)) === "denied";
  if (deletionDenied) context.say(deletionDeniedLine(serial));
  await forgetStoredSeed(context, mfa.identityContext, serial);
  await updateMfaJournal(context, mfa, { removal: undefined });
  return deletionDenied;
}

/** Deactivates a device and drops it from the cached facts. An absent device is not an error. Errors: AWS_*. */
export async function deactivateDevice(
  context: Context,
  { iam, userName, identityContext }: MfaContext,
  serial: string,
): Promise<void> {
  try {
    await iam.deactivateMfaDevice(userName, serial);
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
  }
  context.state.record("mfa-device-deactivated", {
    identity: identityContext.identity.name,
    device: serial,
  });
  const keyId = identityContext.key.accessKeyId;
  await updateAwsFacts(context, (facts) => {
    const user = facts.users[keyId];
    if (user === undefined) return facts;
    const isOther = (each: string) => each !== serial;
    return withUser(facts, keyId, {
      ...user,
      devices: user.devices.filter(isOther),
      unusable: user.unusable.filter(isOther),
      lastUsed: user.lastUsed === serial ? undefined : user.lastUsed,
    });
  });
}

const deleteAttempts = 6;

/** Deletes a virtual device at AWS, and the stored seed of any device. Errors: AWS_* except AWS_DENIED. */
export async function deleteDevice(
  context: Context,
  { iam, identityContext }: MfaContext,
  serial: string,
): Promise<"deleted" | "denied"> {
  if (kindOfDevice(serial) === "virtual") {
    const result = await deleteVirtualDevice(context, iam, serial);
    if (result === "denied") return "denied";
  }
  context.state.record("mfa-device-removed", {
    identity: identityContext.identity.name,
    device: serial,
  });
  await forgetStoredSeed(context, identityContext, serial);
  return "deleted";
}

async function deleteVirtualDevice(
  context: Context,
  iam: Iam,
  serial: string,
): Promise<"deleted" | "denied"> {
  for (let attempt = 1; ; attempt++) {
    try {
      await iam.deleteVirtualMfaDevice(serial);
      return "deleted";
    } catch (error) {
      if (isAwstError(error, "IAM_ABSENT")) return "deleted";
      if (isAwstError(error, "AWS_DENIED")) return "denied";
      if (attempt === deleteAttempts || !isAwstError(error, "IAM_CONFLICT")) throw error;
      // IAM may report a conflict for some seconds after the deactivation.
      await context.sleep(1000);
    }
  }
}
