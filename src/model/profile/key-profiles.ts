// Removes profiles that hold temporary keys of awst (`write.mode = "keys"`) from AWS's files.

import {
  type AwsFileTexts,
  classifySection,
  type IsAwstKey,
  openProfileEdits,
} from "./aws-profiles.ts";

/** Removes temporary keys with one of these ids. Sections with any other key stay. */
export function removeKeysOf(
  texts: AwsFileTexts,
  ids: ReadonlySet<string>,
): { readonly texts: AwsFileTexts; readonly removed: readonly string[] } {
  const edits = openProfileEdits(texts);
  const removed = edits.sections.flatMap((found) => {
    const content = classifySection(found.section, (id) => ids.has(id));
    if (content.kind !== "keys" || !ids.has(content.accessKeyId)) return [];
    edits.remove(found);
    return found.names.slice(0, 1);
  });
  return { texts: { ...texts, ...edits.texts() }, removed };
}

/** Removes the profiles of these names that hold temporary keys (`write.mode = "keys"`), and no others. */
export function removeKeyProfiles(
  texts: AwsFileTexts,
  names: readonly string[],
  isAwstKey: IsAwstKey,
): { readonly texts: AwsFileTexts; readonly removed: readonly string[] } {
  const edits = openProfileEdits(texts);
  const removed = names.filter((name) => {
    const withKeys = edits.named(name).filter((found) => {
      return !edits.isEdited(found) && classifySection(found.section, isAwstKey).kind === "keys";
    });
    for (const found of withKeys) edits.remove(found);
    return withKeys.length > 0;
  });
  return { texts: edits.texts(), removed };
}
