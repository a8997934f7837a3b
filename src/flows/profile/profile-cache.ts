// A role's profiles from memory: for a warm `assume`, which has no target at hand and parses nothing.

import {
  decodeProfileMemory,
  type EnsuredProfiles,
  ensuredOf,
  isSameAsRemembered,
  profileKey,
  profilesName,
} from "../../model/profile/profile-cache.ts";
import type { Needs } from "../../ports.ts";

/** What `ensureProfiles` last answered, as long as it holds; undefined: look closer. */
export async function rememberedProfiles(
  context: Needs<"paths" | "program" | "state" | "stamp">,
  account: string,
  role: string,
  now: {
    readonly scope?: string | undefined;
    readonly identity?: string | undefined;
    /** The region wanted in the profile. */
    readonly region?: string | undefined;
    readonly accessKeyId?: string | undefined;
  } = {},
): Promise<EnsuredProfiles | undefined> {
  const key = profileKey(context.paths.configuration, account, role, now.scope);
  const kept = decodeProfileMemory(context.state.read(profilesName)).roles[key];
  const stamps = await readStamps(context);
  return kept && isSameAsRemembered(kept, { ...now, stamps }, context.program)
    ? ensuredOf(kept)
    : undefined;
}

/** Of the configuration and of AWS's two files; null for one that is not there. */
export async function readStamps(
  context: Needs<"paths" | "stamp">,
): Promise<readonly (string | null)[]> {
  const { configuration, awsConfig, awsCredentials } = context.paths;
  return [configuration, awsConfig, awsCredentials].map((path) => context.stamp(path) ?? null);
}
