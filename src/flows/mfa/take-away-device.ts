// A device goes: deactivated, then, where it is a virtual one, deleted; and what is kept of it here.

import { isAwstError } from "../../model/errors.ts";
import { kindOfDevice } from "../../model/mfa/own-devices.ts";
import { withUser } from "../../model/session/aws-facts.ts";
import { updateAwsFacts } from "../session/lookup-user.ts";
import { forgetStoredSeed } from "../session/stored-seed.ts";
import type { DeviceHands, DeviceNeeds } from "./hold-devices.ts";

const tries = 6;

/** Gone already is done. Errors: AWS_*. */
export async function deactivateDevice(
  context: DeviceNeeds,
  { iam, userName, identityContext }: DeviceHands,
  serial: string,
): Promise<void> {
  await unlessAbsent(() => iam.deactivateMfaDevice(userName, serial));
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
  { iam, identityContext }: DeviceHands,
  serial: string,
): Promise<"deleted" | "denied"> {
  if (kindOfDevice(serial) === "virtual") {
    try {
      await whileInConflict(context, () => unlessAbsent(() => iam.deleteVirtualMfaDevice(serial)));
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

async function unlessAbsent(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isAwstError(error, "IAM_ABSENT")) throw error;
  }
}

/** The deactivation is felt a little later by the deletion. */
async function whileInConflict(context: DeviceNeeds, act: () => Promise<void>): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      return await act();
    } catch (error) {
      if (left === 1 || !isAwstError(error, "IAM_CONFLICT")) throw error;
      await context.sleep(1000);
    }
  }
}
