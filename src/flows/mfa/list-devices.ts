// `mfa list`: the user's own devices, and how awst uses each of them.

import { kindOfDevice, nameOfDevice } from "../../model/mfa/own-devices.ts";
import { awsFactsFile, makesCodes } from "../../model/session/aws-facts.ts";
import type { DeviceLine, DeviceListing } from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";
import type { UserRequest } from "../session/as-user.ts";
import { openIdentity } from "../session/open-identity-context.ts";
import { readStoredSeed } from "../session/stored-seed.ts";
import { readMfaJournal } from "./enrolment-journal.ts";
import { listOwnDevices, openDevices } from "./open-devices.ts";

/** Changes nothing, so it does not wait for a command that does. Errors: AWS_*, KEYCHAIN_*, and those of `asUser`. */
export async function listDevices(
  context: Context,
  identityName: string | undefined,
  request: UserRequest,
): Promise<DeviceListing> {
  const identityContext = await openIdentity(context, identityName);
  const own = await openDevices(context, identityContext);
  const listed = await listOwnDevices(context, own, request);
  const { users } = context.state.read(awsFactsFile);
  const lastUsed = users[identityContext.key.accessKeyId]?.lastUsed;
  const isOnly = listed.filter(({ serial }) => makesCodes(serial)).length === 1;
  const devices: DeviceLine[] = [];
  for (const { serial, enabledAt } of listed) {
    const isUsable = makesCodes(serial);
    const seed = isUsable ? await readStoredSeed(context, identityContext, serial) : undefined;
    const asked =
      identityContext.identity.device ?? lastUsed ?? (isOnly && isUsable ? serial : undefined);
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
  const { enrolment, replacement, removal } = readMfaJournal(context, own);
  return {
    identity: identityContext.identity.name,
    userName: own.userName,
    devices,
    unfinished: {
      adding: enrolment?.name,
      replacing: replacement && nameOfDevice(replacement.old),
      removing: removal && nameOfDevice(removal),
    },
  };
}
