// The profiles in AWS's two files that concern awst: those it owns, and those that hold a long-term key,
// which is read where it lies until `key import` puts a process line in its place.

import { Secret } from "../secret.ts";
import {
  type AwsFile,
  type AwsFileTexts,
  type FoundSection,
  findProfiles,
  type IsOurKey,
  judgeSection,
  keyLines,
  openProfileEdits,
  parseAwsFiles,
} from "./aws-profiles.ts";
import { hasNested, type IniSection, readValue } from "./ini-document.ts";
import { type AwstCall, callsAwst, readProcessLine } from "./process-line.ts";

/** A section whose process line calls awst. */
export interface OwnedProfile {
  readonly name: string;
  readonly file: AwsFile;
  readonly line: string;
  readonly call: AwstCall;
}

export interface KeyReplacement {
  readonly texts: AwsFileTexts;
  readonly isReplaced: boolean;
  /** Why nothing was changed. */
  readonly why?: string | undefined;
  /** Lines that still show the key's id once the texts are written, comments included. */
  readonly sameKeyElsewhere: readonly KeySighting[];
}

export interface KeySighting {
  readonly file: AwsFile;
  /** What stands between the brackets; undefined above the first section. */
  readonly section: string | undefined;
  /** From 1. */
  readonly line: number;
}

/** The two static lines of a profile, the credentials file's first. A profile that calls awst is no
 *  source, and neither is a temporary key. */
export function staticKeyOf(
  texts: AwsFileTexts,
  profile: string,
): { readonly accessKeyId: string; readonly secretAccessKey: Secret } | undefined {
  const sections = openProfileEdits(texts)
    .named(profile)
    .map((found) => found.section);
  if (sections.some((section) => callsAwst(readValue(section, "credential_process") ?? ""))) {
    return undefined;
  }
  return sections.map(keyIn).find((key) => key !== undefined);
}

/** `key import`, once the key is safe elsewhere: its process line takes the key lines' place. `leftover`:
 *  awstools' profile for the MFA session, which gets the same line where it exists. */
export function replaceKeyByProcess(
  texts: AwsFileTexts,
  profile: string,
  line: string,
  leftover?: string,
): KeyReplacement {
  const key = staticKeyOf(texts, profile);
  const unchanged = { texts, isReplaced: false, sameKeyElsewhere: [] };
  if (key === undefined) return { ...unchanged, why: `profile "${profile}" holds no key` };
  const edits = openProfileEdits(texts);
  const holders = edits
    .named(profile)
    .filter((found) => keyIn(found.section)?.accessKeyId === key.accessKeyId);
  for (const { section } of holders) {
    const why = whyFixed(section);
    if (why !== undefined) return { ...unchanged, why: `profile "${profile}": ${why}` };
  }
  for (const [index, found] of holders.entries()) {
    const set = index === 0 ? ([["credential_process", line]] as const) : [];
    edits.rewrite(found, { set, remove: keyLines });
  }
  for (const found of leftover === undefined ? [] : edits.named(leftover)) {
    const { kind } = judgeSection(found.section, () => false);
    if (edits.isTouched(found) || (kind !== "keys" && kind !== "process")) continue;
    edits.rewrite(found, { set: [["credential_process", line]], remove: keyLines });
  }
  const after = edits.texts();
  return { texts: after, isReplaced: true, sameKeyElsewhere: sightingsOf(after, key.accessKeyId) };
}

/** Every line that shows this key id. */
export function sightingsOf(texts: AwsFileTexts, accessKeyId: string): readonly KeySighting[] {
  const documents = parseAwsFiles(texts);
  return (["credentials", "config"] as const).flatMap((file) =>
    documents[file].lines.flatMap(({ text }, index) => {
      if (!text.includes(accessKeyId)) return [];
      const section = documents[file].sections.findLast((each) => each.line <= index)?.header;
      return [{ file, section, line: index + 1 }];
    }),
  );
}

/** Every section whose process line calls awst, the credentials file's first. */
export function ownedProfiles(texts: AwsFileTexts): readonly OwnedProfile[] {
  return findProfiles(parseAwsFiles(texts)).flatMap((found) => {
    const owned = ownedProfile(found, () => false);
    return owned === undefined ? [] : [owned];
  });
}

export function ownedProfile(found: FoundSection, isOurKey: IsOurKey): OwnedProfile | undefined {
  const judged = judgeSection(found.section, isOurKey);
  const call = judged.kind === "process" ? readProcessLine(judged.line) : undefined;
  if (judged.kind !== "process" || call === undefined) return undefined;
  return { name: found.names[0] ?? "", file: found.file, line: judged.line, call };
}

function keyIn(section: IniSection) {
  const [accessKeyId, secret, ...tokens] = keyLines.map((key) => readValue(section, key));
  if (!accessKeyId || !secret || tokens.some((token) => token)) return undefined;
  return { accessKeyId, secretAccessKey: new Secret(secret) };
}

function whyFixed(section: IniSection): string | undefined {
  const line = readValue(section, "credential_process");
  if (line !== undefined && !callsAwst(line)) return "another program answers for it";
  if (hasNested(section, [...keyLines, "credential_process"])) return "lines are nested in its key";
  return undefined;
}
