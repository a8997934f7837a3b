// `mfa resync`: AWS computes from two consecutive codes how far a device's clock is off. Most policies
// allow this with the long-term key alone, which is needed: a device that is out of sync cannot open a
// session.

import { isAwstError } from "../../model/errors.ts";
import { resumeCommand } from "../../model/mfa/mfa-journal.ts";
import { codeDevices, nameOfDevice, nameUnlessDefault } from "../../model/mfa/own-devices.ts";
import type { Context } from "../../ports.ts";
import { asUser, type UserRequest } from "../session/as-user.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import { openIdentity } from "../session/open-identity-context.ts";
import { recordCodeFailure, recordCodesSent } from "../session/send-code-once.ts";
import { readStoredSeed } from "../session/stored-seed.ts";
import { readMfaJournal } from "./enrolment-journal.ts";
import {
  chooseOwnDevice,
  listOwnDevices,
  lockDevices,
  type MfaContext,
  openDevices,
} from "./open-devices.ts";
import { type CodeDevice, getTwoCodes } from "./verify-device.ts";

export interface ResyncDeviceRequest {
  readonly identity: string | undefined;
  readonly device: string | undefined;
  readonly user: UserRequest;
}

export interface ResyncedDevice {
  readonly identity: string;
  /** The device's serial. */
  readonly device: string;
}

const resyncAttempts = 3;

/** Errors: AWS_CODE_REFUSED after three attempts, DEVICE_MISSING, CHOICE_NEEDED, CODE_NEEDED. */
export async function resyncDevice(
  context: Context,
  request: ResyncDeviceRequest,
): Promise<ResyncedDevice> {
  const identityContext = await openIdentity(context, request.identity);
  await using _lock = await lockDevices(context, identityContext, request.user.purpose);
  const own = await openDevices(context, identityContext);
  const among = codeDevices(await listOwnDevices(context, own, request.user));
  const { serial } = await chooseOwnDevice(context, {
    among,
    named: request.device,
    command: "resync",
    resume: resumeCommand(readMfaJournal(context, own)),
    identity: nameUnlessDefault(identityContext),
  });
  const { identity, region } = identityContext;
  const seed = await readStoredSeed(context, identityContext, serial);
  const generatesCodes = seed !== undefined;
  const device = { serial, seed, generatesCodes, retry: request.user.retry };
  const session = await readMfaSession(context, identityContext);
  const iam = session ? await context.iam(session.keys, region) : own.iam;
  try {
    await resync(context, { ...own, iam, session }, device);
  } catch (error) {
    const opener = among.find((each) => each.serial !== serial);
    if (!isAwstError(error, "AWS_DENIED") || opener === undefined) throw error;
    context.say(
      `${error.message}; trying again in an MFA session opened with a code of ${nameOfDevice(opener.serial)}`,
    );
    await asUser(
      context,
      identity.name,
      { ...request.user, device: opener.serial },
      (iamInSession, userName, _own, opened) => {
        const inSession = {
          identityContext,
          userName,
          iam: iamInSession,
          session: opened,
          seal: own.seal,
        };
        return resync(context, inSession, device);
      },
    );
  }
  context.state.record("mfa-device-resynced", { identity: identity.name, device: serial });
  return { identity: identity.name, device: serial };
}

async function resync(
  context: Context,
  { iam, userName }: MfaContext,
  device: CodeDevice,
): Promise<void> {
  const { serial } = device;
  for (let attempt = 1; ; attempt++) {
    const codes = await getTwoCodes(context, device);
    const sent = await recordCodesSent(context, serial, codes);
    try {
      await iam.resyncMfaDevice(userName, serial, codes);
      return;
    } catch (error) {
      for (const each of sent) await recordCodeFailure(context, each, error);
      if (attempt === resyncAttempts || !isAwstError(error, "AWS_CODE_REFUSED")) throw error;
      context.say("AWS refused both codes; trying again with the next two consecutive codes");
    }
  }
}
