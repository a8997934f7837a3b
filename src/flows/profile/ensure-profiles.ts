// `assume`: a role's session, and its profiles in AWS's files. Warm, both come from memory, and nothing is
// parsed: what else there is stands behind import() (docs/decisions/lazy-cold-path.md).

import type { EnsuredProfiles } from "../../model/profile/profile-cache.ts";
import { configCacheName, decodeConfigCache } from "../../model/session/config-cache.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import type { MakeNeeds } from "../session/make-session.ts";
import { obtainSession } from "../session/obtain-session.ts";
import { rememberedProfiles } from "./profile-cache.ts";
import type { ProfilesAlone, ProfilesWish, WriteNeeds } from "./write-profiles.ts";

export interface TakenUpSession extends ObtainedSession {
  /** Its keys go where they can't renew. */
  readonly keysAreFixed: boolean;
}

/** The session alone; profiles of `mode = "keys"` hold what can't renew. Errors: those of `obtainSession`. */
export async function takeUpSession(
  context: MakeNeeds,
  request: SessionRequest,
): Promise<TakenUpSession> {
  const keysAreFixed = request.keysAreFixed || (await writesKeys(context));
  return { ...(await obtainSession(context, { ...request, keysAreFixed })), keysAreFixed };
}

/** `region`: --region. Errors: those of `ensureProfiles`. */
export async function takeUpProfiles(
  context: WriteNeeds & Needs<"env" | "configurationFile">,
  request: SessionRequest,
  obtained: ObtainedSession,
  region: string | undefined,
): Promise<EnsuredProfiles> {
  const { account, role, identity, session, target } = obtained;
  if (target === undefined) {
    const kept = await rememberedProfiles(context, account, role, {
      scope: scopeOf(request.flags),
      identity,
      region: region ?? session.region,
      accessKeyId: session.keys.accessKeyId,
    });
    if (kept !== undefined) return kept;
  }
  const { settleProfiles } = await import("./write-profiles.ts");
  return settleProfiles(context, request, obtained, region);
}

/** --profile-only: calls nothing. Errors: those of `settleProfilesAlone`. */
export async function writeProfilesAlone(
  context: WriteNeeds & Needs<"env" | "configurationFile">,
  wish: ProfilesWish,
): Promise<ProfilesAlone> {
  const { settleProfilesAlone } = await import("./write-profiles.ts");
  return settleProfilesAlone(context, wish);
}

async function writesKeys(
  context: Needs<"state" | "stamp" | "paths" | "configurationFile">,
): Promise<boolean> {
  const { configuration: path } = context.paths;
  const warm = decodeConfigCache(context.state.read(configCacheName(path)), context.stamp(path));
  return (warm ?? (await loadConfiguration(context))).writeMode === "keys";
}
