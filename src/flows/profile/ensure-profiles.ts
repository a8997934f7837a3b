// `assume`: a role's profiles in AWS's files. When nothing has changed, they come from a cache and no file is
// parsed. The rest is loaded on demand (docs/decisions/lazy-cold-path.md).

import { writeSettingsOf } from "../../model/configuration/write-mode.ts";
import {
  type EnsuredProfiles,
  profileCacheFile,
  profilesWithExpiredKeys,
} from "../../model/profile/profile-cache.ts";
import { cachedWriteMode, configCacheFile } from "../../model/session/config-cache.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { readCachedProfiles } from "./profile-cache.ts";
import type { ProfilesOnly, ProfilesOnlyRequest, WriteContext } from "./write-profiles.ts";

/** Returns the session's profiles, written if necessary. `region`: --region. Errors: FILE_*. */
export async function ensureProfiles(
  context: WriteContext,
  request: SessionRequest,
  obtained: ObtainedSession,
  region: string | undefined,
): Promise<EnsuredProfiles> {
  const { account, role, identity, session, target } = obtained;
  if (target === undefined) {
    const cached = readCachedProfiles(context, account, role, {
      scope: scopeOf(request.flags),
      identity,
      region: region ?? session.region,
      accessKeyId: session.keys.accessKeyId,
    });
    if (cached !== undefined) return cached;
  }
  const { writeSessionProfiles } = await import("./write-profiles.ts");
  return writeSessionProfiles(context, request, obtained, region);
}

/** Returns whether the role's profiles hold credentials, which awst can't renew there (`write.mode = "keys"`). */
export async function writesKeys(
  context: Needs<"state" | "fileFingerprint" | "paths" | "configurationFile">,
  { account, role }: Pick<SessionRequest, "account" | "role">,
): Promise<boolean> {
  const { configuration: path } = context.paths;
  const cached = context.state.read(configCacheFile(path, context.fileFingerprint(path)));
  if (cached !== undefined) return cachedWriteMode(cached, account, role) === "keys";
  return writeSettingsOf(await loadConfiguration(context), account, role).mode === "keys";
}

/** Removes keys of `write.mode = "keys"` that have expired from AWS's files. Errors: FILE_*, WAIT_TIMED_OUT. */
export async function removeExpiredKeys(
  context: Needs<"state" | "paths" | "clock" | "awsFiles" | "say">,
): Promise<void> {
  const cache = context.state.read(profileCacheFile);
  const { awsNow } = context.clock();
  const ended = profilesWithExpiredKeys(cache, context.paths.configuration, awsNow);
  if (ended.length === 0) return;
  const { removeKeys } = await import("./remove-keys.ts");
  const { removed, conflicts } = await removeKeys(context, ended);
  const names = removed.map((name) => JSON.stringify(name)).join(", ");
  if (removed.length > 0) context.say(`removed the expired credentials of profile ${names}`);
  for (const { name, file, why } of conflicts) {
    const path = file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
    context.say(`profile ${JSON.stringify(name)} keeps expired credentials in ${path}: ${why}`);
  }
}

/** --profile-only: writes a role's profiles without a session. Errors: those of `writeProfilesOnly`. */
export async function ensureProfilesOnly(
  context: WriteContext,
  request: ProfilesOnlyRequest,
): Promise<ProfilesOnly> {
  const { writeProfilesOnly } = await import("./write-profiles.ts");
  return writeProfilesOnly(context, request);
}
