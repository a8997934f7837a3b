// For `credential-process --identity`: the MFA session's keys, never the long-term key's. Warm, as long
// as the session lives: only a code could renew it.

import { clockName, clockOf } from "../../model/clock.ts";
import { mfaSessionItem } from "../../model/keychain/items.ts";
import { decodeMfaSession, type SessionKeys, secondsLeft } from "../../model/session/session.ts";
import type { Needs } from "../../ports.ts";
import type { MfaKeysNeeds } from "./make-mfa-keys.ts";
import { readWarm } from "./read-warm.ts";

/** Errors: those of `makeMfaKeys`. */
export async function obtainMfaKeys(
  world: MfaKeysNeeds,
  identity: string,
  asker: "person" | "machine",
): Promise<SessionKeys> {
  const kept = await findKept(world, identity);
  if (kept !== undefined) return kept;
  const { makeMfaKeys } = await import("./make-mfa-keys.ts");
  return makeMfaKeys(world, identity, asker);
}

async function findKept(
  world: Needs<"env" | "places" | "state" | "stamp" | "now" | "keychain">,
  identity: string,
): Promise<SessionKeys | undefined> {
  const warm = await readWarm(world, ({ callRegions }) =>
    callRegions[identity] === undefined ? undefined : identity,
  );
  if (warm === undefined) return undefined;
  const session = decodeMfaSession(await warm.keychain.read(mfaSessionItem(identity)));
  const isSame = session?.signedBy === warm.keyId && session.environment === warm.environment;
  const { now, skewMs } = clockOf(world.state.read(clockName), world.now());
  return isSame && secondsLeft(session.keys.expiresAt, now, skewMs) > 0 ? session.keys : undefined;
}
