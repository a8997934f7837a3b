// Plans what changes in AWS's two files: writes the wanted profiles, removes or repairs profiles that awst
// owns, and reports conflicts. A section with credentials of another source is never changed.

import { hasSpace, profileNames, whyInvalidName } from "../configuration/profile-names.ts";
import type { SessionKeys } from "../session/session.ts";
import { rememberTexts } from "../text/remember.ts";
import {
  type AwsFile,
  type AwsFileTexts,
  classifySection,
  type FileProblems,
  type FoundSection,
  type IsAwstKey,
  isOwnedByAwst,
  keySettings,
  type OwnedProfile,
  openProfileEdits,
  type ProfileEdits,
  readOwnedProfile,
  type SectionContent,
  sectionsFor,
} from "./aws-profiles.ts";
import { readValue } from "./ini-document.ts";
import { type Pairs, sectionLines } from "./ini-edits.ts";
import { type AwstCall, callsAwst, readProcessLine, repairedLine } from "./process-line.ts";
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

/** A profile name that a section of another source already uses. */
export interface ProfileConflict {
  readonly name: string;
  readonly file: AwsFile;
  /** "it holds a long-term key" */
  readonly why: string;
  /** The path of the other configuration that the section belongs to. */
  readonly owner?: string | undefined;
}

export interface UnwritableProfile {
  readonly name: string;
  readonly why: string;
}

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

export interface PlanRules {
  /** Files that can't be changed. */
  readonly problems?: FileProblems | undefined;
  readonly isAwstKey?: IsAwstKey | undefined;
  /** Returns the path of the other configuration that a section of awst's belongs to. */
  readonly otherOwner?: ((content: SectionContent) => string | undefined) | undefined;
  /** Whether an owned profile that is not wanted is removed. */
  readonly shouldRemove?: ((profile: OwnedProfile) => boolean) | undefined;
  /** Returns a new process line for an owned profile that stays; undefined where it needs none. */
  readonly repair?: ((profile: OwnedProfile) => string | undefined) | undefined;
  /** What awst wrote before; another region in a profile stays. undefined: awst's region replaces any other. */
  readonly writtenRegions?: WrittenRegions | undefined;
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

function withDefaults({ problems = {}, isAwstKey, otherOwner, ...rules }: PlanRules) {
  return {
    ...rules,
    problems,
    isAwstKey: isAwstKey ?? (() => false),
    otherOwner: otherOwner ?? (() => undefined),
  };
}

type CompleteRules = ReturnType<typeof withDefaults>;

/** Returns the plan. Planning its texts again changes nothing. */
export function planProfiles(
  texts: AwsFileTexts,
  wanted: readonly WantedProfile[],
  given: PlanRules = {},
): ProfilePlan {
  const rules = withDefaults(given);
  const { isAwstKey, otherOwner, problems } = rules;
  const edits = openProfileEdits(texts);
  const upToDate: string[] = [];
  const written: string[] = [];
  const conflicts: ProfileConflict[] = [];
  const unwritable: UnwritableProfile[] = [];
  const missing: MissingSection[] = [];
  const userRegions: UserRegion[] = [];
  const isOwnLine = rememberTexts(
    1,
    (line) => callsAwst(line) && otherOwner({ kind: "process", line }) === undefined,
  );
  for (const configured of wanted) {
    const { name } = configured;
    if (isCurrent(edits, configured, isOwnLine)) {
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
      const problem = result.missing.find(({ isElsewhere }) => !isElsewhere);
      if (problem !== undefined) unwritable.push({ name, why: problem.why });
      else upToDate.push(name);
      if (result.isChanged && problem === undefined) written.push(name);
    }
  }
  // Sets, since a profile without a space has a section in each file.
  const removed = new Set<string>();
  const wantedNames = new Set(wanted.map(({ name }) => name));
  const repaired = new Set<string>();
  for (const found of edits.calling()) {
    const owned = readOwnedProfile(found, isAwstKey);
    if (owned === undefined || problems[found.file] !== undefined) continue;
    if (otherOwner({ kind: "process", line: owned.line }) !== undefined) continue;
    const isWanted = found.names.some((name) => wantedNames.has(name));
    const newLine = rules.repair?.(owned);
    if (!isWanted && rules.shouldRemove?.(owned) && canUndo(edits, found, problems)) {
      edits.remove(found, { keepsRegion: hasUserRegion(found, rules.writtenRegions) });
      removed.add(owned.name);
    } else if (newLine !== undefined && edits.whyFixed(found) === undefined) {
      edits.rewrite(found, { set: [["credential_process", newLine]], remove: [] });
      repaired.add(owned.name);
    }
  }
  // The section in config of a name with spaces, whose profile is in the credentials file.
  for (const found of removed.size === 0 ? [] : edits.sections) {
    const isUndone = found.names.some((name) => removed.has(name)) && !edits.isEdited(found);
    if (isUndone && edits.isTakenOver(found)) edits.remove(found);
  }
  return {
    ...{ texts: { ...texts, ...edits.texts() }, upToDate, written, conflicts, unwritable, missing },
    ...{ removed: [...removed], repaired: [...repaired], userRegions },
  };
}

/**
 * Whether a profile is what awst writes, byte for byte, so that nothing of it has to be read. All that the plan decides
 * about such a profile depends on its name and its line.
 */
function isCurrent(
  edits: ProfileEdits,
  profile: WantedProfile,
  isOwnLine: (line: string) => boolean,
): boolean {
  const { name, kind } = profile;
  if (kind !== "process" || !isOwnLine(profile.line)) return false;
  if (whyInvalidName(name) !== undefined) return false;
  return edits.confirm(name, sectionsFor(name, kind), pairsOf(profile));
}

/**
 * Whether a profile can be removed. It stays where another section would change, and where its own lines can't be
 * restored because the file can't be written.
 */
function canUndo(edits: ProfileEdits, { names }: FoundSection, problems: FileProblems): boolean {
  const sections = names.flatMap((name) => edits.named(name));
  return !sections.some(
    (each) =>
      !edits.canRemove(each) || (problems[each.file] !== undefined && edits.isTakenOver(each)),
  );
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
    .find((each) => each !== undefined && each !== "" && each !== region && each !== written[name]);
}

/** Whether a section that is removed has a region that awst did not write. */
function hasUserRegion(
  { names, section }: FoundSection,
  written: WrittenRegions | undefined,
): boolean {
  const region = readValue(section, "region");
  const own = names.map((name) => written?.[name]).find((each) => each !== undefined);
  return region !== undefined && own !== undefined && region !== own;
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
    if (content.kind === "conflict") return { name, file, why: content.why };
    const owner = rules.otherOwner(content);
    if (owner !== undefined) {
      return { name, file, why: `it belongs to the configuration ${owner}`, owner };
    }
    const isTarget = targets.some((each) => each.file === file && each.header === section.header);
    if (!isTarget || rules.problems[file] !== undefined) continue;
    const why = edits.whyFixed(found);
    if (why !== undefined && !hasSameMeaning(found, profile, false, rules)) {
      return { name, file, why };
    }
  }
  return undefined;
}

interface WriteResult {
  readonly isChanged: boolean;
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
    if (!edits.canRemove(other)) continue;
    edits.remove(other);
    isChanged = true;
  }
  return { isChanged, missing: missing.map((each) => ({ ...each, isElsewhere })) };
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
