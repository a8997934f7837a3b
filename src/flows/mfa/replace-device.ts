// `mfa replace`: a new device, proved, and then the old one goes; or what an earlier run left to do.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { deletionLine } from "../../model/mfa/device-names.ts";
import { stateOfDevice } from "../../model/mfa/mfa-enrolment.ts";
import { isReplacing, type MfaJournal, type Replacement } from "../../model/mfa/mfa-journal.ts";
import { mfaLine, nameUnlessDefault } from "../../model/mfa/mfa-line.ts";
import { nextReplacementStep, type ReplacementFacts } from "../../model/mfa/mfa-replacement.ts";
import { codeDevices, nameOfDevice, refuseNinth } from "../../model/mfa/own-devices.ts";
import type { MfaSession } from "../../model/session/session.ts";
import {
  type ConfiguredDevice,
  configuredDevice,
  leftLine,
} from "../../output/mfa/device-report.ts";
import type { UserRequest } from "../session/as-user.ts";
import { openIam } from "../session/ask-aws.ts";
import { obtainMfaSession } from "../session/obtain-mfa-session.ts";
import { forgetStoredSeed, readStoredSeed } from "../session/stored-seed.ts";
import { type EnrolledDevice, enableDevice, enrolDevice, requireTyper } from "./enrol-device.ts";
import {
  type DeviceHands,
  type DeviceNeeds,
  holdDevices,
  lookAtDevices,
  type NewDeviceWish,
  type OwnDevices,
  withHands,
} from "./hold-devices.ts";
import { changeMfaJournal, readMfaJournal } from "./keep-mfa-journal.ts";
import { askAwsTime, findUnproved } from "./open-enrolment.ts";
import { chooseOwnDevice, listOwnDevices } from "./remove-device.ts";
import { deactivateDevice, deleteDevice } from "./take-away-device.ts";

export interface ReplaceWish extends NewDeviceWish {
  /** The old one, by name or serial. */
  readonly device: string | undefined;
}

/** Errors: DEVICE_MISSING, CHOICE_NEEDED, CONFIRMATION_NEEDED, and those of `addDevice`. */
export async function replaceDevice(
  context: DeviceNeeds,
  wish: ReplaceWish,
): Promise<ReplacedDevice> {
  return holdDevices(context, wish.identity, wish.user.purpose, async (own) => {
    const { identityContext, userName } = own;
    const whose = nameUnlessDefault(identityContext);
    const journal = await readMfaJournal(context, identityContext, userName);
    await requireTyper(
      context,
      wish.store || journal.enrolment?.keepsSeed === true,
      wish.user.retry,
    );
    if (isReplacing(journal)) return goOnReplacing(context, own, wish);
    const devices = await listOwnDevices(context, own, wish.user);
    if (journal.enrolment === undefined) refuseNinth(userName, devices, whose);
    const unproved = journal.enrolment?.serial;
    const among = codeDevices(devices).filter(({ serial }) => serial !== unproved);
    const old = await chooseOwnDevice(context, {
      among,
      named: wish.device ?? (among.length > 1 ? identityContext.identity.device : undefined),
      question: "Which device is to be replaced?",
      verb: "replace",
      whose,
    });
    return goOnReplacing(context, own, wish, old.serial);
  });
}

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
  context: DeviceNeeds,
  own: OwnDevices,
  wish: NewDeviceWish,
  old?: string,
): Promise<ReplacedDevice> {
  const unproved = await findUnproved(context, own);
  if (unproved !== undefined) return replace(context, own, wish, old);
  // Twice, where the first time AWS denied something for the session's age.
  return withHands(context, own, wish.user, (hands) => replace(context, hands, wish, old));
}

