// The identity's MFA session: the kept one where it is good enough, else one code for everybody who
// waits for it.

import { deviceLabel } from "../../model/aws/device-serial.ts";
import { clockName, clockOf } from "../../model/clock.ts";
import type { Identity } from "../../model/configuration/configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { mfaSessionItem } from "../../model/keychain/items.ts";
import {
  findDevice as findOwnDevice,
  mfaCommand,
  nameOfDevice,
  nameUnlessDefault,
} from "../../model/mfa/own-devices.ts";
import type { Secret } from "../../model/secret.ts";
import { isGiven, isTyped, type MfaCode } from "../../model/session/code-source.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import {
  decodeMfaSession,
  type MfaSession,
  type SessionKeys,
  secondsLeft,
} from "../../model/session/session.ts";
import { mfaSessionSeconds } from "../../model/session/session-plan.ts";
import { machineDeadline } from "../../model/session/session-request.ts";
import type { Needs } from "../../ports.ts";
import { askAws } from "./ask-aws.ts";
import { cacheMfaSession, dropSession } from "./cache-session.ts";
import {
  type CodeNeeds,
  getMfaCode,
  type MfaCodeRequest,
  requireCodeSource,
  sendCodeOnce,
} from "./get-mfa-code.ts";
import { loadAndCacheConfiguration } from "./load-configuration.ts";
import { chooseDevice, forgetUser, lookupUser, rememberDevice } from "./lookup-user.ts";
import {
  type IdentityContext,
  openIdentityContext,
  withCurrentKey,
} from "./open-identity-context.ts";
import { takeTurn } from "./take-turn.ts";
export type MfaNeeds = CallWithCodeNeeds & Needs<"locks" | "processId">;

export interface MfaSessionRequest {
  /** What this is for, in words: `assume main-account DeveloperAccess`. */
  readonly purpose: string;
  readonly requester: "person" | "machine";
  readonly deadline: Date | undefined;
  readonly given: Secret | undefined;
  /** --device: the one whose code is asked for, by name or serial. */
  readonly named?: string | undefined;
  /** This very one, and codes of this seed alone: what `mfa store` and `mfa add` prove. */
  readonly device?: string | undefined;
  readonly seed?: Secret | undefined;
  readonly retry: string;
  /** The longest work among those that the session is to serve, in seconds. */
  readonly workSeconds: readonly number[];
  /** Whether a session that somebody else opened meanwhile will do. */
  readonly isEnough: (session: MfaSession) => boolean;
}

/** The kept session of this very key and these endpoints, as long as it lives. */
export async function readMfaSession(
  context: Needs<"state" | "now">,
  identityContext: IdentityContext,
): Promise<MfaSession | undefined> {
  const item = mfaSessionItem(identityContext.identity.name);
  const session = decodeMfaSession(await identityContext.keychain.read(item));
  if (session === undefined) return undefined;
  const fits =
    session.signedBy === identityContext.key.accessKeyId &&
    session.environment === identityContext.environment;
  const { now, skewMs } = clockOf(context.state.read(clockName), context.now());
  const left = secondsLeft(session.keys.expiresAt, now, skewMs);
  return fits && left > 0 ? session : undefined;
}

export async function dropMfaSession(
  context: Needs<"state" | "now" | "say">,
  identityContext: IdentityContext,
): Promise<void> {
  await dropSession(
    context,
    identityContext.keychain,
    mfaSessionItem(identityContext.identity.name),
  );
}

/** Errors: those of `acquireCode`, AWS_*. */
export async function obtainMfaSession(
  context: MfaNeeds,
  identityContext: IdentityContext,
  wish: MfaSessionRequest,
): Promise<MfaSession> {
  return takeCodeTurn(context, identityContext, wish, {
    look: async (present) => {
      const kept = await readMfaSession(context, present);
      return kept && wish.isEnough(kept) ? kept : undefined;
    },
    work: (present, device, code) => openMfaSession(context, present, wish, device, code),
  });
}

/** One code at a time per identity, whatever it is for. `present`: the caller with the key as it is then,
 *  since a rotation may have replaced it while this process waited. */
