// A replacement from wherever it stands to its end. Usually the old device goes last; where one name
// alone is allowed it goes first, inside a session that a fresh code opened, and the journal says so.

import {
  type ConfiguredDevice,
  configuredDevice,
  leftLine,
} from "../../model/device/device-report.ts";
import { stateOfDevice } from "../../model/device/mfa-enrolment.ts";
import { isReplacing, type MfaJournal, type Replacement } from "../../model/device/mfa-journal.ts";
import { mfaLine, nameUnlessDefault } from "../../model/device/mfa-line.ts";
import { nextReplacementStep, type ReplacementFacts } from "../../model/device/mfa-replacement.ts";
import { nameOfDevice } from "../../model/device/own-devices.ts";
import { isAwstError } from "../../model/errors.ts";
import { openIam } from "../session/open-iam.ts";
import { forgetStoredSeed } from "../session/stored-seed.ts";
import { type EnrolledDevice, enrolDevice } from "./enrol-device.ts";
import { findUnproved } from "./find-unproved.ts";
import {
  type DeviceHands,
  type DeviceNeeds,
  type NewDeviceWish,
  type OwnDevices,
  withHands,
} from "./hold-devices.ts";
import { changeMfaJournal, readMfaJournal } from "./keep-mfa-journal.ts";
import { lookAtDevices } from "./look-at-devices.ts";
import { askAwsTime } from "./open-enrolment.ts";
import { putBackOld, turnToSameName } from "./same-name-order.ts";
import { deactivateDevice, deleteDevice } from "./take-away-device.ts";

export interface ReplacedDevice {
  readonly added: EnrolledDevice;
  readonly old: string;
  /** AWS denied its deletion: it stays in the account, nobody's. */
  readonly isOldLeft: boolean;
  /** Where the configuration names the old one. */
  readonly configured: ConfiguredDevice | undefined;
}

/** `old`: its serial, where nothing is begun. Errors: those of `enrolDevice` and of `asUser`; DEVICE_NAME_DENIED, CONFIRMATION_NEEDED. */
export async function goOnReplacing(
  world: DeviceNeeds,
  own: OwnDevices,
  wish: NewDeviceWish,
  old?: string,
): Promise<ReplacedDevice> {
  const unproved = await findUnproved(world, own);
  if (unproved !== undefined) return replace(world, own, wish, old);
  // Twice, where the first time AWS denied something for the session's age.
  return withHands(world, own, wish.user, (hands) => replace(world, hands, wish, old));
}

async function replace(
  world: DeviceNeeds,
  first: DeviceHands,
  wish: NewDeviceWish,
  asked: string | undefined,
): Promise<ReplacedDevice> {
  const { caller, userName } = first;
  let hands = first;
  let added: EnrolledDevice | undefined;
  const journal = await readMfaJournal(world, caller, userName);
  const begun = isReplacing(journal) ? journal.replacement : undefined;
  const { old: serial } = begun ?? (await begin(world, first, asked));
  const doing = begun === undefined ? "replacing" : "going on with the replacement of";
  world.say(`${doing} ${nameOfDevice(serial)}`);
  let isStuck = false;
  let old = await lookAtOld(world, hands, serial);
  for (;;) {
    const now = await readMfaJournal(world, caller, userName);
    const { replacement } = now;
    if (replacement === undefined) throw new Error("the journal of the replacement is gone");
    const step = nextReplacementStep(factsOf(now, replacement, old, isStuck));
    if (step === "enrol") {
      try {
        added = await enrolDevice(world, hands, enrolWish(wish, replacement));
        hands = await onSession(world, hands, added);
      } catch (error) {
        if (!isAwstError(error, "DEVICE_NAME_DENIED") || replacement.order === "same-name") {
          await forgetUnbegun(world, hands);
          if (replacement.order === "same-name") sayOldIsGone(world, caller);
          throw error;
        }
        hands = await turnToSameName(world, hands, { old: serial, user: wish.user, error });
      }
    } else if (step === "deactivate-old") {
      await deactivateDevice(world, hands, serial);
      old = "unassigned";
    } else if (step === "delete-old") {
      isStuck = (await deleteDevice(world, hands, serial)) === "denied";
      if (!isStuck) old = "gone";
    } else if (step === "restore-old") {
      throw await putBackOld(world, hands, serial, wish.user.retry);
    } else {
      const { fresh = serial } = replacement;
      if (isStuck) world.say(leftLine(serial));
      if (fresh !== serial) await forgetStoredSeed(world, caller, serial);
      await changeMfaJournal(world, caller, userName, { replacement: undefined });
      const { configuration, identity } = caller;
      return {
        added: added ?? earlier(identity.name, fresh),
        old: serial,
        isOldLeft: isStuck,
        configured:
          fresh === serial ? undefined : configuredDevice(configuration, identity, serial),
      };
    }
  }
}

async function begin(
  world: DeviceNeeds,
  { caller, userName }: DeviceHands,
  old: string | undefined,
): Promise<Replacement> {
  if (old === undefined) throw new Error("no replacement is begun");
  const since = (await askAwsTime(world)).toISOString();
  const replacement: Replacement = { old, order: "new-first", since };
  await changeMfaJournal(world, caller, userName, { replacement });
  return replacement;
}

function factsOf(
  journal: MfaJournal,
  { order, fresh }: Replacement,
  old: ReplacementFacts["old"],
  isStuck: boolean,
): ReplacementFacts {
  const isNewBegun = journal.enrolment !== undefined;
  return { order, old, isNewReady: fresh !== undefined, isNewBegun, isStuck };
}

async function lookAtOld(
  world: DeviceNeeds,
  hands: DeviceHands,
  serial: string,
): Promise<ReplacementFacts["old"]> {
  const state = stateOfDevice(serial, hands.userName, await lookAtDevices(world, hands));
  if (state === "enabled") return "enabled";
  return state === "unassigned" || state === "unknown" ? "unassigned" : "gone";
}

function enrolWish(wish: NewDeviceWish, { order, old }: Replacement) {
  const name = order === "same-name" ? nameOfDevice(old) : wish.name;
  return { ...wish, name };
}

/** The session that the new device's own code opened. */
async function onSession(
  world: DeviceNeeds,
  hands: DeviceHands,
  { session }: EnrolledDevice,
): Promise<DeviceHands> {
  if (session === undefined) return hands;
  const iam = await openIam(world, session.keys, hands.caller.region);
  return { ...hands, iam, session };
}

function sayOldIsGone(world: DeviceNeeds, caller: DeviceHands["caller"]): void {
  const line = mfaLine(nameUnlessDefault(caller), "replace");
  world.say(`the old device is gone and no new one is proved yet: \`${line}\` goes on from there`);
}

/** A replacement of which nothing is left was never begun. */
async function forgetUnbegun(world: DeviceNeeds, { caller, userName }: DeviceHands): Promise<void> {
  const { enrolment, replacement } = await readMfaJournal(world, caller, userName);
  if (enrolment !== undefined || replacement?.order !== "new-first") return;
  await changeMfaJournal(world, caller, userName, { replacement: undefined });
}

function earlier(identity: string, serial: string): EnrolledDevice {
  return { identity, serial, session: undefined, isStored: false, wasBegun: true };
}
