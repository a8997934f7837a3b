// An identity's MFA session for a program, where it is not simply there: the configuration parsed, the
// key found, a code asked for.

import { AwstError } from "../../model/errors.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import type { SessionKeys } from "../../model/session/session.ts";
import { patienceEnds } from "../../model/session/session-request.ts";
import type { Needs } from "../../ports.ts";
import { loadAndRemember } from "./load-configuration.ts";
import { type MfaNeeds, obtainMfaSession, readMfaSession } from "./obtain-mfa-session.ts";
import { openCaller } from "./open-caller.ts";

export type MfaKeysNeeds = MfaNeeds &
  Needs<"configurationFile" | "places" | "stamp" | "keychain" | "awsFiles">;

/** Errors: IDENTITY_UNKNOWN, and those of `obtainMfaSession`. */
export async function makeMfaKeys(
  world: MfaKeysNeeds,
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
