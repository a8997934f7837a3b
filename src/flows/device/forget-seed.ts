// `mfa forget`: a device's seed out of the keychain. The device stays as it is.

import { findIdentity } from "../../model/configuration/find-identity.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { forgetStoredSeed, listStoredSeeds } from "../session/stored-seed.ts";
import { pickSeed, type SeedWish } from "./pick-seed.ts";

export interface ForgottenSeed {
  readonly identity: string;
  /** undefined: none was stored. */
  readonly device: string | undefined;
}

/** Errors: SEED_MISSING for a named device, CHOICE_NEEDED, KEYCHAIN_*. */
export async function forgetSeed(
  world: Needs<"configurationFile" | "keychain" | "terminal" | "state" | "locks" | "processId">,
  wanted: SeedWish,
): Promise<ForgottenSeed> {
  const configuration = await loadConfiguration(world);
  const identity = findIdentity(configuration, wanted.identity);
  const stored = await listStoredSeeds(world, { configuration, identity });
  if (stored.length === 0 && wanted.device === undefined) {
    return { identity: identity.name, device: undefined };
  }
  const picked = await pickSeed(world, wanted);
  await forgetStoredSeed(world, picked, picked.serial);
  return { identity: identity.name, device: picked.serial };
}
