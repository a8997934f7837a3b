// Plans what changes in AWS's two files: writes the wanted profiles, removes or repairs profiles that awst
// owns, and reports conflicts. A section with credentials of another source is never changed.

import { hasSpace, whyInvalidName } from "../configuration/profile-names.ts";
import type { SessionKeys } from "../session/session.ts";
import { lazy } from "../text/memoize.ts";
import {
  classifySection,
  isOwnedByAwst,
  keySettings,
  openProfileEdits,
  type ProfileEdits,
  readOwnedProfile,
} from "./aws-profiles.ts";
import { openCurrentCheck, processPairs } from "./current-profiles.ts";
import { readValue } from "./ini-document.ts";
import { type Pairs, sectionLines } from "./ini-edits.ts";
import { updateOwnedProfiles } from "./owned-profiles.ts";
import {
  type CompleteRules,
  type PlanRules,
  type ProfileConflict,
  type UnwritableProfile,
  withDefaults,
} from "./plan-rules.ts";
import { type AwstCall, callsAwst, readProcessLine } from "./process-line.ts";
import {
  type AwsFile,
  type AwsFileTexts,
  type FoundSection,
  sectionsFor,
} from "./profile-sections.ts";
import type { UserRegion, WrittenRegions } from "./written-regions.ts";

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

/** A section that belongs into a file which can't be changed. */
export interface MissingSection {
  readonly name: string;
  readonly file: AwsFile;
  readonly why: string;
  /** Whether tools find the profile in the other file. */
  readonly isElsewhere: boolean;
  /** The section's lines, for the user to write; none where they would hold a secret. */
  readonly lines: readonly string[];
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
  readonly missing: readonly MissingSection[];
  /** Regions of the user's that stay. */
  readonly userRegions: readonly UserRegion[];
}

/** Returns the plan. Planning its texts again changes nothing. */
export function planProfiles(
  texts: AwsFileTexts,
  wanted: readonly WantedProfile[],
  given: PlanRules = {},
): ProfilePlan {
  const rules = withDefaults(given);
  const { otherOwner } = rules;
  const edits = openProfileEdits(texts);
  const upToDate: string[] = [];
  const written: string[] = [];
  const conflicts: ProfileConflict[] = [];
  const unwritable: UnwritableProfile[] = [];
  const missing: MissingSection[] = [];
  const userRegions: UserRegion[] = [];
  const isOwnLine = (line: string) =>
    callsAwst(line) && otherOwner({ kind: "process", line }) === undefined;
  const isCurrent = openCurrentCheck(edits, isOwnLine);
  for (const configured of wanted) {
    const { name } = configured;
    if (configured.kind === "process" && isCurrent(configured)) {
      upToDate.push(name);
      continue;
    }
    const region = findUserRegion(edits, configured, rules.writtenRegions);
    const profile = region === undefined ? configured : { ...configured, region };
    const why = whyInvalidName(name);
    const conflict = findConflict(edits, profile, rules);
    if (why !== undefined) unwritable.push({ name, why });
    else if (conflict !== undefined) conflicts.push(conflict);
    else {
      if (region !== undefined) userRegions.push({ name, region, configured: configured.region });
      const result = writeProfile(edits, profile, rules);
      missing.push(...result.missing);
      conflicts.push(...result.conflicts);
      const problem = result.missing.find(({ isElsewhere }) => !isElsewhere);
      if (problem !== undefined) unwritable.push({ name, why: problem.why });
      else upToDate.push(name);
      if (result.isChanged && problem === undefined) written.push(name);
    }
  }
  const wantedNames = lazy(() => new Set(wanted.map(({ name }) => name)));
  const others = updateOwnedProfiles(edits, wantedNames, rules);
  const isReported = ({ name, file }: ProfileConflict) =>
    conflicts.some((each) => each.name === name && each.file === file);
  conflicts.push(...others.conflicts.filter((each) => !isReported(each)));
  unwritable.push(...others.unwritable);
  const { removed, repaired } = others;
  return {
    ...{ texts: { ...texts, ...edits.texts() }, upToDate, written, conflicts, unwritable, missing },
    ...{ removed, repaired, userRegions },
  };
}

/** Returns a region in one of the profile's sections that neither awst wrote nor the configuration names. */
function findUserRegion(
  edits: ProfileEdits,
  { name, region }: WantedProfile,
  written: WrittenRegions | undefined,
): string | undefined {
  if (written === undefined) return undefined;
  return edits
    .named(name)
    .map(({ section }) => readValue(section, "region"))
    .find(
      (each) => each !== undefined && each !== "" && each !== region && each !== written.get(name),
    );
}

function findConflict(
  edits: ProfileEdits,
  profile: WantedProfile,
  rules: CompleteRules,
): ProfileConflict | undefined {
  const { name } = profile;
  const targets = sectionsFor(name, profile.kind);
  for (const found of edits.named(name)) {
    const { file, section } = found;
    const content = classifySection(section, rules.isAwstKey);
    if (content.kind === "conflict") {
      const { kind: _, ...conflict } = content;
      return { name, file, ...conflict };
    }
    const owner = rules.otherOwner(content);
    if (owner !== undefined) {
      return { name, file, why: `it belongs to the configuration ${owner}`, owner };
    }
    const isTarget = targets.some((each) => each.file === file && each.header === section.header);
    if (!isTarget || rules.problems[file] !== undefined) continue;
    const blocked = edits.whyFixed(found);
    if (blocked !== undefined && !hasSameMeaning(found, profile, false, rules)) {
      return { name, file, ...blocked };
    }
  }
  return undefined;
}

