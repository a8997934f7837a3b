// A role's profiles where they are not simply there: the configuration is asked what they are to be.

import type { EnsuredProfiles } from "../../model/profile/remembered-profiles.ts";
import type { AccountAndRole } from "../../model/session/rank-names.ts";
import { resolveTarget } from "../../model/session/resolve-target.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import type { SessionFlags, Target } from "../../model/session/target.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { nameAccount } from "../session/name-account.ts";
import { ensureProfiles } from "./ensure-profiles.ts";
import type { WriteNeeds } from "./write-profiles.ts";

/** With the session they are for. `region`: --region. Errors: those of `ensureProfiles`. */
export async function settleProfiles(
  world: WriteNeeds & Needs<"env" | "configurationFile">,
  request: SessionRequest,
  obtained: ObtainedSession,
  region: string | undefined,
): Promise<EnsuredProfiles> {
  const { account, role, session, target } = obtained;
  const configuration = await loadConfiguration(world);
  const wanted = { account, role, identity: request.identity, flags: request.flags };
  return ensureProfiles(world, {
    target: target ?? resolveTarget(configuration, { ...wanted, env: world.env }),
    session,
    region,
    configuration,
  });
}

export interface ProfilesWish extends AccountAndRole {
  readonly identity: string | undefined;
  readonly flags: SessionFlags;
  readonly region: string | undefined;
}

export interface ProfilesAlone {
  readonly target: Target;
  readonly profiles: EnsuredProfiles;
  /** `mode = "keys"`: profiles hold keys, so that none can be written without a session. */
  readonly needSession: boolean;
}

/** --profile-only: calls nothing. Errors: ACCOUNT_UNKNOWN, ROLE_UNKNOWN, USAGE, CONFIGURATION_*, FILE_*. */
export async function settleProfilesAlone(
  world: WriteNeeds & Needs<"env" | "configurationFile">,
  wish: ProfilesWish,
): Promise<ProfilesAlone> {
  const configuration = await loadConfiguration(world);
  const { role, identity, flags, region } = wish;
  const account = await nameAccount(world, configuration, wish.account);
  const target = resolveTarget(configuration, { account, role, identity, flags, env: world.env });
  const profiles = await ensureProfiles(world, {
    target,
    session: undefined,
    region,
    configuration,
  });
  return { target, profiles, needSession: configuration.writeMode === "keys" };
}