export async function takeCodeTurn<T>(
  context: MfaNeeds,
  identityContext: IdentityContext,
  wish: Omit<MfaSessionRequest, "isEnough" | "workSeconds">,
  turn: {
    readonly look: (present: IdentityContext) => Promise<T | undefined>;
    readonly work: (present: IdentityContext, device: string, code: Secret) => Promise<T>;
    readonly isOffTopic?: (error: AwstError) => boolean;
  },
): Promise<T> {
  let wasFixed = false;
  return takeTurn(context, {
    ...wish,
    lock: `code-${identityContext.identity.name}`,
    look: async () => turn.look(await withCurrentKey(context, identityContext)),
    work: async () => {
      const call = {
        ...wish,
        onFound: (found: MfaCode) => {
          wasFixed = isGiven(found) || wish.seed !== undefined;
        },
      };
      const present = await withCurrentKey(context, identityContext);
      const send = (device: string, code: Secret) => turn.work(present, device, code);
      return (await callWithCode(context, present, call, send)).answer;
    },
    isMine: () => wasFixed,
    isOffTopic: turn.isOffTopic,
  });
}

async function openMfaSession(
  context: MfaNeeds,
  identityContext: IdentityContext,
  wish: MfaSessionRequest,
  device: string,
  code: Secret,
): Promise<MfaSession> {
  const durationSeconds = mfaSessionSeconds(wish.workSeconds);
  const answer = await askAws(context, identityContext.key, identityContext.region, (aws) =>
    aws.getSessionToken({ device, code, durationSeconds }),
  );
  const session: MfaSession = {
    keys: answer.keys,
    codeAt: answer.at,
    device,
    signedBy: identityContext.key.accessKeyId,
    environment: identityContext.environment,
  };
  await cacheMfaSession(context, identityContext.keychain, identityContext.identity.name, session);
  context.state.record("mfa-session-issued", {
    identity: identityContext.identity.name,
    accessKeyId: answer.keys.accessKeyId,
    expiresAt: answer.keys.expiresAt.toISOString(),
    for: wish.purpose,
  });
  return session;
}

export type CallWithCodeNeeds = CodeNeeds & Needs<"aws" | "iam">;

export interface CodeCall {
  /** This very one; absent: the configured one, the last one used, or the only one. */
  readonly device?: string | undefined;
  /** --device: by name or serial. */
  readonly named?: string | undefined;
  /** Codes are made of this seed and come from nowhere else: it is being proved. */
  readonly seed?: Secret | undefined;
  readonly given: Secret | undefined;
  readonly deadline: Date | undefined;
  readonly retry: string;
  /** Told of every code before it is sent. */
  readonly onFound: (found: MfaCode) => void;
}

const typedAgainAtMost = 2;

export async function callWithCode<T>(
  context: CallWithCodeNeeds,
  identityContext: IdentityContext,
  call: CodeCall,
  send: (device: string, code: Secret) => Promise<T>,
): Promise<{ answer: T; device: string }> {
  let refusals = 0;
  let wasLookedUpAgain = false;
  let wasClockCorrected = false;
  const { configuration } = identityContext;
  await requireCodeSource(context, { ...call, identity: identityContext.identity, configuration });
  for (;;) {
    const device = call.device ?? (await findDevice(context, identityContext, call));
    const identity = identityFor(identityContext, call, device);
    const wish: MfaCodeRequest = { ...call, identity, configuration, device };
    const found = await getMfaCode(context, wish);
    call.onFound(found);
    const { skewMs } = clockOf(context.state.read(clockName), context.now());
    try {
      const answer = await sendCodeOnce(context, device, found.code, () =>
        send(device, found.code),
      );
      await rememberDevice(context, identityContext, device);
      return { answer, device };
    } catch (error) {
      if (isAwstError(error, "AWS_CODE_REFUSED") && isTyped(found) && refusals < typedAgainAtMost) {
        refusals += 1;
        context.say(`AWS refused that code of ${deviceLabel(device)}; try again with the next one`);
      } else if (isAwstError(error, "AWS_CODE_REFUSED") && isTyped(found)) {
        throw typedRefused(identityContext, device, error);
      } else if (isAwstError(error, "AWS_CODE_REFUSED") && found.source === "seed") {
        // Whether the refusal showed that the code was made for a wrong moment.
        const isClockNew = clockOf(context.state.read(clockName), context.now()).skewMs !== skewMs;
        if (wasClockCorrected || !isClockNew) throw seedRefused(identityContext, device, error);
        wasClockCorrected = true;
      } else if (isAwstError(error, "AWS_DEVICE_UNKNOWN") && call.device === undefined) {
        if (wasLookedUpAgain) throw error;
        wasLookedUpAgain = true;
        await findOtherDevice(context, identityContext, device, error);
      } else {
        throw error;
      }
    }
  }
}

