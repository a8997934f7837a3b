// `mfa resync`: AWS learns from two codes in a row how far a device's clock is off. The key alone may do
// it under most policies, which is well: a device that is out of step opens no session.

import { isAwstError } from "../../model/errors.ts";
import { codeDevices, nameOfDevice, nameUnlessDefault } from "../../model/mfa/own-devices.ts";
import { asUser, type UserRequest } from "../session/as-user.ts";
import { openIam } from "../session/ask-aws.ts";
import { sendCodeOnce } from "../session/get-mfa-code.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import { readStoredSeed } from "../session/stored-seed.ts";
import {
  chooseOwnDevice,
  type DeviceNeeds,
  holdDevices,
  listOwnDevices,
  type MfaContext,
} from "./open-devices.ts";
import { type CodeDevice, getTwoCodes } from "./verify-device.ts";

export interface ResyncDeviceRequest {
  readonly identity: string | undefined;
  readonly device: string | undefined;
  readonly user: UserRequest;
}

export interface ResyncedDevice {
  readonly identity: string;
  /** Its serial. */
  readonly device: string;
}

const tries = 3;

/** Errors: AWS_CODE_REFUSED after three tries, DEVICE_MISSING, CHOICE_NEEDED, CODE_NEEDED. */
export async function resyncDevice(
  context: DeviceNeeds,
  request: ResyncDeviceRequest,
): Promise<ResyncedDevice> {
  return holdDevices(context, request.identity, request.user.purpose, async (own) => {
    const among = codeDevices(await listOwnDevices(context, own, request.user));
    const { serial } = await chooseOwnDevice(context, {
      among,
      named: request.device,
      question: "Which device is out of step?",
      verb: "resync",
      whose: nameUnlessDefault(own.identityContext),
    });
    const { identityContext } = own;
    const seed = await readStoredSeed(context, identityContext, serial);
    const device = { serial, seed, makesCodes: seed !== undefined, retry: request.user.retry };
    const kept = await readMfaSession(context, identityContext);
    const iam = kept ? await openIam(context, kept.keys, identityContext.region) : own.iam;
    try {
      await resync(context, { ...own, iam, session: kept }, device);
    } catch (error) {
      const other = among.find((each) => each.serial !== serial);
      if (!isAwstError(error, "AWS_DENIED") || other === undefined) throw error;
      context.say(`${error.message}: a code of ${nameOfDevice(other.serial)} may open the way`);
      const user = { ...request.user, device: other.serial };
      await asUser(
        context,
        identityContext.identity.name,
        user,
        (inside, userName, _own, session) =>
          resync(context, { identityContext, userName, iam: inside, session }, device),
      );
    }
    context.state.record("mfa-device-resynced", {
      identity: identityContext.identity.name,
      device: serial,
    });
    return { identity: identityContext.identity.name, device: serial };
  });
}

async function resync(
  context: DeviceNeeds,
  { iam, userName }: MfaContext,
  device: CodeDevice,
): Promise<void> {
  const { serial } = device;
  for (let left = tries; ; left--) {
    const [first, second] = await getTwoCodes(context, device);
    try {
      await sendCodeOnce(context, serial, first, () =>
        sendCodeOnce(context, serial, second, () =>
          iam.resyncMfaDevice(userName, serial, [first, second]),
        ),
      );
      return;
    } catch (error) {
      if (left === 1 || !isAwstError(error, "AWS_CODE_REFUSED")) throw error;
      context.say("AWS refused these two; once more, with the next two, one right after the other");
    }
  }
}
