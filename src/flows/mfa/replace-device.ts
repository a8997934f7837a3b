// `mfa replace`: a new device, proved, and then the old one goes; or what an earlier run left to do.

import { AwstError, isAwstError } from "../../model/errors.ts";
import { stateOfDevice } from "../../model/mfa/mfa-enrolment.ts";
import { isReplacing, type MfaJournal, type Replacement } from "../../model/mfa/mfa-journal.ts";
import { nextReplacementStep, type ReplacementFacts } from "../../model/mfa/mfa-replacement.ts";
import {
  checkDeviceQuota,
  codeDevices,
  deletionCommand,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "../../model/mfa/own-devices.ts";
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
import { type EnrolledDevice, enrolDevice, requireTerminal } from "./enrol-device.ts";
import {
  askAwsTime,
  findUnverified,
  readMfaJournal,
  updateMfaJournal,
} from "./enrolment-journal.ts";
import {
  chooseOwnDevice,
  type DeviceNeeds,
  holdDevices,
  listOwnDevices,
  type MfaContext,
  type NewDeviceRequest,
  type OwnDevices,
  observeDevices,
  withHands,
} from "./open-devices.ts";
import { deactivateDevice, deleteDevice } from "./remove-device.ts";
import { enableDevice } from "./verify-device.ts";

export interface ReplaceDeviceRequest extends NewDeviceRequest {
  /** The old one, by name or serial. */
  readonly device: string | undefined;
}

/** Errors: DEVICE_MISSING, CHOICE_NEEDED, CONFIRMATION_NEEDED, and those of `addDevice`. */
export async function replaceDevice(
  context: DeviceNeeds,
  request: ReplaceDeviceRequest,
): Promise<ReplacedDevice> {
  return holdDevices(context, request.identity, request.user.purpose, async (own) => {
    const { identityContext, userName } = own;
    const whose = nameUnlessDefault(identityContext);
    const journal = await readMfaJournal(context, identityContext, userName);
    await requireTerminal(
      context,
      request.store || journal.enrolment?.keepsSeed === true,
      request.user.retry,
    );
    if (isReplacing(journal)) return resumeReplacement(context, own, request);
    const devices = await listOwnDevices(context, own, request.user);
    if (journal.enrolment === undefined) checkDeviceQuota(userName, devices, whose);
    const unproved = journal.enrolment?.serial;
    const among = codeDevices(devices).filter(({ serial }) => serial !== unproved);
    const old = await chooseOwnDevice(context, {
      among,
      named: request.device ?? (among.length > 1 ? identityContext.identity.device : undefined),
      question: "Which device is to be replaced?",
      verb: "replace",
      whose,
    });
    return resumeReplacement(context, own, request, old.serial);
  });
}

export interface ReplacedDevice {
  readonly added: EnrolledDevice;
  readonly old: string;
  /** AWS denied its deletion: it stays in the account, nobody's. */
  readonly deletionDenied: boolean;
  /** Where the configuration names the old one. */
  readonly configured: ConfiguredDevice | undefined;
}

/** `old`: its serial, where nothing is begun. Errors: those of `enrolDevice` and of `asUser`; DEVICE_NAME_DENIED, CONFIRMATION_NEEDED. */
export async function resumeReplacement(
  context: DeviceNeeds,
  own: OwnDevices,
  request: NewDeviceRequest,
  old?: string,
): Promise<ReplacedDevice> {
  const unproved = await findUnverified(context, own);
  if (unproved !== undefined) return runReplacement(context, own, request, old);
  // Twice, where the first time AWS denied something for the session's age.
  return withHands(context, own, request.user, (mfa) => runReplacement(context, mfa, request, old));
}

async function runReplacement(
  context: DeviceNeeds,
  first: MfaContext,
  request: NewDeviceRequest,
  asked: string | undefined,
): Promise<ReplacedDevice> {
  const { identityContext, userName } = first;
  let mfa = first;
  let added: EnrolledDevice | undefined;
  const journal = await readMfaJournal(context, identityContext, userName);
  const begun = isReplacing(journal) ? journal.replacement : undefined;
  const { old: serial } = begun ?? (await startReplacement(context, first, asked));
  const doing = begun === undefined ? "replacing" : "going on with the replacement of";
  context.say(`${doing} ${nameOfDevice(serial)}`);
  let deletionDenied = false;
  let old = await observeOldDevice(context, mfa, serial);
  for (;;) {
    const now = await readMfaJournal(context, identityContext, userName);
    const { replacement } = now;
    if (replacement === undefined) throw new Error("the journal of the replacement is gone");
    const step = nextReplacementStep(factsOf(now, replacement, old, deletionDenied));
    if (step === "enrol") {
      try {
        added = await enrolDevice(context, mfa, enrolRequest(request, replacement));
        mfa = await withNewSession(context, mfa, added);
      } catch (error) {
        if (!isAwstError(error, "DEVICE_NAME_DENIED") || replacement.order === "same-name") {
          await deleteUnstartedReplacement(context, mfa);
          if (replacement.order === "same-name") reportNoDevice(context, identityContext);
          throw error;
        }
        mfa = await switchToSameName(context, mfa, { old: serial, user: request.user, error });
      }
    } else if (step === "deactivate-old") {
      await deactivateDevice(context, mfa, serial);
      old = "unassigned";
    } else if (step === "delete-old") {
      deletionDenied = (await deleteDevice(context, mfa, serial)) === "denied";
      if (!deletionDenied) old = "gone";
    } else if (step === "restore-old") {
      throw await restoreOldDevice(context, mfa, serial, request.user.retry);
    } else {
      const { fresh = serial } = replacement;
      if (deletionDenied) context.say(leftLine(serial));
      if (fresh !== serial) await forgetStoredSeed(context, identityContext, serial);
      await updateMfaJournal(context, identityContext, userName, { replacement: undefined });
      const { configuration, identity } = identityContext;
      return {
        added: added ?? resumedDevice(identity.name, fresh),
        old: serial,
        deletionDenied,
        configured:
          fresh === serial ? undefined : configuredDevice(configuration, identity, serial),
      };
    }
  }
}

async function startReplacement(
  context: DeviceNeeds,
  { identityContext, userName }: MfaContext,
  old: string | undefined,
): Promise<Replacement> {
  if (old === undefined) throw new Error("no replacement is begun");
  const since = (await askAwsTime(context)).toISOString();
  const replacement: Replacement = { old, order: "new-first", since };
  await updateMfaJournal(context, identityContext, userName, { replacement });
  return replacement;
}

function factsOf(
  journal: MfaJournal,
  { order, fresh }: Replacement,
  old: ReplacementFacts["old"],
  deletionDenied: boolean,
): ReplacementFacts {
  const isNewStarted = journal.enrolment !== undefined;
  return {
    order,
    old,
    isNewVerified: fresh !== undefined,
    isNewStarted,
    deletionDenied,
  };
}

async function observeOldDevice(
  context: DeviceNeeds,
  mfa: MfaContext,
  serial: string,
): Promise<ReplacementFacts["old"]> {
  const state = stateOfDevice(serial, mfa.userName, await observeDevices(context, mfa));
  if (state === "enabled") return "enabled";
  return state === "unassigned" || state === "unknown" ? "unassigned" : "gone";
}

function enrolRequest(request: NewDeviceRequest, { order, old }: Replacement) {
  const name = order === "same-name" ? nameOfDevice(old) : request.name;
  return { ...request, name };
}

/** The session that the new device's own code opened. */
async function withNewSession(
  context: DeviceNeeds,
  mfa: MfaContext,
  { session }: EnrolledDevice,
): Promise<MfaContext> {
  if (session === undefined) return mfa;
  const iam = await openIam(context, session.keys, mfa.identityContext.region);
  return { ...mfa, iam, session };
}

function reportNoDevice(
  context: DeviceNeeds,
  identityContext: MfaContext["identityContext"],
): void {
  const line = mfaCommand(nameUnlessDefault(identityContext), "replace");
  context.say(
    `the old device is gone and no new one is proved yet: \`${line}\` goes on from there`,
  );
}

/** A replacement of which nothing is left was never begun. */
async function deleteUnstartedReplacement(
  context: DeviceNeeds,
  { identityContext, userName }: MfaContext,
): Promise<void> {
  const { enrolment, replacement } = await readMfaJournal(context, identityContext, userName);
  if (enrolment !== undefined || replacement?.order !== "new-first") return;
  await updateMfaJournal(context, identityContext, userName, { replacement: undefined });
}

function resumedDevice(identity: string, serial: string): EnrolledDevice {
  return { identity, serial, session: undefined, isStored: false, isResumed: true };
}

const freshMs = 10 * 60_000;

/** The mfa for what follows. Errors: `error` where it is of no use or not wanted; CONFIRMATION_NEEDED. */
export async function switchToSameName(
  context: DeviceNeeds,
  mfa: MfaContext,
  about: { readonly old: string; readonly user: UserRequest; readonly error: AwstError },
): Promise<MfaContext> {
  const { identityContext, userName } = mfa;
  const { old, user, error } = about;
  const forget = () =>
    updateMfaJournal(context, identityContext, userName, { replacement: undefined });
  const terminal = await context.terminal();
  const again = (...words: readonly string[]) =>
    mfaCommand(nameUnlessDefault(identityContext), "replace", ...words);
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
  const session = await freshSession(context, mfa, user);
  const { replacement } = await readMfaJournal(context, identityContext, userName);
  if (replacement === undefined) throw new Error("no replacement is begun");
  await updateMfaJournal(context, identityContext, userName, {
    replacement: { ...replacement, order: "same-name" },
  });
  return { ...mfa, session, iam: await openIam(context, session.keys, identityContext.region) };
}

/** The old one works again; the error says why nothing was replaced. Errors: those of `enableDevice`. */
export async function restoreOldDevice(
  context: DeviceNeeds,
  mfa: MfaContext,
  old: string,
  retry: string,
): Promise<AwstError> {
  const { identityContext, userName } = mfa;
  const name = nameOfDevice(old);
  context.say(
    `AWS does not let device ${name} be deleted: it is put back, with two codes of the old one`,
  );
  const seed = await readStoredSeed(context, identityContext, old);
  const device = { serial: old, seed, makesCodes: seed !== undefined, retry };
  const outcome = await enableDevice(context, mfa, device);
  if (outcome !== "enabled") {
    return new AwstError("IAM_ABSENT", `whether device ${name} works again is not known`, {
      hint: retry,
    });
  }
  await updateMfaJournal(context, identityContext, userName, { replacement: undefined });
  return new AwstError(
    "DEVICE_NAME_DENIED",
    `device ${name} can't be replaced: AWS denies another name and the deletion of this one; it works as before`,
    { hint: `ask an administrator to remove it: ${deletionCommand(old)}` },
  );
}

async function freshSession(
  context: DeviceNeeds,
  { identityContext, session }: MfaContext,
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
