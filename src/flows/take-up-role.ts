// `assume`: a role's session, and its profiles in AWS's files. Warm, both come from memory, and nothing is
// parsed.

import type { AccountAndRole } from "../model/rank-names.ts";
import type { EnsuredProfiles } from "../model/remembered-profiles.ts";
import { resolveTarget } from "../model/resolve-target.ts";
import type { ObtainedSession, SessionRequest } from "../model/session-request.ts";
import { scopeOf } from "../model/session-scope.ts";
import type { SessionFlags, Target } from "../model/target.ts";
import { decodeWarmState, warmStateName } from "../model/warm-state.ts";
import type { Needs } from "../ports.ts";
import { ensureProfiles, rememberedProfiles } from "./ensure-profiles.ts";
import { loadConfiguration } from "./load-configuration.ts";
import type { MakeNeeds } from "./make-session.ts";
import { nameAccount } from "./name-account.ts";
import { obtainSession } from "./obtain-session.ts";

type EnsureNeeds = Parameters<typeof ensureProfiles>[0];

/** The session alone; profiles of `mode = "keys"` hold what can't renew. Errors: those of `obtainSession`. */
export async function takeUpSession(
  world: MakeNeeds,
  request: SessionRequest,
): Promise<ObtainedSession> {
  const keysAreFixed = request.keysAreFixed || (await writesKeys(world));
  return obtainSession(world, { ...request, keysAreFixed });
}

/** `region`: --region. Errors: those of `ensureProfiles`. */
export async function takeUpProfiles(
  world: EnsureNeeds & Needs<"env" | "configurationFile">,
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
  const configuration = await loadConfiguration(world);
  const wanted = { account, role, identity: request.identity, flags: request.flags };
  return ensureProfiles(world, {
    target: target ?? resolveTarget(configuration, { ...wanted, env: world.env }),
    session,
    region,
    configuration,
  });
}

export interface ProfilesAlone {
  readonly target: Target;
  readonly profiles: EnsuredProfiles;
  /** `mode = "keys"`: profiles hold keys, so that none can be written without a session. */
  readonly needSession: boolean;
}

/** --profile-only: calls nothing. Errors: ACCOUNT_UNKNOWN, ROLE_UNKNOWN, USAGE, CONFIGURATION_*, FILE_*. */
export async function writeProfilesAlone(
  world: EnsureNeeds & Needs<"env" | "configurationFile">,
  wish: AccountAndRole & {
    readonly identity: string | undefined;
    readonly flags: SessionFlags;
    readonly region: string | undefined;
  },
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

async function writesKeys(
  world: Needs<"state" | "stamp" | "places" | "configurationFile">,
): Promise<boolean> {
  const { configuration: path } = world.places;
  const warm = decodeWarmState(world.state.read(warmStateName(path)), world.stamp(path));
  return (warm ?? (await loadConfiguration(world))).writeMode === "keys";
}
