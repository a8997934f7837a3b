// Codes of one device, in a row: typed by a person and, where the seed is at hand, checked before they
// count; or made here of the seed. Digits that were sent before are never given again.

import { clockName, clockOf } from "../../model/clock.ts";
import { AwstError, type ErrorCode, isAwstError } from "../../model/errors.ts";
import { nameOfDevice } from "../../model/mfa/own-devices.ts";
import { codeAt, endOfStep } from "../../model/mfa/totp.ts";
import { checkTypedCode } from "../../model/mfa/typed-codes.ts";
import type { Secret } from "../../model/secret.ts";
import { type UserFacts, withUser } from "../../model/session/aws-facts.ts";
import { blockedUntil, decodeSentCodes, sentCodesName } from "../../model/session/sent-codes.ts";
import type { MfaSession } from "../../model/session/session.ts";
import { mfaSessionSeconds } from "../../model/session/session-plan.ts";
import type { Needs } from "../../ports.ts";
import { askAws } from "../session/ask-aws.ts";
import { cacheMfaSession } from "../session/cache-session.ts";
import { sendCodeOnce, wasCodeSent } from "../session/get-mfa-code.ts";
import { updateAwsFacts } from "../session/lookup-user.ts";
import type { DeviceNeeds, MfaContext } from "./open-devices.ts";

export type AskNeeds = Needs<"state" | "now" | "sleep" | "say" | "terminal">;

export interface CodeDevice {
  readonly serial: string;
  /** undefined: what is typed can't be checked. */
  readonly seed: Secret | undefined;
  /** Codes are made of the seed; nobody is asked. */
  readonly makesCodes: boolean;
  /** The line that does the same with a person there. */
  readonly retry: string;
}

/** Errors: INTERRUPTED, CODE_NEEDED. */
export async function getTwoCodes(
  context: AskNeeds,
  device: CodeDevice,
): Promise<readonly [Secret, Secret]> {
  await waitForUnusedStep(context, device, "two more codes of");
  if (device.makesCodes) return generateTwoCodes(context, device);
  const name = nameOfDevice(device.serial);
  let first = await promptForCode(context, device, `A code of ${name}`, undefined);
  for (;;) {
    const second = await promptForCode(context, device, `The next code of ${name}`, first);
    const isNext = first.step === undefined || second.step === first.step + 1;
    if (isNext) return [first.code, second.code];
    context.say("a code was left out in between: this one counts as the first");
    first = second;
  }
}

/** A code of a step of which nothing was sent. Errors: INTERRUPTED, CODE_NEEDED. */
export async function getUnusedCode(context: AskNeeds, device: CodeDevice): Promise<Secret> {
  await waitForUnusedStep(context, device, "one more code of");
  if (!device.makesCodes) {
    const question = `One more code of ${nameOfDevice(device.serial)}, to prove it`;
    return (await promptForCode(context, device, question, undefined)).code;
  }
  for (;;) {
    const code = codeAt(seedOf(device), awsNow(context));
    if (!(await wasCodeSent(context, device.serial, code))) return code;
    await waitForNextStep(context, "the next code");
  }
}

/** Until nothing of the present step was sent. */
async function waitForUnusedStep(
  context: AskNeeds,
  device: CodeDevice,
  text: string,
): Promise<void> {
  const sent = decodeSentCodes(context.state.read(sentCodesName), awsNow(context));
  const until = blockedUntil(sent, device.serial, awsNow(context));
  if (until !== undefined)
    await waitUntil(context, until, `${text} ${nameOfDevice(device.serial)}`);
}

async function waitForNextStep(context: AskNeeds, text: string): Promise<void> {
  await waitUntil(context, endOfStep(awsNow(context)), text);
}

async function waitUntil(context: AskNeeds, awsTime: Date, text: string): Promise<void> {
  const { skewMs } = clockOf(context.state.read(clockName), context.now());
  const until = new Date(awsTime.getTime() - skewMs);
  const millisecondsLeft = () => until.getTime() - context.now().getTime();
  if (millisecondsLeft() <= 0) return;
  const terminal = await context.terminal();
  if (terminal.isHere()) return terminal.countDown(`${text}, in`, until);
  context.say(`${text}, in ${Math.ceil(millisecondsLeft() / 1000)} s`);
  // In parts: a machine that sleeps meanwhile has its timers late.
  while (millisecondsLeft() > 0) await context.sleep(Math.min(millisecondsLeft(), 1000));
}

