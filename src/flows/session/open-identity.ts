// The configuration, one of its identities, and that one's key: where most verbs begin.

import { findIdentity } from "../../model/configuration/find-identity.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { Needs } from "../../ports.ts";
import { loadAndRemember } from "./load-configuration.ts";
import { type Caller, openCaller } from "./open-caller.ts";

export type IdentityNeeds = Needs<
  "configurationFile" | "env" | "state" | "stamp" | "places" | "say" | "keychain" | "awsFiles"
>;

/** `name` undefined: the default one. Errors: CONFIGURATION_*, IDENTITY_UNKNOWN, KEY_MISSING, KEYCHAIN_*. */
export async function openIdentity(
  world: IdentityNeeds,
  name: string | undefined,
): Promise<Caller> {
  const loaded = await loadAndRemember(world);
  const identity = findIdentity(loaded.configuration, name);
  const { region } = callRegion(identity, loaded.configuration, world.env);
  return openCaller(world, loaded, identity, region);
}
