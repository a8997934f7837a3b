// `mfa remove`: deactivated, then deleted, inside an MFA session; never the last one that makes codes,
// unless that is said. A deletion that AWS denies leaves a name that is taken, and nothing more.

import { AwstError, isAwstError } from "../../model/errors.ts";
import {
  codeDevices,
  kindOfDevice,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "../../model/mfa/own-devices.ts";
import {
  awsFactsName,
  decodeAwsFacts,
  makesCodes,
  withUser,
} from "../../model/session/aws-facts.ts";
import {
  type ConfiguredDevice,
  configuredDevice,
  leftLine,
} from "../../output/mfa/device-report.ts";
import { asUser, type UserRequest } from "../session/as-user.ts";
import { updateAwsFacts } from "../session/lookup-user.ts";
import { forgetStoredSeed, listStoredSeeds } from "../session/stored-seed.ts";
import { readMfaJournal, updateMfaJournal } from "./enrolment-journal.ts";
import {
  chooseOwnDevice,
  type DeviceNeeds,
  holdDevices,
  listOwnDevices,
  type MfaContext,
  type OwnDevices,
} from "./open-devices.ts";

export interface RemoveDeviceRequest {
  readonly identity: string | undefined;
  readonly device: string | undefined;
  readonly force: boolean;
  readonly user: UserRequest;
}

export interface RemovedDevice {
  readonly serial: string;
  /** AWS denied its deletion: it stays in the account, nobody's. */
  readonly deletionDenied: boolean;
  /** Others whose codes STS takes. */
  readonly others: readonly string[];
  readonly identity: string;
  /** Where the configuration names it. */
  readonly configured: ConfiguredDevice | undefined;
}

/** Errors: DEVICE_LAST, DEVICE_MISSING, CHOICE_NEEDED, CODE_NEEDED, and those of `asUser`. */
export async function removeDevice(
  context: DeviceNeeds,
  request: RemoveDeviceRequest,
): Promise<RemovedDevice> {
  return holdDevices(context, request.identity, request.user.purpose, async (own) => {
    const { identityContext, userName } = own;
    const { removal } = await readMfaJournal(context, identityContext, userName);
    const devices = await listOwnDevices(context, own, request.user);
    const isBegun =
      removal !== undefined &&
      (request.device === undefined || [removal, nameOfDevice(removal)].includes(request.device)) &&
      !devices.some(({ serial }) => serial === removal);
    if (isBegun) context.say(`going on with the removal of ${nameOfDevice(removal)}`);
    const serial = isBegun ? removal : await chooseSerial(context, own, request);
    const others = codeDevices(devices)
      .map((each) => each.serial)
      .filter((each) => each !== serial);
    if (!isBegun && makesCodes(serial) && others.length === 0 && !request.force) {
      const line = (...words: readonly string[]) =>
        mfaCommand(nameUnlessDefault(identityContext), ...words);
      throw new AwstError(
        "DEVICE_LAST",
        `${nameOfDevice(serial)} is the last device of user ${userName} that makes codes`,
        { hint: `${line("replace")}; or, to be without: ${line("remove", "--force")}` },
      );
    }
    // The one that goes may be lost: a code of another opens the session, where there is one.
    const device =
      (await chooseSessionDevice(context, identityContext, others)) ?? request.user.device;
    const user = { ...request.user, device };
    const deletionDenied = await asUser(
      context,
      identityContext.identity.name,
      user,
      (iam, _name, _own, session) =>
        removeInSession(
          context,
          { identityContext, userName, iam, session },
          serial,
          request.user.retry,
        ),
    );
    const { configuration, identity } = identityContext;
    const configured = configuredDevice(configuration, identity, serial);
    return { identity: identity.name, serial, deletionDenied, others, configured };
  });
}

/** Of several that stay: the configured one, one whose codes are made here, the one last used. */
async function chooseSessionDevice(
  context: DeviceNeeds,
  identityContext: MfaContext["identityContext"],
  others: readonly string[],
): Promise<string | undefined> {
  if (others.length < 2) return others[0];
  const stored = await listStoredSeeds(context, identityContext);
  const { users } = decodeAwsFacts(context.state.read(awsFactsName), context.now());
  const lastUsed = users[identityContext.key.accessKeyId]?.lastUsed;
  const preferred = [identityContext.identity.device, ...stored, lastUsed];
  return preferred.find((each) => each !== undefined && others.includes(each)) ?? others[0];
}

async function chooseSerial(
  context: DeviceNeeds,
  own: OwnDevices,
  request: RemoveDeviceRequest,
): Promise<string> {
  const chosen = await chooseOwnDevice(context, {
    among: await listOwnDevices(context, own, request.user),
    named: request.device,
    question: "Which device is to be removed?",
    verb: "remove",
    whose: nameUnlessDefault(own.identityContext),
  });
  return chosen.serial;
}

async function removeInSession(
  context: DeviceNeeds,
  mfa: MfaContext,
  serial: string,
  retry: string,
): Promise<boolean> {
  const { identityContext, userName, session } = mfa;
  if (session === undefined) {
    const message = "an MFA device is removed inside an MFA session alone, which needs a code";
    throw new AwstError("CODE_NEEDED", message, { hint: retry });
  }
  await updateMfaJournal(context, identityContext, userName, { removal: serial });
  await deactivateDevice(context, mfa, serial);
  const deletionDenied = (await deleteDevice(context, mfa, serial)) === "denied";
  if (deletionDenied) context.say(leftLine(serial));
  await forgetStoredSeed(context, identityContext, serial);
  await updateMfaJournal(context, identityContext, userName, { removal: undefined });
  return deletionDenied;
}

const tries = 6;

/** Gone already is done. Errors: AWS_*. */
export async function deactivateDevice(
  context: DeviceNeeds,
  { iam, userName, identityContext }: MfaContext,
  serial: string,
): Promise<void> {
  await ignoreAbsent(() => iam.deactivateMfaDevice(userName, serial));
  context.state.record("mfa-device-deactivated", {
    identity: identityContext.identity.name,
    device: serial,
  });
  const keyId = identityContext.key.accessKeyId;
  await updateAwsFacts(context, (learned) => {
    const user = learned.users[keyId];
    if (user === undefined) return learned;
    const isOther = (each: string) => each !== serial;
    const lastUsed = user.lastUsed === serial ? undefined : user.lastUsed;
    return withUser(learned, keyId, {
      ...user,
      devices: user.devices.filter(isOther),
      unusable: user.unusable.filter(isOther),
      lastUsed,
    });
  });
}

/** `denied`: it stays in the account, nobody's. Errors: AWS_*, but for that one. */
export async function deleteDevice(
  context: DeviceNeeds,
  { iam, identityContext }: MfaContext,
  serial: string,
): Promise<"deleted" | "denied"> {
  if (kindOfDevice(serial) === "virtual") {
    try {
      await retryOnConflict(context, () => ignoreAbsent(() => iam.deleteVirtualMfaDevice(serial)));
    } catch (error) {
      if (isAwstError(error, "AWS_DENIED")) return "denied";
      throw error;
    }
  }
  context.state.record("mfa-device-removed", {
    identity: identityContext.identity.name,
    device: serial,
  });
  await forgetStoredSeed(context, identityContext, serial);
  return "deleted";
}

async function ignoreAbsent(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
  }
}

/** The deactivation is felt a little later by the deletion. */
async function retryOnConflict(context: DeviceNeeds, act: () => Promise<void>): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      return await act();
    } catch (error) {
      if (left === 1 || !isAwstError(error, "IAM_CONFLICT")) throw error;
      await context.sleep(1000);
    }
  }
}
