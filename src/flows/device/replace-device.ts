// `mfa replace`: a new device, proved, and then the old one goes; or what an earlier run left to do.

import { isReplacing } from "../../model/device/mfa-journal.ts";
import { nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { codeDevices, refuseNinth } from "../../model/device/own-devices.ts";
import { chooseOwnDevice, listOwnDevices } from "./choose-own-device.ts";
import { goOnReplacing, type ReplacedDevice } from "./go-on-replacing.ts";
import { type DeviceNeeds, holdDevices, type NewDeviceWish } from "./hold-devices.ts";
import { readMfaJournal } from "./keep-mfa-journal.ts";
import { requireTyper } from "./require-typer.ts";

export interface ReplaceWish extends NewDeviceWish {
  /** The old one, by name or serial. */
  readonly device: string | undefined;
}

/** Errors: DEVICE_MISSING, CHOICE_NEEDED, CONFIRMATION_NEEDED, and those of `addDevice`. */
export async function replaceDevice(
  world: DeviceNeeds,
  wish: ReplaceWish,
): Promise<ReplacedDevice> {
  return holdDevices(world, wish.identity, wish.user.words, async (own) => {
    const { caller, userName } = own;
    const whose = nameUnlessDefault(caller);
    const journal = await readMfaJournal(world, caller, userName);
    await requireTyper(world, wish.store || journal.enrolment?.keepsSeed === true, wish.user.retry);
    if (isReplacing(journal)) return goOnReplacing(world, own, wish);
    const devices = await listOwnDevices(world, own, wish.user);
    if (journal.enrolment === undefined) refuseNinth(userName, devices, whose);
    const unproved = journal.enrolment?.serial;
    const among = codeDevices(devices).filter(({ serial }) => serial !== unproved);
    const old = await chooseOwnDevice(world, {
      among,
      named: wish.device ?? (among.length > 1 ? caller.identity.device : undefined),
      question: "Which device is to be replaced?",
      verb: "replace",
      whose,
    });
    return goOnReplacing(world, own, wish, old.serial);
  });
}
