// `mfa resync`: AWS learns from two codes in a row how far a device's clock is off. The key alone may do
// it under most policies, which is well: a device that is out of step opens no session.

import { nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { codeDevices, nameOfDevice } from "../../model/device/own-devices.ts";
import { isAwstError } from "../../model/errors.ts";
import { asUser, type UserWish } from "../session/as-user.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import { openIam } from "../session/open-iam.ts";
import { spendCode } from "../session/spend-code.ts";
import { readStoredSeed } from "../session/stored-seed.ts";
import { askTwoCodes, type CodeDevice } from "./ask-device-codes.ts";
import { chooseOwnDevice, listOwnDevices } from "./choose-own-device.ts";
import { type DeviceHands, type DeviceNeeds, holdDevices } from "./hold-devices.ts";

export interface ResyncWish {
  readonly identity: string | undefined;
  readonly device: string | undefined;
  readonly user: UserWish;
}

export interface ResyncedDevice {
  readonly identity: string;
  /** Its serial. */
  readonly device: string;
}

const tries = 3;

/** Errors: AWS_CODE_REFUSED after three tries, DEVICE_MISSING, CHOICE_NEEDED, CODE_NEEDED. */
export async function resyncDevice(world: DeviceNeeds, wish: ResyncWish): Promise<ResyncedDevice> {
  return holdDevices(world, wish.identity, wish.user.words, async (own) => {
    const among = codeDevices(await listOwnDevices(world, own, wish.user));
    const { serial } = await chooseOwnDevice(world, {
      among,
      named: wish.device,
      question: "Which device is out of step?",
      verb: "resync",
      whose: nameUnlessDefault(own.caller),
    });
    const { caller } = own;
    const seed = await readStoredSeed(world, caller, serial);
    const device = { serial, seed, makesCodes: seed !== undefined, retry: wish.user.retry };
    const kept = await readMfaSession(world, caller);
    const iam = kept ? await openIam(world, kept.keys, caller.region) : own.iam;
    try {
      await resync(world, { ...own, iam, session: kept }, device);
    } catch (error) {
      const other = among.find((each) => each.serial !== serial);
      if (!isAwstError(error, "AWS_DENIED") || other === undefined) throw error;
      world.say(`${error.message}: a code of ${nameOfDevice(other.serial)} may open the way`);
      const user = { ...wish.user, device: other.serial };
      await asUser(world, caller.identity.name, user, (inside, userName, _own, session) =>
        resync(world, { caller, userName, iam: inside, session }, device),
      );
    }
    world.state.record("mfa-device-resynced", { identity: caller.identity.name, device: serial });
    return { identity: caller.identity.name, device: serial };
  });
}

async function resync(
  world: DeviceNeeds,
  { iam, userName }: DeviceHands,
  device: CodeDevice,
): Promise<void> {
  const { serial } = device;
  for (let left = tries; ; left--) {
    const [first, second] = await askTwoCodes(world, device);
    try {
      await spendCode(world, serial, first, () =>
        spendCode(world, serial, second, () =>
          iam.resyncMfaDevice(userName, serial, [first, second]),
        ),
      );
      return;
    } catch (error) {
      if (left === 1 || !isAwstError(error, "AWS_CODE_REFUSED")) throw error;
      world.say("AWS refused these two; once more, with the next two, one right after the other");
    }
  }
}
