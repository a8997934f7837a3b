// `mfa list`: the user's own devices, and what awst has to do with each.

import { kindOfDevice, nameOfDevice } from "../../model/mfa/own-devices.ts";
import { awsFactsName, decodeAwsFacts, makesCodes } from "../../model/session/aws-facts.ts";
import type { DeviceLine, DeviceListing } from "../../output/mfa/device-listing.ts";
import type { UserRequest } from "../session/as-user.ts";
import { readStoredSeed } from "../session/stored-seed.ts";
import { readMfaJournal } from "./enrolment-journal.ts";
import { type DeviceNeeds, holdDevices, listOwnDevices } from "./open-devices.ts";

/** Errors: AWS_*, KEYCHAIN_*, those of `asUser`. */
export async function listDevices(
  context: DeviceNeeds,
  identityName: string | undefined,
  request: UserRequest,
): Promise<DeviceListing> {
  return holdDevices(context, identityName, request.purpose, async (own) => {
    const { identityContext, userName } = own;
    const listed = await listOwnDevices(context, own, request);
    const { users } = decodeAwsFacts(context.state.read(awsFactsName), context.now());
    const { enrolment, replacement, removal } = await readMfaJournal(
      context,
      identityContext,
      userName,
    );
    const lastUsed = users[identityContext.key.accessKeyId]?.lastUsed;
    const only = listed.filter(({ serial }) => makesCodes(serial)).length === 1;
    const devices: DeviceLine[] = [];
    for (const { serial, enabledAt } of listed) {
      const isUsable = makesCodes(serial);
      const seed = isUsable ? await readStoredSeed(context, identityContext, serial) : undefined;
      const asked =
        identityContext.identity.device ?? lastUsed ?? (only && isUsable ? serial : undefined);
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
      identity: identityContext.identity.name,
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