async function replace(
  context: DeviceNeeds,
  first: DeviceHands,
  wish: NewDeviceWish,
  asked: string | undefined,
): Promise<ReplacedDevice> {
  const { identityContext, userName } = first;
  let hands = first;
  let added: EnrolledDevice | undefined;
  const journal = await readMfaJournal(context, identityContext, userName);
  const begun = isReplacing(journal) ? journal.replacement : undefined;
  const { old: serial } = begun ?? (await begin(context, first, asked));
  const doing = begun === undefined ? "replacing" : "going on with the replacement of";
  context.say(`${doing} ${nameOfDevice(serial)}`);
  let isStuck = false;
  let old = await lookAtOld(context, hands, serial);
  for (;;) {
    const now = await readMfaJournal(context, identityContext, userName);
    const { replacement } = now;
    if (replacement === undefined) throw new Error("the journal of the replacement is gone");
    const step = nextReplacementStep(factsOf(now, replacement, old, isStuck));
    if (step === "enrol") {
      try {
        added = await enrolDevice(context, hands, enrolWish(wish, replacement));
        hands = await onSession(context, hands, added);
      } catch (error) {
        if (!isAwstError(error, "DEVICE_NAME_DENIED") || replacement.order === "same-name") {
          await forgetUnbegun(context, hands);
          if (replacement.order === "same-name") sayOldIsGone(context, identityContext);
          throw error;
        }
        hands = await turnToSameName(context, hands, { old: serial, user: wish.user, error });
      }
    } else if (step === "deactivate-old") {
      await deactivateDevice(context, hands, serial);
      old = "unassigned";
    } else if (step === "delete-old") {
      isStuck = (await deleteDevice(context, hands, serial)) === "denied";
      if (!isStuck) old = "gone";
    } else if (step === "restore-old") {
      throw await putBackOld(context, hands, serial, wish.user.retry);
    } else {
      const { fresh = serial } = replacement;
      if (isStuck) context.say(leftLine(serial));
      if (fresh !== serial) await forgetStoredSeed(context, identityContext, serial);
      await changeMfaJournal(context, identityContext, userName, { replacement: undefined });
      const { configuration, identity } = identityContext;
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
  context: DeviceNeeds,
  { identityContext, userName }: DeviceHands,
  old: string | undefined,
): Promise<Replacement> {
  if (old === undefined) throw new Error("no replacement is begun");
  const since = (await askAwsTime(context)).toISOString();
  const replacement: Replacement = { old, order: "new-first", since };
  await changeMfaJournal(context, identityContext, userName, { replacement });
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
  context: DeviceNeeds,
  hands: DeviceHands,
  serial: string,
): Promise<ReplacementFacts["old"]> {
  const state = stateOfDevice(serial, hands.userName, await lookAtDevices(context, hands));
  if (state === "enabled") return "enabled";
  return state === "unassigned" || state === "unknown" ? "unassigned" : "gone";
}

function enrolWish(wish: NewDeviceWish, { order, old }: Replacement) {
  const name = order === "same-name" ? nameOfDevice(old) : wish.name;
  return { ...wish, name };
}

/** The session that the new device's own code opened. */
async function onSession(
  context: DeviceNeeds,
  hands: DeviceHands,
  { session }: EnrolledDevice,
): Promise<DeviceHands> {
  if (session === undefined) return hands;
  const iam = await openIam(context, session.keys, hands.identityContext.region);
  return { ...hands, iam, session };
}

function sayOldIsGone(context: DeviceNeeds, identityContext: DeviceHands["identityContext"]): void {
  const line = mfaLine(nameUnlessDefault(identityContext), "replace");
  context.say(
    `the old device is gone and no new one is proved yet: \`${line}\` goes on from there`,
  );
}

/** A replacement of which nothing is left was never begun. */
async function forgetUnbegun(
  context: DeviceNeeds,
  { identityContext, userName }: DeviceHands,
): Promise<void> {
  const { enrolment, replacement } = await readMfaJournal(context, identityContext, userName);
  if (enrolment !== undefined || replacement?.order !== "new-first") return;
  await changeMfaJournal(context, identityContext, userName, { replacement: undefined });
}

function earlier(identity: string, serial: string): EnrolledDevice {
  return { identity, serial, session: undefined, isStored: false, wasBegun: true };
}

const freshMs = 10 * 60_000;

/** The hands for what follows. Errors: `error` where it is of no use or not wanted; CONFIRMATION_NEEDED. */
export async function turnToSameName(
  context: DeviceNeeds,
  hands: DeviceHands,
  about: { readonly old: string; readonly user: UserRequest; readonly error: AwstError },
): Promise<DeviceHands> {
  const { identityContext, userName } = hands;
  const { old, user, error } = about;
  const forget = () =>
    changeMfaJournal(context, identityContext, userName, { replacement: undefined });
  const terminal = await context.terminal();
  const again = (...words: readonly string[]) =>
    mfaLine(nameUnlessDefault(identityContext), "replace", ...words);
  const isUseful = nameOfDevice(old) === userName;
  if (!isUseful || !terminal.isHere()) {
    await forget();
    if (!isUseful) throw error;
    throw new AwstError(
      "CONFIRMATION_NEEDED",
      `${error.message}; the old one would have to go first`,
      {
        hint: `${again("--device", nameOfDevice(old))}, on a terminal`,
      },
    );
  }
  context.say(error.message);
  context.say(
    `so the old device has to go before the new one can be made. Until that works there is none; whatever interrupts it, \`${again()}\` goes on from there`,
  );
  const agreed = await terminal
    .confirm({ text: `Remove ${nameOfDevice(old)} first, then make the new one?` })
    .catch(async (stopped: unknown) => {
      await forget();
      throw stopped;
    });
  if (!agreed) {
    await forget();
    throw error;
  }
  const session = await freshSession(context, hands, user);
  const { replacement } = await readMfaJournal(context, identityContext, userName);
  if (replacement === undefined) throw new Error("no replacement is begun");
  await changeMfaJournal(context, identityContext, userName, {
    replacement: { ...replacement, order: "same-name" },
  });
  return { ...hands, session, iam: await openIam(context, session.keys, identityContext.region) };
}

/** The old one works again; the error says why nothing was replaced. Errors: those of `enableDevice`. */
export async function putBackOld(
  context: DeviceNeeds,
  hands: DeviceHands,
  old: string,
  retry: string,
): Promise<AwstError> {
  const { identityContext, userName } = hands;
  const name = nameOfDevice(old);
  context.say(
    `AWS does not let device ${name} be deleted: it is put back, with two codes of the old one`,
  );
  const seed = await readStoredSeed(context, identityContext, old);
  const device = { serial: old, seed, makesCodes: seed !== undefined, retry };
  const outcome = await enableDevice(context, hands, device);
  if (outcome !== "enabled") {
    return new AwstError("IAM_ABSENT", `whether device ${name} works again is not known`, {
      hint: retry,
    });
  }
  await changeMfaJournal(context, identityContext, userName, { replacement: undefined });
  return new AwstError(
    "DEVICE_NAME_DENIED",
    `device ${name} can't be replaced: AWS denies another name and the deletion of this one; it works as before`,
    { hint: `ask an administrator to remove it: ${deletionLine(old)}` },
  );
}

async function freshSession(
  context: DeviceNeeds,
  { identityContext, session }: DeviceHands,
  user: UserRequest,
): Promise<MfaSession> {
  const now = await askAwsTime(context);
  const isFresh = ({ codeAt }: MfaSession) => now.getTime() - codeAt.getTime() < freshMs;
  if (session !== undefined && isFresh(session)) return session;
  const roles = [...identityContext.configuration.roles.values()];
  return obtainMfaSession(context, identityContext, {
    purpose: user.purpose,
    requester: "person",
    deadline: undefined,
    given: undefined,
    retry: user.retry,
    workSeconds: roles.map((role) => role.durationSeconds),
    isEnough: isFresh,
  });
}