/** The code before and the present one: consecutive, and nothing to wait for. */
async function generateTwoCodes(
  context: AskNeeds,
  device: CodeDevice,
): Promise<readonly [Secret, Secret]> {
  for (;;) {
    const now = awsNow(context);
    const seed = seedOf(device);
    const codes = [codeAt(seed, new Date(now.getTime() - 30_000)), codeAt(seed, now)] as const;
    const wereUsed = await Promise.all(
      codes.map((code) => wasCodeSent(context, device.serial, code)),
    );
    if (!wereUsed.includes(true)) return codes;
    await waitForNextStep(context, "the next two codes");
  }
}

interface TypedCode {
  readonly code: Secret;
  readonly step: number | undefined;
}

async function promptForCode(
  context: AskNeeds,
  device: CodeDevice,
  text: string,
  after: TypedCode | undefined,
): Promise<TypedCode> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) {
    const name = nameOfDevice(device.serial);
    throw new AwstError("CODE_NEEDED", `codes of ${name} are needed, and nobody is here to ask`, {
      hint: device.retry,
    });
  }
  for (;;) {
    const code = await terminal.askCode({ text });
    if (after?.code.equals(code)) {
      context.say("that is the same code again");
      await waitForNextStep(context, "the next one");
    } else if (await wasCodeSent(context, device.serial, code)) {
      context.say("that code was sent already");
      await waitForNextStep(context, "the next one");
    } else if (device.seed === undefined) {
      return { code, step: undefined };
    } else {
      const judged = checkTypedCode(device.seed, code, awsNow(context), after?.step);
      if (judged.is === "good") return { code, step: judged.step };
      context.say(judged.why);
    }
  }
}

function seedOf({ seed, serial }: CodeDevice): Secret {
  if (seed === undefined) throw new Error(`no seed to make codes of ${serial}`);
  return seed;
}

function awsNow(context: Needs<"state" | "now">): Date {
  return clockOf(context.state.read(clockName), context.now()).awsNow;
}

const tries = 4;

/** A new device is not seen everywhere at once. */
const worthAnother: readonly ErrorCode[] = ["AWS_CODE_REFUSED", "IAM_ABSENT", "IAM_CONFLICT"];

/** `unsure`: no answer. Errors: INTERRUPTED, CODE_NEEDED, AWS_CODE_REFUSED after several tries, AWS_*. */
export async function enableDevice(
  context: AskNeeds & Needs<"now">,
  { iam, userName }: MfaContext,
  device: CodeDevice,
): Promise<"enabled" | "absent" | "unsure"> {
  const { serial } = device;
  for (let left = tries; ; left--) {
    const [first, second] = await getTwoCodes(context, device);
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

const verifyAttempts = 4;

/** Errors: INTERRUPTED, CODE_NEEDED, AWS_CODE_REFUSED, AWS_DEVICE_UNKNOWN, AWS_*. */
export async function verifyDevice(
  context: DeviceNeeds,
  { identityContext, userName }: MfaContext,
  device: CodeDevice,
  words: string,
): Promise<MfaSession> {
  const { serial } = device;
  const { key, region, identity, configuration } = identityContext;
  const roles = [...configuration.roles.values()];
  const durationSeconds = mfaSessionSeconds(roles.map((role) => role.durationSeconds));
  for (let left = verifyAttempts; ; left--) {
    const code = await getUnusedCode(context, device);
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
      await rememberDevice(context, identityContext.key.accessKeyId, userName, serial);
      return session;
    } catch (error) {
      // STS hears of a new device a little later than IAM.
      const isEarly = isAwstError(error, "AWS_CODE_REFUSED", "AWS_DEVICE_UNKNOWN");
      if (!isEarly || left === 1) throw error;
      context.say(`${error.message}; once more with the next code`);
    }
  }
}

async function rememberDevice(
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
