// A role's profiles from memory: for a warm `assume`, which has no target at hand and parses nothing.

import {
  decodeProfileMemory,
  type EnsuredProfiles,
  ensuredOf,
  isSameAsRemembered,
  profileKey,
  profilesName,
} from "../../model/profile/remembered-profiles.ts";
import type { Needs } from "../../ports.ts";

/** What `ensureProfiles` last answered, as long as it holds; undefined: look closer. */
export async function rememberedProfiles(
  world: Needs<"places" | "program" | "state" | "stamp">,
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
  const key = profileKey(world.places.configuration, account, role, now.scope);
  const kept = decodeProfileMemory(world.state.read(profilesName)).roles[key];
  const stamps = await readStamps(world);
  return kept && isSameAsRemembered(kept, { ...now, stamps }, world.program)
    ? ensuredOf(kept)
    : undefined;
}

/** Of the configuration and of AWS's two files; null for one that is not there. */
export async function readStamps(
  world: Needs<"places" | "stamp">,
): Promise<readonly (string | null)[]> {
  const { configuration, awsConfig, awsCredentials } = world.places;
  return [configuration, awsConfig, awsCredentials].map((path) => world.stamp(path) ?? null);
}