/** The [mfa] command is the configured device's: of one that --device names it knows nothing. */
function identityFor({ identity }: IdentityContext, { named }: CodeCall, device: string): Identity {
  const isOther = named !== undefined && device !== identity.device;
  return isOther ? { ...identity, command: undefined } : identity;
}

async function findDevice(
  context: CallWithCodeNeeds,
  identityContext: IdentityContext,
  { given, named }: CodeCall,
): Promise<string> {
  if (named !== undefined) return findNamed(context, identityContext, named);
  const comesFromElsewhere =
    given !== undefined ||
    !!context.env["AWST_MFA_CODE"] ||
    identityContext.identity.command !== undefined;
  return chooseDevice(
    context,
    identityContext,
    await lookupUser(context, identityContext),
    comesFromElsewhere,
  );
}

/** Looked up again where it is none of the known ones. Errors: DEVICE_MISSING. */
async function findNamed(
  context: CallWithCodeNeeds,
  identityContext: IdentityContext,
  named: string,
): Promise<string> {
  const known = await lookupUser(context, identityContext);
  const isKnown = known.devices.some((each) => [each, nameOfDevice(each)].includes(named));
  if (!isKnown) await forgetUser(context, identityContext);
  const { devices } = isKnown ? known : await lookupUser(context, identityContext);
  const among = devices.map((serial) => ({ serial }));
  return findOwnDevice(among, named, nameUnlessDefault(identityContext)).serial;
}

function typedRefused(identityContext: IdentityContext, device: string, cause: AwstError) {
  const line = mfaCommand(
    nameUnlessDefault(identityContext),
    "resync",
    "--device",
    nameOfDevice(device),
  );
  return new AwstError("AWS_CODE_REFUSED", cause.message, {
    hint: `if these were the codes it showed, its clock is off: ${line}`,
    fate: cause.fate,
    cause,
  });
}

function seedRefused(
  identityContext: IdentityContext,
  device: string,
  cause: AwstError,
): AwstError {
  const line = (verb: string) =>
    mfaCommand(nameUnlessDefault(identityContext), verb, "--device", nameOfDevice(device));
  const message = `AWS refused the code made from the stored seed of ${deviceLabel(device)}`;
  return new AwstError("AWS_CODE_REFUSED", message, {
    hint: `${line("resync")} where the device has drifted; ${line("forget")} where its seed is another by now`,
    fate: cause.fate,
    cause,
  });
}

/** Returns when a look-up found a device other than the one AWS did not know. */
async function findOtherDevice(
  context: CallWithCodeNeeds,
  identityContext: IdentityContext,
  unknown: string,
  error: AwstError,
): Promise<void> {
  if (identityContext.identity.device !== undefined) {
    throw new AwstError("AWS_DEVICE_UNKNOWN", `${error.message} (it stands in the configuration)`, {
      hint: "correct [mfa] device, or take it out to have it looked up",
      cause: error,
    });
  }
  await forgetUser(context, identityContext);
  const user = await lookupUser(context, identityContext);
  if (user.devices.length === 1 && user.devices[0] === unknown) throw error;
  context.say(`AWS no longer knows the device ${deviceLabel(unknown)}; looked up again`);
}

export type MfaKeysNeeds = MfaNeeds &
  Needs<"configurationFile" | "paths" | "fileFingerprint" | "keychain" | "awsFiles">;

/** Errors: IDENTITY_UNKNOWN, and those of `obtainMfaSession`. */
export async function makeMfaKeys(
  context: MfaKeysNeeds,
  identityName: string | undefined,
  requester: "person" | "machine",
): Promise<SessionKeys> {
  const loaded = await loadAndCacheConfiguration(context);
  const { configuration } = loaded;
  const name = identityName ?? configuration.defaultIdentity;
  const identity = configuration.identities.get(name);
  if (identity === undefined) {
    throw new AwstError("IDENTITY_UNKNOWN", `identity "${name}" is not configured`, {
      hint: `configured: ${[...configuration.identities.keys()].join(", ")}`,
    });
  }
  const { region } = callRegion(identity, configuration, context.env);
  const identityContext = await openIdentityContext(context, loaded, identity, region);
  const kept = await readMfaSession(context, identityContext);
  if (kept) return kept.keys;
  const deadline = requester === "machine" ? machineDeadline(context.now()) : undefined;
  const session = await obtainMfaSession(context, identityContext, {
    purpose: `credential-process --identity ${name}`,
    requester,
    deadline,
    given: undefined,
    retry: "awst assume",
    workSeconds: [...configuration.roles.values()].map((role) => role.durationSeconds),
    isEnough: () => true,
  });
  return session.keys;
}
