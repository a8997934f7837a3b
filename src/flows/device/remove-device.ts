// `mfa remove`: deactivated, then deleted, inside an MFA session; never the last one that makes codes,
// unless that is said. A deletion that AWS denies leaves a name that is taken, and nothing more.

import {
  type ConfiguredDevice,
  configuredDevice,
  leftLine,
} from "../../model/device/device-report.ts";
import { mfaLine, nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { codeDevices, nameOfDevice } from "../../model/device/own-devices.ts";
import { AwstError } from "../../model/errors.ts";
import { decodeLearned, learnedName, makesCodes } from "../../model/session/learned.ts";
import type { UserWish } from "../session/as-user.ts";
import { asUser } from "../session/as-user.ts";
import { forgetStoredSeed, listStoredSeeds } from "../session/stored-seed.ts";
import { chooseOwnDevice, listOwnDevices } from "./choose-own-device.ts";
import {
  type DeviceHands,
  type DeviceNeeds,
  holdDevices,
  type OwnDevices,
} from "./hold-devices.ts";
import { changeMfaJournal, readMfaJournal } from "./keep-mfa-journal.ts";
import { deactivateDevice, deleteDevice } from "./take-away-device.ts";

export interface RemoveWish {
  readonly identity: string | undefined;
  readonly device: string | undefined;
  readonly force: boolean;
  readonly user: UserWish;
}

export interface RemovedDevice {
  readonly serial: string;
  /** AWS denied its deletion: it stays in the account, nobody's. */
  readonly isLeft: boolean;
  /** Others whose codes STS takes. */
  readonly others: readonly string[];
  readonly identity: string;
  /** Where the configuration names it. */
  readonly configured: ConfiguredDevice | undefined;
}

/** Errors: DEVICE_LAST, DEVICE_MISSING, CHOICE_NEEDED, CODE_NEEDED, and those of `asUser`. */
export async function removeDevice(world: DeviceNeeds, wish: RemoveWish): Promise<RemovedDevice> {
  return holdDevices(world, wish.identity, wish.user.words, async (own) => {
    const { caller, userName } = own;
    const { removal } = await readMfaJournal(world, caller, userName);
    const devices = await listOwnDevices(world, own, wish.user);
    const isBegun =
      removal !== undefined &&
      (wish.device === undefined || [removal, nameOfDevice(removal)].includes(wish.device)) &&
      !devices.some(({ serial }) => serial === removal);
    if (isBegun) world.say(`going on with the removal of ${nameOfDevice(removal)}`);
    const serial = isBegun ? removal : await chooseSerial(world, own, wish);
    const others = codeDevices(devices)
      .map((each) => each.serial)
      .filter((each) => each !== serial);
    if (!isBegun && makesCodes(serial) && others.length === 0 && !wish.force) {
      const line = (...words: readonly string[]) => mfaLine(nameUnlessDefault(caller), ...words);
      throw new AwstError(
        "DEVICE_LAST",
        `${nameOfDevice(serial)} is the last device of user ${userName} that makes codes`,
        { hint: `${line("replace")}; or, to be without: ${line("remove", "--force")}` },
      );
    }
    // The one that goes may be lost: a code of another opens the session, where there is one.
    const device = (await findOpener(world, caller, others)) ?? wish.user.device;
    const user = { ...wish.user, device };
    const isLeft = await asUser(world, caller.identity.name, user, (iam, _name, _own, session) =>
      takeAway(world, { caller, userName, iam, session }, serial, wish.user.retry),
    );
    const { configuration, identity } = caller;
    const configured = configuredDevice(configuration, identity, serial);
    return { identity: identity.name, serial, isLeft, others, configured };
  });
}

/** Of several that stay: the configured one, one whose codes are made here, the one last used. */
async function findOpener(
  world: DeviceNeeds,
  caller: DeviceHands["caller"],
  others: readonly string[],
): Promise<string | undefined> {
  if (others.length < 2) return others[0];
  const stored = await listStoredSeeds(world, caller);
  const { users } = decodeLearned(world.state.read(learnedName), world.now());
  const lastUsed = users[caller.key.accessKeyId]?.lastUsed;
  const preferred = [caller.identity.device, ...stored, lastUsed];
  return preferred.find((each) => each !== undefined && others.includes(each)) ?? others[0];
}

async function chooseSerial(
  world: DeviceNeeds,
  own: OwnDevices,
  wish: RemoveWish,
): Promise<string> {
  const chosen = await chooseOwnDevice(world, {
    among: await listOwnDevices(world, own, wish.user),
    named: wish.device,
    question: "Which device is to be removed?",
    verb: "remove",
    whose: nameUnlessDefault(own.caller),
  });
  return chosen.serial;
}

async function takeAway(
  world: DeviceNeeds,
  hands: DeviceHands,
  serial: string,
  retry: string,
): Promise<boolean> {
  const { caller, userName, session } = hands;
  if (session === undefined) {
    const message = "an MFA device is removed inside an MFA session alone, which needs a code";
    throw new AwstError("CODE_NEEDED", message, { hint: retry });
  }
  await changeMfaJournal(world, caller, userName, { removal: serial });
  await deactivateDevice(world, hands, serial);
  const isLeft = (await deleteDevice(world, hands, serial)) === "denied";
  if (isLeft) world.say(leftLine(serial));
  await forgetStoredSeed(world, caller, serial);
  await changeMfaJournal(world, caller, userName, { removal: undefined });
  return isLeft;
}
