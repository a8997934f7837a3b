// What the process does that `assume` started apart: replaces a key that is too old, finishes what an earlier
// rotation left to be done. A key that is not imported, and one that is young, are none of its business.

import type { Configuration, Identity } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-identity.ts";
import { decodeAccessKey } from "../../model/key/access-key.ts";
import { keyItem } from "../../model/keychain/items.ts";
import type { RotationReport } from "../../model/rotation/rotation-report.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { noteFailure, rotateUnattended, type UnattendedNeeds } from "./rotate-unattended.ts";

/** How long a rotation by somebody else is waited for: that one does the same. */
const waitMs = 60_000;

/** undefined: nothing was to be done. Errors: those of `rotateKey`. */
export async function rotateAutomatically(
  world: UnattendedNeeds,
  identityName: string | undefined,
): Promise<RotationReport | undefined> {
  const configuration = await loadConfiguration(world);
  const identity = findIdentity(configuration, identityName);
  if (!(await isImported(world, configuration, identity))) return undefined;
  const minutes = identity.keyRotationIntervalMinutes;
  return rotateUnattended(world, "automatic", {
    identity: identity.name,
    wish: minutes === 0 ? "finish" : "rotate",
    minimumAgeSeconds: minutes * 60,
    unattended: true,
    words: "key rotate --automatic",
    retry: "awst key rotate",
    waitMs,
  });
}

async function isImported(
  world: UnattendedNeeds,
  configuration: Configuration,
  identity: Identity,
): Promise<boolean> {
  try {
    const keychain = await world.keychain(configuration.keychainBackend);
    return decodeAccessKey(await keychain.read(keyItem(identity.name))) !== undefined;
  } catch (error) {
    await noteFailure(world, "automatic", identity.name, error);
    throw error;
  }
}
