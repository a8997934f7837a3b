// `mfa replace`: enrols a new device and, once it is verified, removes the old one; or resumes what an
// earlier run started. If the policy allows only one name, the old device is deleted first.

import { allDurations } from "../../model/configuration/find-in-configuration.ts";
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
  deletionDeniedLine,
} from "../../output/mfa/device-report.ts";
import type { Context } from "../../ports.ts";
import type { UserRequest } from "../session/as-user.ts";
import { obtainMfaSession } from "../session/obtain-mfa-session.ts";
import { openIdentity } from "../session/open-identity-context.ts";
import { forgetStoredSeed, readStoredSeed } from "../session/stored-seed.ts";
import { type EnrolledDevice, enrolDevice, requireTerminal } from "./enrol-device.ts";
import {
  discardUnsealedMfaJournal,
  findUnverified,
  readMfaJournal,
  updateMfaJournal,
} from "./enrolment-journal.ts";
import {
  chooseOwnDevice,
  listOwnDevices,
  lockDevices,
  type MfaContext,
  type NewDeviceRequest,
  type OwnDevices,
  observeDevices,
  openDevices,
  withUserAccess,
} from "./open-devices.ts";
import { deactivateDevice, deleteDevice } from "./remove-device.ts";
import { enableDevice } from "./verify-device.ts";

export interface ReplaceDeviceRequest extends NewDeviceRequest {
  /** Name or serial of the old device. */
  readonly device: string | undefined;
}

export interface ReplacedDevice {
  readonly added: EnrolledDevice;
  readonly old: string;
  /** AWS denied the deletion of the old device: it stays in the account, assigned to no user. */
  readonly deletionDenied: boolean;
  /** Set if the configuration names the old device. */
  readonly configured: ConfiguredDevice | undefined;
}

/** Errors: DEVICE_MISSING, CHOICE_NEEDED, CONFIRMATION_NEEDED, and those of `addDevice`. */
export async function replaceDevice(
  context: Context,
  request: ReplaceDeviceRequest,
): Promise<ReplacedDevice> {
  const identityContext = await openIdentity(context, request.identity);
  await using _lock = await lockDevices(context, identityContext, request.user.purpose);
  const own = await openDevices(context, identityContext);
  discardUnsealedMfaJournal(context, own);
  const journal = readMfaJournal(context, own);
  await requireTerminal(context, journal, request);
  if (isReplacing(journal)) return await resumeReplacement(context, own, request);
  const identity = nameUnlessDefault(identityContext);
  const devices = await listOwnDevices(context, own, request.user);
  if (journal.enrolment === undefined) checkDeviceQuota(own.userName, devices, identity);
  const unverified = journal.enrolment?.serial;
  const among = codeDevices(devices).filter(({ serial }) => serial !== unverified);
  const configured = among.length > 1 ? identityContext.identity.device : undefined;
  const isOld = ({ serial }: { readonly serial: string }) =>
    request.device === undefined && [serial, nameOfDevice(serial)].includes(request.name ?? "");
  const byName = among.find(isOld)?.serial;
  const named = request.device ?? byName ?? configured;
  const old = await chooseOwnDevice(context, { among, named, command: "replace", identity });
  const added = byName === undefined ? request : { ...request, name: undefined };
  return await resumeReplacement(context, own, added, old.serial);
}

/** Runs a replacement to its end. `old`: the old device's serial, unless the journal has it.
 *  Errors: those of `enrolDevice` and `asUser`; DEVICE_NAME_DENIED, CONFIRMATION_NEEDED. */
export async function resumeReplacement(
  context: Context,
  own: OwnDevices,
  request: NewDeviceRequest,
  old?: string,
): Promise<ReplacedDevice> {
  const unverified = findUnverified(context, own);
  if (unverified !== undefined) return runReplacement(context, own, request, old);
  return withUserAccess(context, own, request.user, (mfa) =>
    runReplacement(context, mfa, request, old),
  );
}

