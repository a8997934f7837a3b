// What a plan does with the profiles that call awst and that it does not write: one that is no longer wanted is removed,
// and one that calls a missing program is repaired. One that can't be changed is reported with the reason.

import { type ProfileEdits, readCallingProfile } from "./aws-profiles.ts";
import { readValue } from "./ini-document.ts";
import type { CompleteRules, ProfileConflict, UnwritableProfile } from "./plan-rules.ts";
import type { FoundSection } from "./profile-sections.ts";
import type { WrittenRegions } from "./written-regions.ts";

export interface UpdatedProfiles {
  readonly removed: readonly string[];
  /** Profiles whose program no longer existed and that now call this one. */
  readonly repaired: readonly string[];
  readonly conflicts: readonly ProfileConflict[];
  readonly unwritable: readonly UnwritableProfile[];
}

/** `wanted`: returns the names of the profiles that the plan writes, or can't write. */
export function updateOwnedProfiles(
  edits: ProfileEdits,
  wanted: () => ReadonlySet<string>,
  rules: CompleteRules,
): UpdatedProfiles {
  // By name, since a profile without a space has a section in each file.
  const removed = new Set<string>();
  const repaired = new Set<string>();
  const unwritable = new Map<string, UnwritableProfile>();
  const conflicts = new Map<string, ProfileConflict>();
  /** The first conflict of a section: its repair makes the next one visible. */
  const report = (conflict: ProfileConflict) => {
    const key = `${conflict.file} ${conflict.name}`;
    conflicts.set(key, conflicts.get(key) ?? conflict);
  };
  for (const found of edits.calling()) {
    const owned = readCallingProfile(found, rules.isAwstKey);
    if (owned === undefined) continue;
    if (rules.otherOwner({ kind: "process", line: owned.line }) !== undefined) continue;
    const { name, file } = owned;
    const isWanted = found.names.some((each) => wanted().has(each));
    if (!isWanted && rules.shouldRemove?.(owned)) {
      const conflict = findRemovalConflict(edits, { ...found, name }, rules);
      const why = findFileProblem(edits, found, rules);
      if (conflict !== undefined) report(conflict);
      else if (why !== undefined) unwritable.set(name, { name, why });
      else {
        edits.remove(found, { keepsRegion: hasUserRegion(found, rules.writtenRegions) });
        removed.add(name);
        continue;
      }
    }
    const line = rules.problems[file] === undefined ? rules.repair?.(owned) : undefined;
    if (line === undefined) continue;
    const blocked = owned.blocked ?? edits.whyFixed(found);
    if (blocked !== undefined) report({ name, file, ...blocked });
    else {
      edits.rewrite(found, { set: [["credential_process", line]], remove: [] });
      repaired.add(name);
    }
  }
  // The section in config of a name with spaces, whose profile is in the credentials file.
  for (const found of removed.size === 0 ? [] : edits.all()) {
    const isUndone = found.names.some((name) => removed.has(name)) && !edits.isEdited(found);
    if (isUndone && edits.isTakenOver(found)) edits.remove(found);
  }
  return {
    removed: [...removed],
    repaired: [...repaired],
    conflicts: [...conflicts.values()],
    unwritable: [...unwritable.values()],
  };
}

/** Returns why a section of the profile can't be removed: a section of another profile would change. */
function findRemovalConflict(
  edits: ProfileEdits,
  { name, names }: FoundSection & { readonly name: string },
  { isAwstKey }: CompleteRules,
): ProfileConflict | undefined {
  for (const each of names.flatMap((other) => edits.named(other))) {
    const blocked = readCallingProfile(each, isAwstKey)?.blocked ?? edits.whyNotRemoved(each);
    if (blocked !== undefined) return { name, file: each.file, ...blocked };
  }
  return undefined;
}

/** Returns why the file with the section, or with lines that have to be restored, can't be written. */
function findFileProblem(
  edits: ProfileEdits,
  { names, file }: FoundSection,
  { problems }: CompleteRules,
): string | undefined {
  const files = names
    .flatMap((name) => edits.named(name))
    .filter((each) => edits.isTakenOver(each))
    .map((each) => each.file);
  return [file, ...files].map((each) => problems[each]).find((why) => why !== undefined);
}

/** Whether a section that is removed has a region that awst did not write. */
function hasUserRegion(
  { names, section }: FoundSection,
  written: WrittenRegions | undefined,
): boolean {
  const region = readValue(section, "region");
  const own = names.map((name) => written?.get(name)).find((each) => each !== undefined);
  return region !== undefined && own !== undefined && region !== own;
}
