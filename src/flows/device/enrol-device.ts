// A virtual device from nothing to proved, or from wherever an earlier run left it. Until then its seed
// lies in the keychain; given up, it is deleted, and where AWS denies that the next run finishes it.

import { type Enrolling, factsOf, nextEnrolmentStep } from "../../model/device/mfa-enrolment.ts";
import type { Enrolment } from "../../model/device/mfa-journal.ts";
import { nameOfDevice } from "../../model/device/own-devices.ts";
import { AwstError } from "../../model/errors.ts";
import type { MfaSession } from "../../model/session/session.ts";
import type { Caller } from "../session/open-caller.ts";
import { forgetStoredSeed, keepStoredSeed, readStoredSeed } from "../session/stored-seed.ts";
import type { CodeDevice } from "./ask-device-codes.ts";
import { beginNewDevice } from "./begin-new-device.ts";
import { enableDevice } from "./enable-device.ts";
import { clearAway, giveUpEnrolment } from "./give-up-enrolment.ts";
import type { DeviceHands, DeviceNeeds, NewDeviceWish } from "./hold-devices.ts";
import { changeMfaJournal, dropPendingSeed, readMfaJournal } from "./keep-mfa-journal.ts";
import { lookAgain, openEnrolment } from "./open-enrolment.ts";
import { proveDevice } from "./prove-device.ts";
import { showDevice } from "./show-device.ts";

export interface EnrolledDevice {
  readonly identity: string;
  readonly serial: string;
  /** undefined: proved by an earlier run. */
  readonly session: MfaSession | undefined;
  readonly isStored: boolean;
  /** An earlier run began it. */
  readonly wasBegun: boolean;
}

/** Errors: INTERRUPTED, CODE_NEEDED, DEVICE_NAME_DENIED, IAM_*, KEYCHAIN_*, AWS_*. */
export async function enrolDevice(
  world: DeviceNeeds,
  hands: DeviceHands,
  wish: NewDeviceWish,
): Promise<EnrolledDevice> {
  const it = await openEnrolment(world, hands);
  sayWhatWasBegun(world, it, wish);
  let session: MfaSession | undefined;
  try {
    for (;;) {
      const step = nextEnrolmentStep(factsOf(it));
      const { enrolment } = it;
      if (step === "create" || enrolment === undefined) {
        await beginNewDevice(world, hands, it, wish);
      } else if (step === "enable") {
        await enable(world, hands, it, wish);
      } else if (step === "prove") {
        session = await proveDevice(world, hands, codeDevice(it, wish), wish.user.words);
        await keepEnrolment(world, hands, it, { ...enrolment, isProved: true });
      } else if (step === "settle") {
        return await settle(world, hands, it, { session, wish });
      } else {
        await clearAway(world, hands, it, step);
      }
    }
  } catch (error) {
    await giveUpEnrolment(world, hands, it, error);
    throw error;
  }
}

function sayWhatWasBegun(world: DeviceNeeds, it: Enrolling, wish: NewDeviceWish): void {
  const { enrolment, device, seed } = it;
  if (enrolment === undefined) return;
  const isOther = wish.name !== undefined && wish.name !== enrolment.name;
  it.isUnwanted = isOther && device !== "enabled";
  if (!it.isUnwanted && (device === "enabled" || seed !== undefined)) {
    it.wasBegun = true;
    world.say(`device ${enrolment.name} was begun before and not finished: going on with it`);
  }
}

async function enable(
  world: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  wish: NewDeviceWish,
): Promise<void> {
  const device = codeDevice(it, wish);
  const { seed, serial } = device;
  if (seed === undefined) throw new Error(`no seed of ${serial}`);
  await showDevice(world, hands, { name: it.enrolment?.name ?? "", serial, seed }, wish.asText);
  const outcome = await enableDevice(world, hands, device);
  if (outcome === "enabled") it.device = "enabled";
  if (outcome === "absent") {
    it.device = "absent";
    throw new AwstError("IAM_ABSENT", `device ${it.enrolment?.name} is gone at AWS`, {
      hint: wish.user.retry,
    });
  }
  if (outcome === "unsure") {
    it.losses += 1;
    await lookAgain(world, hands, it);
  }
}

async function settle(
  world: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  done: { readonly session: MfaSession | undefined; readonly wish: NewDeviceWish },
): Promise<EnrolledDevice> {
  const { caller, userName } = hands;
  const { serial } = it;
  const isStored = keepsSeed(it, done.wish) && it.seed !== undefined;
  if (isStored && it.seed) await keepStoredSeed(world, caller, serial, it.seed);
  else await forgetOlderSeed(world, caller, it);
  await dropPendingSeed(world, caller);
  // In one write: a replacement has its new device, and no second one is begun.
  const { replacement } = await readMfaJournal(world, caller, userName);
  await changeMfaJournal(world, caller, userName, {
    enrolment: undefined,
    ...(replacement && { replacement: { ...replacement, fresh: serial } }),
  });
  world.state.record("mfa-device-added", { identity: caller.identity.name, device: serial });
  return {
    identity: caller.identity.name,
    serial,
    session: done.session,
    isStored,
    wasBegun: it.wasBegun,
  };
}

/** Of a device that had the same serial before this one. */
async function forgetOlderSeed(
  world: DeviceNeeds,
  caller: Caller,
  { serial, seed }: Enrolling,
): Promise<void> {
  const stored = await readStoredSeed(world, caller, serial);
  if (seed === undefined || stored === undefined || stored.equals(seed)) return;
  await forgetStoredSeed(world, caller, serial);
  world.say(
    `the seed of an earlier device ${nameOfDevice(serial)} was stored here: it is forgotten`,
  );
}

async function keepEnrolment(
  world: DeviceNeeds,
  { caller, userName }: DeviceHands,
  it: Enrolling,
  enrolment: Enrolment,
): Promise<void> {
  it.enrolment = enrolment;
  await changeMfaJournal(world, caller, userName, { enrolment });
}

function codeDevice(it: Enrolling, wish: NewDeviceWish): CodeDevice {
  const makesCodes = keepsSeed(it, wish) && it.seed !== undefined;
  return { serial: it.serial, seed: it.seed, makesCodes, retry: wish.user.retry };
}

function keepsSeed(it: Enrolling, wish: NewDeviceWish): boolean {
  return wish.store || it.enrolment?.keepsSeed === true;
}
