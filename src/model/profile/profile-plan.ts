// What becomes of AWS's two files: profiles awst wants are written, owned ones nobody wants any more go,
// what stands in the way is left alone and named. Pure: texts in, texts out.

import { hasBlank, profileNames, whyUnwritable } from "../configuration/profile-names.ts";
import type { SessionKeys } from "../session/session.ts";
import {
  type AwsFile,
  type AwsFileTexts,
  homeOf,
  type IsOurKey,
  isOwned,
  judgeSection,
  keyLines,
  openProfileEdits,
  type ProfileEdits,
} from "./aws-profiles.ts";
import type { Pairs } from "./ini-document.ts";
import { type OwnedProfile, ownedProfile } from "./long-term-keys.ts";
import { mendedLine } from "./process-line.ts";
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

export interface ProfileInTheWay {
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
  readonly isOurKey?: IsOurKey | undefined;
  /** Which of the owned profiles that are not wanted go. */
  readonly goes?: ((profile: OwnedProfile) => boolean) | undefined;
  /** A better line for an owned profile that stays; undefined: it is good. */
  readonly mend?: ((profile: OwnedProfile) => string | undefined) | undefined;
}

export interface ProfilePlan {
  readonly texts: AwsFileTexts;
  /** Wanted names that stand as wanted once the texts are written, changed or not. */
  readonly standing: readonly string[];
  /** Those of them that were changed. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly mended: readonly string[];
  readonly inTheWay: readonly ProfileInTheWay[];
  readonly unwritable: readonly UnwritableProfile[];
}

/** Planning the result again changes nothing. */
export function planProfiles(
  texts: AwsFileTexts,
  wanted: readonly WantedProfile[],
  rules: PlanRules = {},
): ProfilePlan {
  const isOurKey = rules.isOurKey ?? (() => false);
  const edits = openProfileEdits(texts);
  const standing: string[] = [];
  const written: string[] = [];
  const inTheWay: ProfileInTheWay[] = [];
  const unwritable: UnwritableProfile[] = [];
  for (const profile of wanted) {
    const { name } = profile;
    const why = whyUnwritable(name);
    const obstacle = findObstacle(edits, name, isOurKey);
    if (why !== undefined) unwritable.push({ name, why });
    else if (obstacle !== undefined) inTheWay.push(obstacle);
    else {
      standing.push(name);
      if (writeProfile(edits, profile, isOurKey)) written.push(name);
    }
  }
  const removed: string[] = [];
  const mended: string[] = [];
  for (const found of edits.found) {
    const owned = edits.isTouched(found) ? undefined : ownedProfile(found, isOurKey);
    if (owned === undefined) continue;
    const isWanted = found.names.some((name) => wanted.some((profile) => profile.name === name));
    const better = rules.mend?.(owned);
    if (!isWanted && rules.goes?.(owned)) {
      edits.takeOut(found);
      removed.push(owned.name);
    } else if (better !== undefined) {
      edits.rewrite(found, { set: [["credential_process", better]], remove: [] });
      mended.push(owned.name);
    }
  }
  return { texts: edits.texts(), standing, written, removed, mended, inTheWay, unwritable };
}

/** Takes out profiles of these names that hold temporary keys (`mode = "keys"`); no other profile. */
export function takeOutKeys(
  texts: AwsFileTexts,
  names: readonly string[],
  isOurKey: IsOurKey,
): { readonly texts: AwsFileTexts; readonly removed: readonly string[] } {
  const edits = openProfileEdits(texts);
  const removed = names.filter((name) => {
    const held = edits.named(name).filter((found) => {
      return !edits.isTouched(found) && judgeSection(found.section, isOurKey).kind === "keys";
    });
    for (const found of held) edits.takeOut(found);
    return held.length > 0;
  });
  return { texts: edits.texts(), removed };
}

function findObstacle(
  edits: ProfileEdits,
  name: string,
  isOurKey: IsOurKey,
): ProfileInTheWay | undefined {
  for (const { file, section } of edits.named(name)) {
    const judged = judgeSection(section, isOurKey);
    if (judged.kind === "in the way") return { name, file, why: judged.why };
  }
  return undefined;
}

function writeProfile(edits: ProfileEdits, profile: WantedProfile, isOurKey: IsOurKey): boolean {
  const home = homeOf(profile.name, profile.kind);
  const all = edits.named(profile.name).filter((found) => !edits.isTouched(found));
  const at = all.find(({ file, section }) => file === home.file && section.header === home.header);
  const set = pairsOf(profile);
  const remove = ["credential_process", ...keyLines];
  let isChanged = true;
  if (at === undefined) edits.append(home.file, home.header, set);
  else isChanged = edits.rewrite(at, { set, remove });
  for (const other of all) {
    const judged = judgeSection(other.section, isOurKey);
    // awstools wrote a region of its own for names with a blank alone.
    const isLeftover = judged.kind !== "region" || hasBlank(profile.name);
    if (other === at || !isOwned(judged) || !isLeftover) continue;
    edits.takeOut(other);
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

export function planRules(
  accessKeyIds: readonly (string | undefined)[],
  program: readonly string[],
  isGone: (path: string) => boolean,
): PlanRules & { readonly isOurKey: (id: string) => boolean } {
  const ours = new Set(accessKeyIds);
  return {
    isOurKey: (id) => ours.has(id),
    mend: ({ call }) => mendedLine(call, program, isGone),
  };
}

const usualTemplates = ["{account} {role}", "{account}/{role}"];

/** `written`: names awst remembers having written; a memory may be lost, so the usual ones count too. */
export function isNamedByAwst(
  { name, call }: Pick<OwnedProfile, "name" | "call">,
  written: ReadonlySet<string>,
): boolean {
  const { account, role, flags } = call;
  if (account === undefined || role === undefined) return false;
  if (flags.length > 0) return scopeInName(name) !== undefined;
  return written.has(name) || profileNames(account, role, usualTemplates).includes(name);
}

/** The hex behind `@` in the name of a session that flags set apart. */
export function scopeInName(name: string): string | undefined {
  return /@([0-9a-f]{6})$/.exec(name)?.[1];
}
