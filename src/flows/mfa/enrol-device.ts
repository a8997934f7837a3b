// A virtual device from nothing to proved, or from wherever an earlier run left it. Until then its seed
// lies in the keychain; given up, it is deleted, and where AWS denies that the next run finishes it.

import { AwstError, type ErrorCode, isAwstError } from "../../model/errors.ts";
import { type Enrolling, factsOf, nextEnrolmentStep } from "../../model/mfa/mfa-enrolment.ts";
import type { Enrolment } from "../../model/mfa/mfa-journal.ts";
import { nameOfDevice } from "../../model/mfa/own-devices.ts";
import type { Secret } from "../../model/secret.ts";
import { type UserFacts, withUser } from "../../model/session/aws-facts.ts";
import type { MfaSession } from "../../model/session/session.ts";
import { mfaSessionSeconds } from "../../model/session/session-plan.ts";
import { type NewDevice, newDeviceLines, newDeviceUri } from "../../output/mfa/device-display.ts";
import { drawModules } from "../../output/mfa/qr-drawing.ts";
import type { Needs } from "../../ports.ts";
import { askAws } from "../session/ask-aws.ts";
import { cacheMfaSession } from "../session/cache-session.ts";
import { sendCodeOnce } from "../session/get-mfa-code.ts";
import { updateAwsFacts } from "../session/lookup-user.ts";
import type { IdentityContext } from "../session/open-identity-context.ts";
import { forgetStoredSeed, readStoredSeed, writeStoredSeed } from "../session/stored-seed.ts";
import { type AskNeeds, askFreshCode, askTwoCodes, type CodeDevice } from "./ask-device-codes.ts";
import { beginNewDevice } from "./begin-new-device.ts";
import type { DeviceHands, DeviceNeeds, NewDeviceWish } from "./hold-devices.ts";
import { changeMfaJournal, dropPendingSeed, readMfaJournal } from "./keep-mfa-journal.ts";
import { clearAway, giveUpEnrolment, lookAgain, openEnrolment } from "./open-enrolment.ts";

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
  context: DeviceNeeds,
  hands: DeviceHands,
  wish: NewDeviceWish,
): Promise<EnrolledDevice> {
  const it = await openEnrolment(context, hands);
  sayWhatWasBegun(context, it, wish);
  let session: MfaSession | undefined;
  try {
    for (;;) {
      const step = nextEnrolmentStep(factsOf(it));
      const { enrolment } = it;
      if (step === "create" || enrolment === undefined) {
        await beginNewDevice(context, hands, it, wish);
      } else if (step === "enable") {
        await enable(context, hands, it, wish);
      } else if (step === "prove") {
        session = await proveDevice(context, hands, codeDevice(it, wish), wish.user.purpose);
        await keepEnrolment(context, hands, it, { ...enrolment, isProved: true });
      } else if (step === "settle") {
        return await settle(context, hands, it, { session, wish });
      } else {
        await clearAway(context, hands, it, step);
      }
    }
  } catch (error) {
    await giveUpEnrolment(context, hands, it, error);
    throw error;
  }
}

function sayWhatWasBegun(context: DeviceNeeds, it: Enrolling, wish: NewDeviceWish): void {
  const { enrolment, device, seed } = it;
  if (enrolment === undefined) return;
  const isOther = wish.name !== undefined && wish.name !== enrolment.name;
  it.isUnwanted = isOther && device !== "enabled";
  if (!it.isUnwanted && (device === "enabled" || seed !== undefined)) {
    it.wasBegun = true;
    context.say(`device ${enrolment.name} was begun before and not finished: going on with it`);
  }
}

async function enable(
  context: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  wish: NewDeviceWish,
): Promise<void> {
  const device = codeDevice(it, wish);
  const { seed, serial } = device;
  if (seed === undefined) throw new Error(`no seed of ${serial}`);
  await showDevice(context, hands, { name: it.enrolment?.name ?? "", serial, seed }, wish.asText);
  const outcome = await enableDevice(context, hands, device);
  if (outcome === "enabled") it.device = "enabled";
  if (outcome === "absent") {
    it.device = "absent";
    throw new AwstError("IAM_ABSENT", `device ${it.enrolment?.name} is gone at AWS`, {
      hint: wish.user.retry,
    });
  }
  if (outcome === "unsure") {
    it.losses += 1;
    await lookAgain(context, hands, it);
  }
}

