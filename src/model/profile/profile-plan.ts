// Plans what changes in AWS's two files: writes the wanted profiles, removes or repairs profiles that awst
// owns, and reports conflicts. A section with credentials of another source is never changed.

import { hasSpace, profileNames, whyInvalidName } from "../configuration/profile-names.ts";
import type { SessionKeys } from "../session/session.ts";
import {
  type AwsFile,
  type AwsFileTexts,
  classifySection,
  type FoundSection,
  type IsAwstKey,
  isOwnedByAwst,
  keySettings,
  type OwnedProfile,
  openProfileEdits,
  type ProfileEdits,
  readOwnedProfile,
  sectionsFor,
} from "./aws-profiles.ts";
import type { Pairs } from "./ini-document.ts";
import { repairedLine } from "./process-line.ts";

export type WantedProfile =
  | {
      readonly name: string;
      readonly region: string;
      readonly kind: "process";
      readonly line: string;
    }
  | {
      readonly name: string;
      readonly region: string;
      readonly kind: "keys";
      readonly keys: SessionKeys;
    };

/** A profile name that a section of another source already uses. */
export interface ProfileConflict {
  readonly name: string;
  readonly file: AwsFile;
  /** "it holds a long-term key" */
  readonly why: string;
}

export interface UnwritableProfile {
  readonly name: string;
  readonly why: string;
}

export interface PlanRules {
  readonly isAwstKey?: IsAwstKey | undefined;
  /** Whether an owned profile that is not wanted is removed. */
  readonly shouldRemove?: ((profile: OwnedProfile) => boolean) | undefined;
  /** Returns a new process line for an owned profile that stays; undefined where it needs none. */
  readonly repair?: ((profile: OwnedProfile) => string | undefined) | undefined;
}

export interface ProfilePlan {
  readonly texts: AwsFileTexts;
  /** Wanted names that are as wanted once the texts are written, changed or not. */
  readonly upToDate: readonly string[];
  /** Those of them that were changed. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** Profiles whose program no longer existed and that now call this one. */
  readonly repaired: readonly string[];
  readonly conflicts: readonly ProfileConflict[];
  readonly unwritable: readonly UnwritableProfile[];
}

/** Returns the plan. Planning its texts again changes nothing. */
export function planProfiles(
  texts: AwsFileTexts,
  wanted: readonly WantedProfile[],
  rules: PlanRules = {},
): ProfilePlan {
  const isAwstKey = rules.isAwstKey ?? (() => false);
  const edits = openProfileEdits(texts);
  const upToDate: string[] = [];
  const written: string[] = [];
  const conflicts: ProfileConflict[] = [];
  const unwritable: UnwritableProfile[] = [];
  for (const profile of wanted) {
    const { name } = profile;
    const why = whyInvalidName(name);
    const conflict = findConflict(edits, name, isAwstKey);
    if (why !== undefined) unwritable.push({ name, why });
    else if (conflict !== undefined) conflicts.push(conflict);
    else {
      upToDate.push(name);
      if (writeProfile(edits, profile, isAwstKey)) written.push(name);
    }
  }
  // Sets, since a profile without a space has a section in each file.
  const removed = new Set<string>();
  const repaired = new Set<string>();
  for (const found of edits.sections) {
    const owned = edits.isEdited(found) ? undefined : readOwnedProfile(found, isAwstKey);
    if (owned === undefined) continue;
    const isWanted = found.names.some((name) => wanted.some((profile) => profile.name === name));
    const newLine = rules.repair?.(owned);
    if (!isWanted && rules.shouldRemove?.(owned)) {
      edits.remove(found);
      removed.add(owned.name);
    } else if (newLine !== undefined) {
      edits.rewrite(found, { set: [["credential_process", newLine]], remove: [] });
      repaired.add(owned.name);
    }
  }
  return {
    ...{ texts: edits.texts(), upToDate, written, conflicts, unwritable },
    ...{ removed: [...removed], repaired: [...repaired] },
  };
}

/** Removes the profiles of these names that hold temporary keys (`mode = "keys"`), and no others. */
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

function findConflict(
  edits: ProfileEdits,
  name: string,
  isAwstKey: IsAwstKey,
): ProfileConflict | undefined {
  for (const { file, section } of edits.named(name)) {
    const content = classifySection(section, isAwstKey);
    if (content.kind === "conflict") return { name, file, why: content.why };
  }
  return undefined;
}

function writeProfile(edits: ProfileEdits, profile: WantedProfile, isAwstKey: IsAwstKey): boolean {
  const all = edits.named(profile.name).filter((found) => !edits.isEdited(found));
  const set = pairsOf(profile);
  const remove = ["credential_process", ...keySettings];
  const targets = new Set<FoundSection>();
  let isChanged = false;
  for (const { file, header } of sectionsFor(profile.name, profile.kind)) {
    const target = all.find((each) => each.file === file && each.section.header === header);
    if (target === undefined) {
      edits.append(file, header, set);
      isChanged = true;
    } else {
      targets.add(target);
      isChanged = edits.rewrite(target, { set, remove }) || isChanged;
    }
  }
  for (const other of all) {
    const content = classifySection(other.section, isAwstKey);
    // awstools wrote a section with only a region for names with a space, and for no others.
    const isLeftover = content.kind !== "region" || hasSpace(profile.name);
    if (targets.has(other) || !isOwnedByAwst(content) || !isLeftover) continue;
    edits.remove(other);
    isChanged = true;
  }
  return isChanged;
}

function pairsOf(profile: WantedProfile): Pairs {
  const region = ["region", profile.region] as const;
  if (profile.kind === "process") return [["credential_process", profile.line], region];
  const { accessKeyId, secretAccessKey, sessionToken } = profile.keys;
  return [
    ["aws_access_key_id", accessKeyId],
    ["aws_secret_access_key", secretAccessKey.reveal()],
    ["aws_session_token", sessionToken.reveal()],
    region,
  ];
}

/** Returns rules that know awst's own keys and repair the lines of programs that no longer exist. `line`: the
 *  start of a process line now. */
export function planRules(
  accessKeyIds: readonly (string | undefined)[],
  line: readonly string[],
  isMissing: (path: string) => boolean,
): PlanRules & { readonly isAwstKey: IsAwstKey } {
  const own = new Set(accessKeyIds);
  return {
    isAwstKey: (id) => own.has(id),
    repair: ({ call }) => repairedLine(call, line, isMissing),
  };
}

const usualTemplates = ["{account} {role}", "{account}/{role}"];

/**
 * Returns whether awst, not the user, chose a profile's name. `written`: the names in the profile cache,
 * which may have been lost; so the usual names count too.
 */
export function isNamedByAwst(
  { name, call }: Pick<OwnedProfile, "name" | "call">,
  written: ReadonlySet<string>,
): boolean {
  const { account, role, flags } = call;
  if (account === undefined || role === undefined) return false;
  if (flags.length > 0) return scopeInName(name) !== undefined;
  return written.has(name) || profileNames(account, role, usualTemplates).includes(name);
}

/** Returns the hex digits after `@` in the profile name of a session with flags of its own. */
export function scopeInName(name: string): string | undefined {
  return /@([0-9a-f]{6})$/.exec(name)?.[1];
}
