// Removes profiles that hold temporary keys of awst (`write.mode = "keys"`) from AWS's files.

import {
  classifySection,
  type IsAwstKey,
  openProfileEdits,
  type ProfileEdits,
} from "./aws-profiles.ts";
import type { BlockedEdit } from "./blocked-edits.ts";
import { readValue } from "./ini-document.ts";
import type { ProfileConflict } from "./plan-rules.ts";
import type { AwsFileTexts, FoundSection } from "./profile-sections.ts";

export interface RemovedKeys {
  readonly texts: AwsFileTexts;
  /** Names of profiles that lost their keys. */
  readonly removed: readonly string[];
  /** Profiles that still hold keys, because without them another section would change. */
  readonly conflicts: readonly ProfileConflict[];
}

/** Removes temporary keys with one of these ids. Sections with any other key stay. */
export function removeKeysOf(texts: AwsFileTexts, ids: ReadonlySet<string>): RemovedKeys {
  const edits = openProfileEdits(texts);
  const conflicts: ProfileConflict[] = [];
  const removed = edits.all().flatMap((found) => {
    const keys = readOwnKeys(found, (id) => ids.has(id));
    if (keys === undefined || !ids.has(keys.accessKeyId)) return [];
    const [name = ""] = found.names;
    return removeUnlessBlocked(edits, found, name, keys, conflicts) ? [name] : [];
  });
  return { texts: { ...texts, ...edits.texts() }, removed, conflicts };
}

/** Removes the profiles of these names that hold temporary keys (`write.mode = "keys"`), and no others. */
export function removeKeyProfiles(
  texts: AwsFileTexts,
  names: readonly string[],
  isAwstKey: IsAwstKey,
): RemovedKeys {
  const edits = openProfileEdits(texts);
  const conflicts: ProfileConflict[] = [];
  const removed = [...new Set(names)].filter((name) => {
    const isRemoved = edits
      .named(name)
      .filter((found) => !edits.isEdited(found))
      .map((found) => {
        const keys = readOwnKeys(found, isAwstKey);
        return keys !== undefined && removeUnlessBlocked(edits, found, name, keys, conflicts);
      });
    return isRemoved.includes(true);
  });
  return { texts: edits.texts(), removed, conflicts };
}

interface OwnKeys {
  readonly accessKeyId: string;
  /** Why awst can't change the section at all. */
  readonly blocked?: BlockedEdit | undefined;
}

function readOwnKeys({ section }: FoundSection, isAwstKey: IsAwstKey): OwnKeys | undefined {
  const content = classifySection(section, isAwstKey);
  if (content.kind === "keys") return content;
  if (content.kind !== "conflict" || content.line === undefined) return undefined;
  const accessKeyId = readValue(section, "aws_access_key_id") ?? "";
  const { why, line } = content;
  return isAwstKey(accessKeyId) ? { accessKeyId, blocked: { why, line } } : undefined;
}

/** Returns whether the section's keys were removed. */
function removeUnlessBlocked(
  edits: ProfileEdits,
  found: FoundSection,
  name: string,
  keys: OwnKeys,
  conflicts: ProfileConflict[],
): boolean {
  const blocked = keys.blocked ?? edits.whyNotRemoved(found);
  if (blocked === undefined) edits.remove(found);
  else conflicts.push({ name, file: found.file, ...blocked });
  return blocked === undefined;
}
