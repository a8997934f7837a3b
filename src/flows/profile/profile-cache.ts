// Reads a role's profiles from the cache, for a warm `assume`, which parses no file.

import {
  type EnsuredProfiles,
  ensuredProfilesOf,
  isUpToDate,
  profileCacheFile,
  profileKey,
} from "../../model/profile/profile-cache.ts";
import type { Needs } from "../../ports.ts";

/** Returns the result of the last `writeRoleProfiles`; undefined where anything has changed since. */
export function readCachedProfiles(
  context: Needs<"paths" | "program" | "state" | "fileFingerprint">,
  account: string,
  role: string,
  wanted: {
    readonly scope?: string | undefined;
    readonly identity?: string | undefined;
    /** The region in the profile. */
    readonly region?: string | undefined;
    readonly accessKeyId?: string | undefined;
  } = {},
): EnsuredProfiles | undefined {
  const key = profileKey(context.paths.configuration, account, role, wanted.scope);
  const cached = context.state.read(profileCacheFile).roles[key];
  if (cached === undefined) return undefined;
  const now = { ...wanted, fingerprints: readFingerprints(context) };
  return isUpToDate(cached, now, context.program) ? ensuredProfilesOf(cached) : undefined;
}

/** Returns those of the configuration and AWS's two files; null for a file that does not exist. */
export function readFingerprints(
  context: Needs<"paths" | "fileFingerprint">,
): readonly (string | null)[] {
  const { configuration, awsConfig, awsCredentials } = context.paths;
  return [configuration, awsConfig, awsCredentials].map(
    (path) => context.fileFingerprint(path) ?? null,
  );
}
