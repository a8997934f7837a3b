// What a warm start knows of an identity: read from state that counts only while the configuration and
// the key are unchanged. Nothing is parsed.

import { fallbackRegion } from "../../model/aws/partition.ts";
import { ambientRegion, environmentHash } from "../../model/session/environment-hash.ts";
import {
  decodeKeyNotes,
  decodeWarmState,
  heldKeyId,
  keyNotesName,
  type WarmState,
  warmStateName,
} from "../../model/session/warm-state.ts";
import type { Keychain, Needs } from "../../ports.ts";

export interface Warm {
  readonly state: WarmState;
  readonly identity: string;
  /** The long-term key that its sessions must have been made with. */
  readonly keyId: string;
  readonly environment: string;
  readonly keychain: Keychain;
}

/** undefined where anything is unknown or has changed: then the configuration is asked. */
export async function readWarm(
  world: Needs<"env" | "places" | "state" | "stamp" | "keychain">,
  identityOf: (state: WarmState) => string | undefined,
): Promise<Warm | undefined> {
  const { configuration, awsCredentials } = world.places;
  const stored = world.state.read(warmStateName(configuration));
  const state = decodeWarmState(stored, world.stamp(configuration));
  const identity = state && identityOf(state);
  if (state === undefined || identity === undefined) return undefined;
  const note = decodeKeyNotes(world.state.read(keyNotesName))[identity];
  const keyId = heldKeyId(note, note?.credentialsStamp && (world.stamp(awsCredentials) ?? ""));
  if (keyId === undefined) return undefined;
  const region = state.callRegions[identity] ?? ambientRegion(world.env)?.region ?? fallbackRegion;
  const environment = environmentHash(world.env, region);
  const keychain = await world.keychain(state.keychainBackend);
  return { state, identity, keyId, environment, keychain };
}
