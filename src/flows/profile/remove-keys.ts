// Removes temporary keys that `write.mode = "keys"` wrote and that have expired from AWS's files. A section that holds
// another key by now, and every line of the user's, stays.

import { type RemovedKeys, removeKeysOf } from "../../model/profile/key-profiles.ts";
import {
  type CachedProfiles,
  profileCacheFile,
  withoutKeys,
} from "../../model/profile/profile-cache.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import type { Needs } from "../../ports.ts";

/** `ended`: by `profileKey`. Keys that stay are tried again by the next `assume`. Errors: FILE_*, WAIT_TIMED_OUT. */
export async function removeKeys(
  context: Needs<"awsFiles" | "state">,
  ended: readonly (readonly [string, CachedProfiles & { readonly accessKeyId: string }])[],
): Promise<Omit<RemovedKeys, "texts">> {
  const ids = new Set(ended.map(([, { accessKeyId }]) => accessKeyId));
  const change = (texts: AwsFileTexts) => removeKeysOf(texts, ids);
  const files = await context.awsFiles();
  const found = change(await files.read());
  const { removed, conflicts } =
    found.removed.length === 0
      ? found
      : await files.edit((texts) => {
          const { texts: changed, ...result } = change(texts);
          return { texts: changed, result };
        });
  const keys = new Set(ended.map(([key]) => key));
  await context.state.update(profileCacheFile, (cache) =>
    withoutKeys(
      cache,
      conflicts,
      ({ accessKeyId = "" }, key) => keys.has(key) && ids.has(accessKeyId),
    ),
  );
  if (removed.length > 0) {
    context.state.record("profiles-changed", { written: 0, removed: removed.length });
  }
  return { removed, conflicts };
}