async function settle(
  context: DeviceNeeds,
  hands: DeviceHands,
  it: Enrolling,
  done: { readonly session: MfaSession | undefined; readonly wish: NewDeviceWish },
): Promise<EnrolledDevice> {
  const { identityContext, userName } = hands;
  const { serial } = it;
  const isStored = keepsSeed(it, done.wish) && it.seed !== undefined;
  if (isStored && it.seed) await writeStoredSeed(context, identityContext, serial, it.seed);
  else await forgetOlderSeed(context, identityContext, it);
  await dropPendingSeed(context, identityContext);
  // In one write: a replacement has its new device, and no second one is begun.
  const { replacement } = await readMfaJournal(context, identityContext, userName);
  await changeMfaJournal(context, identityContext, userName, {
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
    wasBegun: it.wasBegun,
  };
}

/** Of a device that had the same serial before this one. */
async function forgetOlderSeed(
  context: DeviceNeeds,
  identityContext: IdentityContext,
  { serial, seed }: Enrolling,
): Promise<void> {
  const stored = await readStoredSeed(context, identityContext, serial);
  if (seed === undefined || stored === undefined || stored.equals(seed)) return;
  await forgetStoredSeed(context, identityContext, serial);
  context.say(
    `the seed of an earlier device ${nameOfDevice(serial)} was stored here: it is forgotten`,
  );
}

async function keepEnrolment(
  context: DeviceNeeds,
  { identityContext, userName }: DeviceHands,
  it: Enrolling,
  enrolment: Enrolment,
): Promise<void> {
  it.enrolment = enrolment;
  await changeMfaJournal(context, identityContext, userName, { enrolment });
}

function codeDevice(it: Enrolling, wish: NewDeviceWish): CodeDevice {
  const makesCodes = keepsSeed(it, wish) && it.seed !== undefined;
  return { serial: it.serial, seed: it.seed, makesCodes, retry: wish.user.retry };
}

function keepsSeed(it: Enrolling, wish: NewDeviceWish): boolean {
  return wish.store || it.enrolment?.keepsSeed === true;
}

const tries = 4;
/** A new device is not seen everywhere at once. */
const worthAnother: readonly ErrorCode[] = ["AWS_CODE_REFUSED", "IAM_ABSENT", "IAM_CONFLICT"];

/** `unsure`: no answer. Errors: INTERRUPTED, CODE_NEEDED, AWS_CODE_REFUSED after several tries, AWS_*. */
export async function enableDevice(
  context: AskNeeds & Needs<"now">,
  { iam, userName }: DeviceHands,
  device: CodeDevice,
): Promise<"enabled" | "absent" | "unsure"> {
  const { serial } = device;
  for (let left = tries; ; left--) {
    const [first, second] = await askTwoCodes(context, device);
    try {
      await sendCodeOnce(context, serial, first, () =>
        sendCodeOnce(context, serial, second, () =>
          iam.enableMfaDevice(userName, serial, [first, second]),
        ),
      );
      return "enabled";
    } catch (error) {
      if (!isAwstError(error)) throw error;
      // Its own: names are one per account, and this one was made or found unassigned.
      if (error.code === "IAM_EXISTS") return "enabled";
      if (error.fate === "unknown") return "unsure";
      if (left === 1 && error.code === "IAM_ABSENT") return "absent";
      if (left === 1 || !worthAnother.includes(error.code)) throw error;
      context.say(`${error.message}; once more with the next two codes`);
    }
  }
}

const triesProveDevice = 4;

/** Errors: INTERRUPTED, CODE_NEEDED, AWS_CODE_REFUSED, AWS_DEVICE_UNKNOWN, AWS_*. */
export async function proveDevice(
  context: DeviceNeeds,
  { identityContext, userName }: DeviceHands,
  device: CodeDevice,
  words: string,
): Promise<MfaSession> {
  const { serial } = device;
  const { key, region, identity, configuration } = identityContext;
  const roles = [...configuration.roles.values()];
  const durationSeconds = mfaSessionSeconds(roles.map((role) => role.durationSeconds));
  for (let left = triesProveDevice; ; left--) {
    const code = await askFreshCode(context, device);
    try {
      const answer = await sendCodeOnce(context, serial, code, () =>
        askAws(context, key, region, (aws) =>
          aws.getSessionToken({ device: serial, code, durationSeconds }),
        ),
      );
      const session: MfaSession = {
        keys: answer.keys,
        codeAt: answer.at,
        device: serial,
        signedBy: key.accessKeyId,
        environment: identityContext.environment,
      };
      await cacheMfaSession(context, identityContext.keychain, identity.name, session);
      context.state.record("mfa-session-issued", {
        identity: identity.name,
        accessKeyId: session.keys.accessKeyId,
        expiresAt: session.keys.expiresAt.toISOString(),
        for: words,
      });
      await learnDevice(context, identityContext.key.accessKeyId, userName, serial);
      return session;
    } catch (error) {
      // STS hears of a new device a little later than IAM.
      const isEarly = isAwstError(error, "AWS_CODE_REFUSED", "AWS_DEVICE_UNKNOWN");
      if (!isEarly || left === 1) throw error;
      context.say(`${error.message}; once more with the next code`);
    }
  }
}

async function learnDevice(
  context: DeviceNeeds,
  keyId: string,
  userName: string,
  serial: string,
): Promise<void> {
  const nobody: UserFacts = {
    userName,
    accountId: undefined,
    devices: [],
    unusable: [],
    lastUsed: undefined,
  };
  await updateAwsFacts(context, (learned) => {
    const user = learned.users[keyId] ?? nobody;
    const devices = [...user.devices.filter((each) => each !== serial), serial];
    return withUser(learned, keyId, { ...user, devices, lastUsed: serial });
  });
}

/** `asText`: no QR code (screen readers). */
export async function showDevice(
  context: Needs<"terminal" | "qr" | "env" | "say">,
  { identityContext, userName }: DeviceHands,
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
export async function requireTyper(
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