async function runReplacement(
  context: Context,
  first: MfaContext,
  request: NewDeviceRequest,
  oldSerial: string | undefined,
): Promise<ReplacedDevice> {
  const journal = readMfaJournal(context, first);
  const started = isReplacing(journal) ? journal.replacement : undefined;
  const { old: serial } = started ?? (await startReplacement(context, first, oldSerial));
  const action = started === undefined ? "replacing" : "resuming the replacement of";
  context.say(`${action} device ${nameOfDevice(serial)}`);
  let mfa = first;
  let added: EnrolledDevice | undefined;
  let deletionDenied = false;
  let old = await observeOldDevice(context, mfa, serial);
  for (;;) {
    const current = readMfaJournal(context, first);
    const { replacement } = current;
    if (replacement === undefined) throw new Error("the replacement is not in the journal");
    const step = nextReplacementStep(replacementFacts(current, replacement, old, deletionDenied));
    if (step === "enrol") {
      try {
        added = await enrolDevice(context, mfa, enrolRequest(request, replacement));
        mfa = await useNewSession(context, mfa, added);
      } catch (error) {
        if (!isAwstError(error, "DEVICE_NAME_DENIED") || replacement.order === "same-name") {
          await dropUnstartedReplacement(context, mfa);
          if (replacement.order === "same-name") reportOldDeleted(context, mfa);
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
      if (deletionDenied) context.say(deletionDeniedLine(serial));
      if (fresh !== serial) await forgetStoredSeed(context, mfa.identityContext, serial);
      await updateMfaJournal(context, mfa, { replacement: undefined });
      const { configuration, identity } = mfa.identityContext;
      const isSame = fresh === serial;
      const configured = isSame ? undefined : configuredDevice(configuration, identity, serial);
      added ??= addedEarlier(identity.name, fresh);
      return { added, old: serial, deletionDenied, configured };
    }
  }
}

async function startReplacement(
  context: Context,
  mfa: MfaContext,
  old: string | undefined,
): Promise<Replacement> {
  if (old === undefined) throw new Error("no replacement is started");
  const since = context.clock().awsNow.toISOString();
  const replacement: Replacement = { old, order: "new-first", since };
  await updateMfaJournal(context, mfa, { replacement });
  return replacement;
}

function replacementFacts(
  journal: MfaJournal,
  { order, fresh }: Replacement,
  old: ReplacementFacts["old"],
  deletionDenied: boolean,
): ReplacementFacts {
  const isNewStarted = journal.enrolment !== undefined;
  return { order, old, isNewVerified: fresh !== undefined, isNewStarted, deletionDenied };
}

async function observeOldDevice(
  context: Context,
  mfa: MfaContext,
  serial: string,
): Promise<ReplacementFacts["old"]> {
  const state = stateOfDevice(serial, mfa.userName, await observeDevices(context, mfa));
  if (state === "enabled") return "enabled";
  return state === "unassigned" || state === "unknown" ? "unassigned" : "gone";
}

function enrolRequest(request: NewDeviceRequest, { order, old }: Replacement): NewDeviceRequest {
  return { ...request, name: order === "same-name" ? nameOfDevice(old) : request.name };
}

/** Returns access in the session that a code of the new device opened. */
async function useNewSession(
  context: Context,
  mfa: MfaContext,
  { session }: EnrolledDevice,
): Promise<MfaContext> {
  if (session === undefined) return mfa;
  const iam = await context.iam(session.keys, mfa.identityContext.region);
  return { ...mfa, iam, session };
}

/** With an enrolment in the journal, `enrolDevice` has printed the command that resumes. */
function reportOldDeleted(context: Context, mfa: MfaContext): void {
  context.say("the old device is deleted, and the new one is not verified yet");
  if (readMfaJournal(context, mfa).enrolment === undefined) reportResume(context, mfa);
}

function reportResume(context: Context, { identityContext }: MfaContext): void {
  const command = mfaCommand(nameUnlessDefault(identityContext), "replace");
  context.say(`to resume the replacement: ${command}`);
}

/** Drops a replacement of which no step was done. */
async function dropUnstartedReplacement(context: Context, mfa: MfaContext): Promise<void> {
  const { enrolment, replacement } = readMfaJournal(context, mfa);
  if (enrolment !== undefined || replacement?.order !== "new-first") return;
  await updateMfaJournal(context, mfa, { replacement: undefined });
}

function addedEarlier(identity: string, serial: string): EnrolledDevice {
  return { identity, serial, session: undefined, isStored: false, isResumed: true };
}

/**
 * After AWS denied another name: asks whether to delete the old device first, and returns access in a
 * session with a fresh code. Errors: `error` if that does not help; NOT_CONFIRMED if the user says no;
 * CONFIRMATION_NEEDED.
 */
async function switchToSameName(
  context: Context,
  mfa: MfaContext,
  denial: { readonly old: string; readonly user: UserRequest; readonly error: AwstError },
): Promise<MfaContext> {
  const { old, user, error } = denial;
  const { identityContext, userName } = mfa;
  const name = nameOfDevice(old);
  const identity = nameUnlessDefault(identityContext);
  if (name !== userName) {
    await updateMfaJournal(context, mfa, { replacement: undefined });
    throw error;
  }
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    await updateMfaJournal(context, mfa, { replacement: undefined });
    const message = `${error.message}; the old device has to be deleted first, and there is no terminal to confirm that`;
    throw new AwstError("CONFIRMATION_NEEDED", message, {
      hint: `on a terminal: ${mfaCommand(identity, "replace", "--device", name)}`,
    });
  }
  context.say(error.message);
  context.say("the old device has to be deleted before the new one is created");
  context.say(
    `you have no MFA device until the new one is verified; if you are interrupted, resume with: ${mfaCommand(identity, "replace")}`,
  );
  let isConfirmed = false;
  try {
    isConfirmed = await terminal.confirm({
      text: `Delete device ${name} first, then create the new one?`,
    });
  } finally {
    if (!isConfirmed) await updateMfaJournal(context, mfa, { replacement: undefined });
  }
  if (!isConfirmed) {
    throw new AwstError("NOT_CONFIRMED", `nothing was changed: device ${name} stays in use`);
  }
  const session = await openFreshSession(context, mfa, user);
  const { replacement } = readMfaJournal(context, mfa);
  if (replacement === undefined) throw new Error("no replacement is started");
  await updateMfaJournal(context, mfa, { replacement: { ...replacement, order: "same-name" } });
  return { ...mfa, session, iam: await context.iam(session.keys, identityContext.region) };
}

const freshMs = 10 * 60_000;

async function openFreshSession(
  context: Context,
  { identityContext, session }: MfaContext,
  user: UserRequest,
): Promise<MfaSession> {
  const { awsNow } = context.clock();
  const codeAfter = new Date(awsNow.getTime() - freshMs);
  if (session !== undefined && session.codeAt > codeAfter) return session;
  return obtainMfaSession(context, identityContext, {
    purpose: user.purpose,
    requester: "user",
    deadline: undefined,
    given: undefined,
    retry: user.retry,
    usableSeconds: allDurations(identityContext.configuration),
    seen: session,
    accept: { codeAfter },
  });
}

/** Enables the old device again and returns the error that says why it was not replaced.
 *  Errors: those of `enableDevice`. */
async function restoreOldDevice(
  context: Context,
  mfa: MfaContext,
  old: string,
  retry: string,
): Promise<AwstError> {
  const name = nameOfDevice(old);
  context.say(`AWS denied the deletion of device ${name}: enabling it again, with two codes of it`);
  const seed = await readStoredSeed(context, mfa.identityContext, old);
  const device = { serial: old, seed, generatesCodes: seed !== undefined, retry };
  const result = await enableDevice(context, mfa, device).catch((error: unknown) => {
    context.say(`device ${name} is deactivated, and AWS accepts no code of it`);
    reportResume(context, mfa);
    throw error;
  });
  if (result !== "enabled") {
    const message = `AWS did not confirm that device ${name} is enabled again`;
    return new AwstError("IAM_ABSENT", message, { hint: retry });
  }
  await updateMfaJournal(context, mfa, { replacement: undefined });
  return new AwstError(
    "DEVICE_NAME_DENIED",
    `device ${name} was not replaced: AWS denies another name and the deletion of ${name}, which works as before`,
    { hint: `ask an administrator to delete it: ${deletionCommand(old)}` },
  );
}
