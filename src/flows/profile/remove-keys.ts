// Removes temporary keys that `write.mode = "keys"` wrote and that have expired from AWS's files. A section that holds
// another key by now, and every line of the user's, stays.

import type { AwsFileTexts } from "../../model/profile/aws-profiles.ts";
import { removeKeysOf } from "../../model/profile/key-profiles.ts";
import {
  type CachedProfiles,
  type ProfileCache,
  profileCacheFile,
} from "../../model/profile/profile-cache.ts";
import type { Needs } from "../../ports.ts";

/** Returns the names of the profiles that lost their keys. `ended`: by `profileKey`. Errors: FILE_*, WAIT_TIMED_OUT. */
export async function removeKeys(
  context: Needs<"awsFiles" | "state">,
  ended: readonly (readonly [string, CachedProfiles & { readonly accessKeyId: string }])[],
): Promise<readonly string[]> {
  const ids = new Set(ended.map(([, { accessKeyId }]) => accessKeyId));
  const change = (texts: AwsFileTexts) => removeKeysOf(texts, ids);
  const files = await context.awsFiles();
  const isThere = change(await files.read()).removed.length > 0;
  const removed = isThere
    ? await files.edit((texts) => {
        const { texts: changed, removed } = change(texts);
        return { texts: changed, result: removed };
      })
    : [];
  const keys = new Set(ended.map(([key]) => key));
  const isEnded = ([key, { accessKeyId }]: [string, CachedProfiles]) =>
    keys.has(key) && ids.has(accessKeyId ?? "");
  await context.state.update(profileCacheFile, (cache: ProfileCache) => {
    const roles = Object.entries(cache.roles).filter((entry) => !isEnded(entry));
    return { ...cache, roles: Object.fromEntries(roles) };
  });
  if (removed.length > 0) {
    context.state.record("profiles-changed", { written: 0, removed: removed.length });
  }
  return removed;
}
