// Reads a role's profiles from the cache, for a warm `assume`, which parses no file.

import { lineEnvironment } from "../../model/environment.ts";
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
  context: Needs<"paths" | "program" | "env" | "state" | "fileFingerprint">,
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
  if (!isUpToDate(cached, now, callerOf(context))) return undefined;
  const exists = (path: string) => context.fileFingerprint(path) !== undefined;
  return cached.calls?.every(exists) ? ensuredProfilesOf(cached) : undefined;
}

/** Returns what the paths and the environment in a process line are derived from. */
export function callerOf(context: Needs<"program" | "env" | "paths">): string {
  return [...context.program, ...lineEnvironment(context.env, context.paths.home)].join("\0");
}

/** Returns the fingerprints of the configuration and AWS's two files; null for a file that does not exist. */
export function readFingerprints(
  context: Needs<"paths" | "fileFingerprint">,
): readonly (string | null)[] {
  const { configuration, awsConfig, awsCredentials } = context.paths;
  return [configuration, awsConfig, awsCredentials].map(
    (path) => context.fileFingerprint(path) ?? null,
  );
}