interface WriteResult {
  readonly isChanged: boolean;
  /** Earlier sections of the profile that can't be removed. */
  readonly conflicts: readonly ProfileConflict[];
  readonly missing: readonly MissingSection[];
}

function writeProfile(
  edits: ProfileEdits,
  profile: WantedProfile,
  rules: CompleteRules,
): WriteResult {
  const { isAwstKey, problems } = rules;
  const all = edits.named(profile.name).filter((found) => !edits.isEdited(found));
  const set = pairsOf(profile);
  const remove = ["credential_process", ...keySettings];
  const targets = new Set<FoundSection>();
  const missing: Omit<MissingSection, "isElsewhere">[] = [];
  const conflicts: ProfileConflict[] = [];
  let isChanged = false;
  for (const { file, header } of sectionsFor(profile.name, profile.kind)) {
    const target = all.find((each) => each.file === file && each.section.header === header);
    const why = problems[file];
    if (target !== undefined) {
      targets.add(target);
      if (hasSameMeaning(target, profile, why !== undefined, rules)) continue;
    }
    if (why !== undefined) {
      const lines = profile.kind === "keys" ? [] : sectionLines(header, set);
      missing.push({ name: profile.name, file, why, lines });
    } else if (target === undefined) {
      edits.append(file, header, set);
      isChanged = true;
    } else {
      isChanged = edits.rewrite(target, { set, remove }) || isChanged;
    }
  }
  const isElsewhere = missing.length > 0 && isFoundElsewhere(all, profile, rules);
  for (const other of all) {
    if (problems[other.file] !== undefined) continue;
    const content = classifySection(other.section, isAwstKey);
    // awstools wrote a section with only a region for names with a space, and for no others.
    const isLeftover = content.kind !== "region" || hasSpace(profile.name);
    if (targets.has(other) || !isOwnedByAwst(content) || !isLeftover) continue;
    const blocked = edits.whyNotRemoved(other);
    if (blocked !== undefined) {
      conflicts.push({ name: profile.name, file: other.file, ...blocked });
      continue;
    }
    edits.remove(other);
    isChanged = true;
  }
  return { isChanged, conflicts, missing: missing.map((each) => ({ ...each, isElsewhere })) };
}

/** Whether tools that read both files find the profile although a file can't be changed. They prefer the credentials
 *  file; a section in a file that can be changed is as wanted after the write. */
function isFoundElsewhere(
  all: readonly FoundSection[],
  profile: WantedProfile,
  rules: CompleteRules,
): boolean {
  const files = sectionsFor(profile.name, profile.kind).map(({ file }) => file);
  for (const file of ["credentials", "config"] as const) {
    if (files.includes(file) && rules.problems[file] === undefined) return true;
    const found = all.find((each) => {
      const { kind } = classifySection(each.section, rules.isAwstKey);
      return each.file === file && (kind === "process" || kind === "keys");
    });
    if (found !== undefined) return hasSameMeaning(found, profile, true, rules);
  }
  return false;
}

/**
 * Whether a section has the wanted meaning in other words, so that it is accepted as it is. Users declare such
 * sections by hand with the name `awst`, which awst never writes. `isFixed`: the file can't be changed, so the path
 * of any program that exists is accepted.
 */
function hasSameMeaning(
  found: FoundSection,
  profile: WantedProfile,
  isFixed: boolean,
  rules: CompleteRules,
): boolean {
  const pairs = pairsOf(profile);
  if (isFixed && pairs.every(([key, value]) => readValue(found.section, key) === value))
    return true;
  const owned = readOwnedProfile(found, rules.isAwstKey);
  const wanted = profile.kind === "process" ? readProcessLine(profile.line) : undefined;
  if (owned === undefined || wanted === undefined) return false;
  const isByHand = owned.call.program.join(" ") === "awst";
  return (
    (isByHand || (isFixed && rules.repair?.(owned) === undefined)) &&
    readValue(found.section, "region") === profile.region &&
    meaningOf(owned.call) === meaningOf(wanted)
  );
}

/** What a call does, whatever the order of its options and the program's path. */
function meaningOf({ account, role, identity, configuration, flags }: AwstCall): string {
  return JSON.stringify([account, role, identity, configuration, flags]);
}

function pairsOf(profile: WantedProfile): Pairs {
  if (profile.kind === "process") return processPairs(profile);
  const { accessKeyId, secretAccessKey, sessionToken } = profile.keys;
  return [
    ["aws_access_key_id", accessKeyId],
    ["aws_secret_access_key", secretAccessKey.reveal()],
    ["aws_session_token", sessionToken.reveal()],
    ["region", profile.region],
  ];
}
