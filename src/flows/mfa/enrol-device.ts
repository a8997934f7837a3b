// A virtual device from nothing to proved, or from wherever an earlier run left it. Until then its seed
// lies in the keychain; given up, it is deleted, and where AWS denies that the next run finishes it.

import { AwstError } from "../../model/errors.ts";
import {
  type EnrolmentState,
  enrolmentFacts,
  nextEnrolmentStep,
} from "../../model/mfa/mfa-enrolment.ts";
import type { Enrolment } from "../../model/mfa/mfa-journal.ts";
import { nameOfDevice } from "../../model/mfa/own-devices.ts";
import type { Secret } from "../../model/secret.ts";
import type { MfaSession } from "../../model/session/session.ts";
import { type NewDevice, newDeviceLines, newDeviceUri } from "../../output/mfa/device-display.ts";
import { drawModules } from "../../output/mfa/qr-drawing.ts";
import type { Needs } from "../../ports.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { forgetStoredSeed, readStoredSeed, writeStoredSeed } from "../session/stored-seed.ts";
import { createDevice } from "./create-device.ts";
import {
  deletePendingSeed,
  loadEnrolment,
  observeEnrolment,
  readMfaJournal,
  updateMfaJournal,
} from "./enrolment-journal.ts";
import type { DeviceNeeds, MfaContext, NewDeviceRequest } from "./open-devices.ts";
import { rollBackEnrolment, runRollbackStep } from "./roll-back-enrolment.ts";
import { type CodeDevice, enableDevice, verifyDevice } from "./verify-device.ts";

export interface EnrolledDevice {
  readonly identity: string;
  readonly serial: string;
  /** undefined: proved by an earlier run. */
  readonly session: MfaSession | undefined;
  readonly isStored: boolean;
  /** An earlier run began it. */
  readonly isResumed: boolean;
}

/** Errors: INTERRUPTED, CODE_NEEDED, DEVICE_NAME_DENIED, IAM_*, KEYCHAIN_*, AWS_*. */
export async function enrolDevice(
  context: DeviceNeeds,
  mfa: MfaContext,
  request: NewDeviceRequest,
): Promise<EnrolledDevice> {
  const it = await loadEnrolment(context, mfa);
  reportResumed(context, it, request);
  let session: MfaSession | undefined;
  try {
    for (;;) {
      const step = nextEnrolmentStep(enrolmentFacts(it));
      const { enrolment } = it;
      if (step === "create" || enrolment === undefined) {
        await createDevice(context, mfa, it, request);
      } else if (step === "enable") {
        await enable(context, mfa, it, request);
      } else if (step === "verify") {
        session = await verifyDevice(context, mfa, codeDevice(it, request), request.user.purpose);
        await saveEnrolment(context, mfa, it, { ...enrolment, isVerified: true });
      } else if (step === "complete") {
        return await complete(context, mfa, it, { session, request });
      } else {
        await runRollbackStep(context, mfa, it, step);
      }
    }
  } catch (error) {
    await rollBackEnrolment(context, mfa, it, error);
    throw error;
  }
}

function reportResumed(context: DeviceNeeds, it: EnrolmentState, request: NewDeviceRequest): void {
  const { enrolment, deviceState: device, seed } = it;
  if (enrolment === undefined) return;
  const isOther = request.name !== undefined && request.name !== enrolment.name;
  it.isCancelled = isOther && device !== "enabled";
  if (!it.isCancelled && (device === "enabled" || seed !== undefined)) {
    it.isResumed = true;
    context.say(`device ${enrolment.name} was begun before and not finished: going on with it`);
  }
}

async function enable(
  context: DeviceNeeds,
  mfa: MfaContext,
  it: EnrolmentState,
  request: NewDeviceRequest,
): Promise<void> {
  const device = codeDevice(it, request);
  const { seed, serial } = device;
  if (seed === undefined) throw new Error(`no seed of ${serial}`);
  await showDevice(context, mfa, { name: it.enrolment?.name ?? "", serial, seed }, request.asText);
  const outcome = await enableDevice(context, mfa, device);
  if (outcome === "enabled") it.deviceState = "enabled";
  if (outcome === "absent") {
    it.deviceState = "absent";
    throw new AwstError("IAM_ABSENT", `device ${it.enrolment?.name} is gone at AWS`, {
      hint: request.user.retry,
    });
  }
  if (outcome === "unsure") {
    it.lostReplies += 1;
    await observeEnrolment(context, mfa, it);
  }
}

