// `assume`: a role's session, and its profiles in AWS's files. Warm, both come from memory, and nothing is
// parsed: what else there is stands behind import() (docs/decisions/lazy-cold-path.md).

import type { EnsuredProfiles } from "../../model/profile/remembered-profiles.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import { decodeWarmState, warmStateName } from "../../model/session/warm-state.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import type { MakeNeeds } from "../session/make-session.ts";
import { obtainSession } from "../session/obtain-session.ts";
import { rememberedProfiles } from "./recall-profiles.ts";
import type { ProfilesAlone, ProfilesWish } from "./settle-profiles.ts";
import type { WriteNeeds } from "./write-profiles.ts";

export interface TakenUpSession extends ObtainedSession {
  /** Its keys go where they can't renew. */
  readonly keysAreFixed: boolean;
}

/** The session alone; profiles of `mode = "keys"` hold what can't renew. Errors: those of `obtainSession`. */
export async function takeUpSession(
  world: MakeNeeds,
  request: SessionRequest,
): Promise<TakenUpSession> {
  const keysAreFixed = request.keysAreFixed || (await writesKeys(world));
  return { ...(await obtainSession(world, { ...request, keysAreFixed })), keysAreFixed };
}

/** `region`: --region. Errors: those of `ensureProfiles`. */
export async function takeUpProfiles(
  world: WriteNeeds & Needs<"env" | "configurationFile">,
  request: SessionRequest,
  obtained: ObtainedSession,
  region: string | undefined,
): Promise<EnsuredProfiles> {
  const { account, role, identity, session, target } = obtained;
  if (target === undefined) {
    const kept = await rememberedProfiles(world, account, role, {
      scope: scopeOf(request.flags),
      identity,
      region: region ?? session.region,
      accessKeyId: session.keys.accessKeyId,
    });
    if (kept !== undefined) return kept;
  }
  const { settleProfiles } = await import("./settle-profiles.ts");
  return settleProfiles(world, request, obtained, region);
}

/** --profile-only: calls nothing. Errors: those of `settleProfilesAlone`. */
export async function writeProfilesAlone(
  world: WriteNeeds & Needs<"env" | "configurationFile">,
  wish: ProfilesWish,
): Promise<ProfilesAlone> {
  const { settleProfilesAlone } = await import("./settle-profiles.ts");
  return settleProfilesAlone(world, wish);
}

async function writesKeys(
  world: Needs<"state" | "stamp" | "places" | "configurationFile">,
): Promise<boolean> {
  const { configuration: path } = world.places;
  const warm = decodeWarmState(world.state.read(warmStateName(path)), world.stamp(path));
  return (warm ?? (await loadConfiguration(world))).writeMode === "keys";
}
