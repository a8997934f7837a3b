// The identity's MFA session: the kept one where it is good enough, else one code for everybody who
// waits for it.

import { clockName, clockOf } from "../model/clock.ts";
import { type FoundCode, isFixed } from "../model/code-source.ts";
import { AwstError } from "../model/errors.ts";
import { mfaSessionItem } from "../model/items.ts";
import { callRegion } from "../model/resolve-target.ts";
import type { Secret } from "../model/secret.ts";
import {
  decodeMfaSession,
  type MfaSession,
  type SessionKeys,
  secondsLeft,
} from "../model/session.ts";
import { mfaSessionSeconds } from "../model/session-plan.ts";
import { patienceEnds } from "../model/session-request.ts";
import type { Needs } from "../ports.ts";
import { askAws } from "./ask-aws.ts";
import { type CallWithCodeNeeds, callWithCode } from "./call-with-code.ts";
import { dropSession, keepMfaSession } from "./keep-session.ts";
import { loadAndRemember } from "./load-configuration.ts";
import { type Caller, openCaller } from "./open-caller.ts";
import { takeTurn } from "./take-turn.ts";

export type MfaNeeds = CallWithCodeNeeds & Needs<"locks" | "processId">;

export interface MfaWish {
  /** What this is for, in words: `assume main-account DeveloperAccess`. */
  readonly holder: string;
  readonly asker: "person" | "machine";
  readonly deadline: Date | undefined;
  readonly given: Secret | undefined;
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
    look: async () => {
      const kept = await readMfaSession(world, caller);
      return kept && wish.isEnough(kept) ? kept : undefined;
    },
    work: (device, code) => openMfaSession(world, caller, wish, device, code),
  });
}

/** One code at a time per identity, whatever it is for. */
export async function takeCodeTurn<T>(
  world: MfaNeeds,
  caller: Caller,
  wish: Omit<MfaWish, "isEnough" | "workSeconds">,
  turn: {
    readonly look: () => Promise<T | undefined>;
    readonly work: (device: string, code: Secret) => Promise<T>;
  },
): Promise<T> {
  let wasFixed = false;
  return takeTurn(world, {
    ...wish,
    lock: `code-${caller.identity.name}`,
    look: turn.look,
    work: async () => {
      const call = {
        ...wish,
        onFound: (found: FoundCode) => {
          wasFixed = isFixed(found);
        },
      };
      return (await callWithCode(world, caller, call, turn.work)).answer;
    },
    isMine: () => wasFixed,
  });
}

/** For `credential-process --identity`: the MFA session's keys, never the long-term key's. */
export async function obtainMfaKeys(
  world: MfaNeeds & Needs<"configurationFile" | "places" | "stamp" | "keychain" | "awsFiles">,
  identityName: string | undefined,
  asker: "person" | "machine",
): Promise<SessionKeys> {
  const loaded = await loadAndRemember(world);
  const { configuration } = loaded;
  const name = identityName ?? configuration.defaultIdentity;
  const identity = configuration.identities.get(name);
  if (identity === undefined) {
    throw new AwstError("IDENTITY_UNKNOWN", `identity "${name}" is not configured`, {
      hint: `configured: ${[...configuration.identities.keys()].join(", ")}`,
    });
  }
  const { region } = callRegion(identity, configuration, world.env);
  const caller = await openCaller(world, loaded, identity, region);
  const kept = await readMfaSession(world, caller);
  if (kept) return kept.keys;
  const deadline = asker === "machine" ? patienceEnds(world.now()) : undefined;
  const session = await obtainMfaSession(world, caller, {
    holder: `credential-process --identity ${name}`,
    asker,
    deadline,
    given: undefined,
    retry: "awst assume",
    workSeconds: [...configuration.roles.values()].map((role) => role.durationSeconds),
    isEnough: () => true,
  });
  return session.keys;
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
