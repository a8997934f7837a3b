// `mfa list`: the user's own devices, and what awst has to do with each.

import type { DeviceLine, DeviceListing } from "../../model/device/device-listing.ts";
import { kindOfDevice, nameOfDevice } from "../../model/device/own-devices.ts";
import { decodeLearned, learnedName, makesCodes } from "../../model/session/learned.ts";
import type { UserWish } from "../session/as-user.ts";
import { readStoredSeed } from "../session/stored-seed.ts";
import { listOwnDevices } from "./choose-own-device.ts";
import { type DeviceNeeds, holdDevices } from "./hold-devices.ts";
import { readMfaJournal } from "./keep-mfa-journal.ts";

/** Errors: AWS_*, KEYCHAIN_*, those of `asUser`. */
export async function listDevices(
  world: DeviceNeeds,
  identityName: string | undefined,
  wish: UserWish,
): Promise<DeviceListing> {
  return holdDevices(world, identityName, wish.words, async (own) => {
    const { caller, userName } = own;
    const listed = await listOwnDevices(world, own, wish);
    const { users } = decodeLearned(world.state.read(learnedName), world.now());
    const { enrolment, replacement, removal } = await readMfaJournal(world, caller, userName);
    const lastUsed = users[caller.key.accessKeyId]?.lastUsed;
    const only = listed.filter(({ serial }) => makesCodes(serial)).length === 1;
    const devices: DeviceLine[] = [];
    for (const { serial, enabledAt } of listed) {
      const isUsable = makesCodes(serial);
      const seed = isUsable ? await readStoredSeed(world, caller, serial) : undefined;
      const asked = caller.identity.device ?? lastUsed ?? (only && isUsable ? serial : undefined);
      devices.push({
        name: nameOfDevice(serial),
        serial,
        kind: kindOfDevice(serial),
        enabledAt,
        isUsable,
        isStored: seed !== undefined,
        isAsked: asked === serial,
      });
    }
    return {
      identity: caller.identity.name,
      userName,
      devices,
      unfinished: {
        adding: enrolment?.name,
        replacing: replacement && nameOfDevice(replacement.old),
        removing: removal && nameOfDevice(removal),
      },
    };
  });
}