async function complete(
  context: DeviceNeeds,
  mfa: MfaContext,
  it: EnrolmentState,
  done: { readonly session: MfaSession | undefined; readonly request: NewDeviceRequest },
): Promise<EnrolledDevice> {
  const { identityContext, userName } = mfa;
  const { serial } = it;
  const isStored = keepsSeed(it, done.request) && it.seed !== undefined;
  if (isStored && it.seed) await writeStoredSeed(context, identityContext, serial, it.seed);
  else await deleteOlderSeed(context, identityContext, it);
  await deletePendingSeed(context, identityContext);
  // In one write: a replacement has its new device, and no second one is begun.
  const { replacement } = await readMfaJournal(context, identityContext, userName);
  await updateMfaJournal(context, identityContext, userName, {
    enrolment: undefined,
    ...(replacement && { replacement: { ...replacement, fresh: serial } }),
  });
  context.state.record("mfa-device-added", {
    identity: identityContext.identity.name,
    device: serial,
  });
  return {
    identity: identityContext.identity.name,
    serial,
    session: done.session,
    isStored,
    isResumed: it.isResumed,
  };
}

/** Of a device that had the same serial before this one. */
async function deleteOlderSeed(
  context: DeviceNeeds,
  identityContext: IdentityContext,
  { serial, seed }: EnrolmentState,
): Promise<void> {
  const stored = await readStoredSeed(context, identityContext, serial);
  if (seed === undefined || stored === undefined || stored.equals(seed)) return;
  await forgetStoredSeed(context, identityContext, serial);
  context.say(
    `the seed of an earlier device ${nameOfDevice(serial)} was stored here: it is forgotten`,
  );
}

async function saveEnrolment(
  context: DeviceNeeds,
  { identityContext, userName }: MfaContext,
  it: EnrolmentState,
  enrolment: Enrolment,
): Promise<void> {
  it.enrolment = enrolment;
  await updateMfaJournal(context, identityContext, userName, { enrolment });
}

function codeDevice(it: EnrolmentState, request: NewDeviceRequest): CodeDevice {
  const makesCodes = keepsSeed(it, request) && it.seed !== undefined;
  return { serial: it.serial, seed: it.seed, makesCodes, retry: request.user.retry };
}

function keepsSeed(it: EnrolmentState, request: NewDeviceRequest): boolean {
  return request.store || it.enrolment?.keepsSeed === true;
}

/** `asText`: no QR code (screen readers). */
export async function showDevice(
  context: Needs<"terminal" | "qr" | "env" | "say">,
  { identityContext, userName }: MfaContext,
  shown: { readonly name: string; readonly serial: string; readonly seed: Secret },
  asText: boolean,
): Promise<void> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) return;
  const accountId =
    /^arn:[^:]+:iam::(\d{12}):/.exec(shown.serial)?.[1] ?? identityContext.identity.accountId;
  const accounts = [...identityContext.configuration.accounts.values()];
  const accountName = accounts.find(({ id }) => id === accountId)?.name;
  const device: NewDevice = { ...shown, userName, accountId, accountName };
  const qr = asText ? undefined : await context.qr();
  // 7 and more, 8 aside, are light; who says nothing has a dark one, mostly.
  const background = Number(context.env["COLORFGBG"]?.split(";").at(-1) ?? "0");
  const dark = background < 7 || background === 8;
  let isTall = false;
  await terminal.show(({ columns, rows }) => {
    const drawing = qr && drawModules(qr.encode(newDeviceUri(device)), { columns, dark });
    isTall = drawing !== undefined && "lines" in drawing && drawing.lines.length + 8 > rows;
    return newDeviceLines(device, drawing);
  });
  if (isTall) context.say("the code is taller than this window: make it taller, or scroll up");
}

/** Errors: CODE_NEEDED. */
export async function requireTerminal(
  context: Needs<"terminal">,
  makesCodes: boolean,
  retry: string,
): Promise<void> {
  if (makesCodes || (await context.terminal()).isHere()) return;
  const message = "a new device's codes have to be typed, and nobody is here to ask";
  throw new AwstError("CODE_NEEDED", message, {
    hint: retry.includes(" --store") ? retry : `${retry} --store`,
  });
}
