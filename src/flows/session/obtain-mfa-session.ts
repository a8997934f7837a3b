// The identity's MFA session: the kept one where it is good enough, else one code for everybody who
// waits for it.

import { clockName, clockOf } from "../../model/clock.ts";
import type { AwstError } from "../../model/errors.ts";
import { mfaSessionItem } from "../../model/keychain/items.ts";
import type { Secret } from "../../model/secret.ts";
import { type FoundCode, isFixed } from "../../model/session/code-source.ts";
import { decodeMfaSession, type MfaSession, secondsLeft } from "../../model/session/session.ts";
import { mfaSessionSeconds } from "../../model/session/session-plan.ts";
import type { Needs } from "../../ports.ts";
import { askAws } from "./ask-aws.ts";
import { type CallWithCodeNeeds, callWithCode } from "./call-with-code.ts";
import { dropSession, keepMfaSession } from "./keep-session.ts";
import { type Caller, withPresentKey } from "./open-caller.ts";
import { takeTurn } from "./take-turn.ts";

export type MfaNeeds = CallWithCodeNeeds & Needs<"locks" | "processId">;

export interface MfaWish {
  /** What this is for, in words: `assume main-account DeveloperAccess`. */
  readonly holder: string;
  readonly asker: "person" | "machine";
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
  world: Needs<"state" | "now">,
  caller: Caller,
): Promise<MfaSession | undefined> {
  const item = mfaSessionItem(caller.identity.name);
  const session = decodeMfaSession(await caller.keychain.read(item));
  if (session === undefined) return undefined;
  const fits =
    session.signedBy === caller.key.accessKeyId && session.environment === caller.environment;
  const { now, skewMs } = clockOf(world.state.read(clockName), world.now());
  const left = secondsLeft(session.keys.expiresAt, now, skewMs);
  return fits && left > 0 ? session : undefined;
}

export async function dropMfaSession(
  world: Needs<"state" | "now" | "say">,
  caller: Caller,
): Promise<void> {
  await dropSession(world, caller.keychain, mfaSessionItem(caller.identity.name));
}

/** Errors: those of `acquireCode`, AWS_*. */
export async function obtainMfaSession(
  world: MfaNeeds,
  caller: Caller,
  wish: MfaWish,
): Promise<MfaSession> {
  return takeCodeTurn(world, caller, wish, {
    look: async (present) => {
      const kept = await readMfaSession(world, present);
      return kept && wish.isEnough(kept) ? kept : undefined;
    },
    work: (present, device, code) => openMfaSession(world, present, wish, device, code),
  });
}

/** One code at a time per identity, whatever it is for. `present`: the caller with the key as it is then,
 *  since a rotation may have replaced it while this process waited. */
export async function takeCodeTurn<T>(
  world: MfaNeeds,
  caller: Caller,
  wish: Omit<MfaWish, "isEnough" | "workSeconds">,
  turn: {
    readonly look: (present: Caller) => Promise<T | undefined>;
    readonly work: (present: Caller, device: string, code: Secret) => Promise<T>;
    readonly isOffTopic?: (error: AwstError) => boolean;
  },
): Promise<T> {
  let wasFixed = false;
  return takeTurn(world, {
    ...wish,
    lock: `code-${caller.identity.name}`,
    look: async () => turn.look(await withPresentKey(world, caller)),
    work: async () => {
      const call = {
        ...wish,
        onFound: (found: FoundCode) => {
          wasFixed = isFixed(found) || wish.seed !== undefined;
        },
      };
      const present = await withPresentKey(world, caller);
      const send = (device: string, code: Secret) => turn.work(present, device, code);
      return (await callWithCode(world, present, call, send)).answer;
    },
    isMine: () => wasFixed,
    isOffTopic: turn.isOffTopic,
  });
}

async function openMfaSession(
  world: MfaNeeds,
  caller: Caller,
  wish: MfaWish,
  device: string,
  code: Secret,
): Promise<MfaSession> {
  const durationSeconds = mfaSessionSeconds(wish.workSeconds);
  const answer = await askAws(world, caller.key, caller.region, (aws) =>
    aws.getSessionToken({ device, code, durationSeconds }),
  );
  const session: MfaSession = {
    keys: answer.keys,
    codeAt: answer.at,
    device,
    signedBy: caller.key.accessKeyId,
    environment: caller.environment,
  };
  await keepMfaSession(world, caller.keychain, caller.identity.name, session);
  world.state.record("mfa-session-issued", {
    identity: caller.identity.name,
    accessKeyId: answer.keys.accessKeyId,
    expiresAt: answer.keys.expiresAt.toISOString(),
    for: wish.holder,
  });
  return session;
}
