// Which of the user's own devices is meant: the one that is named, the only one, or the one chosen.

import { mfaLine } from "../../model/device/mfa-line.ts";
import { findDevice, kindOfDevice, nameOfDevice } from "../../model/device/own-devices.ts";
import { AwstError } from "../../model/errors.ts";
import type { ListedDevice } from "../../ports/iam.ts";
import { asUser, type UserWish } from "../session/as-user.ts";
import type { DeviceNeeds, OwnDevices } from "./hold-devices.ts";

export interface DeviceChoice {
  readonly among: readonly ListedDevice[];
  /** --device */
  readonly named: string | undefined;
  readonly question: string;
  /** `remove` */
  readonly verb: string;
  /** The identity, where it has to be named. */
  readonly whose: string | undefined;
}

/** Errors: DEVICE_MISSING, CHOICE_NEEDED, INTERRUPTED. */
export async function chooseOwnDevice(
  world: DeviceNeeds,
  choice: DeviceChoice,
): Promise<ListedDevice> {
  const { among, named, question, verb, whose } = choice;
  if (named !== undefined) return findDevice(among, named, whose);
  const [first, ...others] = among;
  if (first === undefined) {
    throw new AwstError("DEVICE_MISSING", "the user has no MFA device for that", {
      hint: mfaLine(whose, "add"),
    });
  }
  if (others.length === 0) return first;
  const terminal = await world.terminal();
  if (!terminal.isHere()) {
    throw new AwstError("CHOICE_NEEDED", `the user has ${among.length} MFA devices`, {
      hint: mfaLine(whose, verb, "--device", nameOfDevice(first.serial)),
    });
  }
  const options = among.map((device) => ({
    label: nameOfDevice(device.serial),
    hint: kindOfDevice(device.serial),
    value: device,
  }));
  return terminal.choose({ text: question }, options);
}

/** The user's own, inside the MFA session where the key alone may not look. Errors: those of `asUser`. */
export async function listOwnDevices(
  world: DeviceNeeds,
  own: OwnDevices,
  wish: UserWish,
): Promise<readonly ListedDevice[]> {
  if (own.enabled !== undefined) return own.enabled;
  return asUser(world, own.caller.identity.name, wish, async (iam, userName) => {
    return (await iam.listMfaDevices(userName)).devices;
  });
}
