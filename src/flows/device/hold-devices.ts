// What every verb on MFA devices begins with: whose devices, what is there, what was begun before; one
// such verb at a time per identity.

import { codeDevices } from "../../model/device/own-devices.ts";
import { isAwstError } from "../../model/errors.ts";
import { makesCodes, withUser } from "../../model/session/learned.ts";
import type { MfaSession } from "../../model/session/session.ts";
import type { Iam, ListedDevice } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";
import { asUser, type UserNeeds, type UserWish } from "../session/as-user.ts";
import { changeLearned, learnUser } from "../session/learn-user.ts";
import { readMfaSession } from "../session/obtain-mfa-session.ts";
import type { Caller } from "../session/open-caller.ts";
import { openIam } from "../session/open-iam.ts";
import { openIdentity } from "../session/open-identity.ts";

export type DeviceNeeds = UserNeeds & Needs<"qr" | "debug">;

export interface NewDeviceWish {
  readonly identity: string | undefined;
  /** undefined: the user's name, or the next that is free. */
  readonly name: string | undefined;
  /** --store */
  readonly store: boolean;
  /** --text */
  readonly asText: boolean;
  readonly user: UserWish;
}

export interface DeviceHands {
  readonly caller: Caller;
  readonly userName: string;
  readonly iam: Iam;
  /** The one `iam` is signed by; undefined: the long-term key. */
  readonly session: MfaSession | undefined;
}

/** On the long-term key. */
export interface OwnDevices extends DeviceHands {
  readonly session: undefined;
  /** undefined: AWS denied the look. */
  readonly enabled: readonly ListedDevice[] | undefined;
}

/** Errors: those of `openIdentity`, AWS_*. */
export async function holdDevices<T>(
  world: DeviceNeeds,
  identityName: string | undefined,
  words: string,
  work: (own: OwnDevices) => Promise<T>,
): Promise<T> {
  const caller = await openIdentity(world, identityName);
  const { userName } = await learnUser(world, caller);
  const how = {
    holder: `${words} (process ${world.processId})`,
    onWait: (holder: string | undefined) =>
      world.say(`waiting for ${holder ?? "another awst"} to finish`),
  };
  return (await world.locks()).hold(`mfa-${caller.identity.name}`, how, async () => {
    const iam = await openIam(world, caller.key, caller.region);
    const enabled = await lookAtOwn(world, caller, iam, userName);
    return work({ caller, userName, iam, session: undefined, enabled });
  });
}

/**
 * The MFA session where the user has a device to open one; else the one that is kept, else the long-term
 * key, as policies allow it for a first device.
 */
export async function withHands<T>(
  world: DeviceNeeds,
  own: OwnDevices,
  wish: UserWish,
  work: (hands: DeviceHands) => Promise<T>,
): Promise<T> {
  const { caller, enabled } = own;
  const signInside = () =>
    asUser(world, caller.identity.name, wish, (iam, userName, _same, session) =>
      work({ caller, userName, iam, session }),
    );
  if (enabled === undefined) {
    // Who may not look may still act, and else needs a code.
    return work(own).catch((error: unknown) => {
      if (!isAwstError(error, "AWS_DENIED")) throw error;
      return signInside();
    });
  }
  if (codeDevices(enabled).length > 0) return signInside();
  const kept = await readMfaSession(world, caller);
  if (kept === undefined) return work(own);
  const iam = await openIam(world, kept.keys, caller.region);
  return work({ ...own, iam, session: kept });
}

async function lookAtOwn(
  world: DeviceNeeds,
  caller: Caller,
  iam: Iam,
  userName: string,
): Promise<readonly ListedDevice[] | undefined> {
  try {
    const { devices } = await iam.listMfaDevices(userName);
    const serials = devices.map(({ serial }) => serial);
    await changeLearned(world, (learned) => {
      const user = learned.users[caller.key.accessKeyId];
      if (user === undefined) return learned;
      return withUser(learned, caller.key.accessKeyId, {
        ...user,
        devices: serials.filter(makesCodes),
        unusable: serials.filter((serial) => !makesCodes(serial)),
      });
    });
    return devices;
  } catch (error) {
    if (!isAwstError(error, "AWS_DENIED")) throw error;
    return undefined;
  }
}
