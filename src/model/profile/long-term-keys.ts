// Long-term keys in AWS's two files: where they are, and how `key import` replaces one with a process line.
// Until a key is imported, awst reads it from its profile.

import { Secret } from "../secret.ts";
import { classifySection, keySettings, openProfileEdits } from "./aws-profiles.ts";
import { findNestedLine } from "./blocked-edits.ts";
import { type IniSection, readValue } from "./ini-document.ts";
import { findNested } from "./ini-edits.ts";
import { callsAwst } from "./process-line.ts";
import {
  type AwsFile,
  type AwsFileTexts,
  parseAwsFiles,
  profilesWith,
} from "./profile-sections.ts";
import {
  findProblemsOfProfile,
  findValueProblem,
  isKeySetting,
  type ReaderProblem,
} from "./reader-problems.ts";

export interface KeyReplacement {
  readonly texts: AwsFileTexts;
  readonly isReplaced: boolean;
  /** Why nothing was changed. */
  readonly why?: string | undefined;
  /** Lines that still show the key's id after the texts are written, comments included. */
  readonly sameKeyElsewhere: readonly KeyOccurrence[];
}

export interface KeyOccurrence {
  readonly file: AwsFile;
  /** The text between the brackets; undefined above the first section. */
  readonly section: string | undefined;
  /** The profile that signs with this key; undefined for a comment, and half a key. */
  readonly profile?: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Returns the long-term key of a profile, from the credentials file first. A profile that calls awst or
 * holds a temporary key has none.
 */
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

/**
 * Returns the line that keeps AWS's tools from the key of a profile: one that they misread, or one that hides the
 * key from them and from awst.
 */
export function keyProblemOf(texts: AwsFileTexts, profile: string): ReaderProblem | undefined {
  const documents = parseAwsFiles(texts);
  const isSuspect = openProfileEdits(texts)
    .named(profile)
    .flatMap(({ section }) => section.entries)
    .some(({ key, value }) => isKeySetting(key) && findValueProblem(key, value) !== undefined);
  const isFound = staticKeyOf(texts, profile) !== undefined;
  if (isFound && !isSuspect) return undefined;
  return findProblemsOfProfile(documents, profile).find(({ key = "", spoils }) => {
    return spoils !== "note" && (!isFound || isKeySetting(key));
  });
}

/**
 * Replaces a profile's key with a process line; the caller has stored the key elsewhere before.
 * `mfaProfile`: awstools' profile for the MFA session, which gets the same line where it exists.
 */
export function replaceKeyByProcess(
  texts: AwsFileTexts,
  profile: string,
  line: string,
  mfaProfile?: string,
): KeyReplacement {
  const key = staticKeyOf(texts, profile);
  const unchanged = { texts, isReplaced: false, sameKeyElsewhere: [] };
  if (key === undefined) return { ...unchanged, why: `profile "${profile}" holds no key` };
  const edits = openProfileEdits(texts);
  const withKey = edits
    .named(profile)
    .filter((found) => keyIn(found.section)?.accessKeyId === key.accessKeyId);
  for (const [index, found] of withKey.entries()) {
    const blocked = index === 0 ? edits.whyFixed(found) : edits.whyNotRemoved(found);
    const why = whyUnchangeable(found.section) ?? blocked?.why;
    if (why !== undefined) return { ...unchanged, why: `profile "${profile}": ${why}` };
  }
  for (const [index, found] of withKey.entries()) {
    const set = index === 0 ? ([["credential_process", line]] as const) : [];
    edits.rewrite(found, { set, remove: keySettings });
  }
  for (const found of mfaProfile === undefined ? [] : edits.named(mfaProfile)) {
    const { kind } = classifySection(found.section, () => false);
    if (edits.isEdited(found) || (kind !== "keys" && kind !== "process")) continue;
    if (edits.whyFixed(found) !== undefined) continue;
    edits.rewrite(found, { set: [["credential_process", line]], remove: keySettings });
  }
  const after = edits.texts();
  return {
    texts: after,
    isReplaced: true,
    sameKeyElsewhere: occurrencesOf(after, key.accessKeyId),
  };
}

/** Returns every line that shows this key id. */
export function occurrencesOf(texts: AwsFileTexts, accessKeyId: string): readonly KeyOccurrence[] {
  const documents = parseAwsFiles(texts);
  return (["credentials", "config"] as const).flatMap((file) => {
    const { text: all, sections } = documents[file];
    if (!all.includes(accessKeyId)) return [];
    const users = profilesWith(documents, accessKeyId).filter(({ names: [name = ""] }) => {
      return staticKeyOf(texts, name)?.accessKeyId === accessKeyId;
    });
    return documents[file].lines.flatMap(({ text }, index) => {
      if (!text.includes(accessKeyId)) return [];
      const section = sections.findLast((each) => each.line <= index);
      const user = users.find((each) => each.file === file && each.section.line === section?.line);
      const profile = /^\s*aws_access_key_id\s*[=:]/i.test(text) ? user?.names[0] : undefined;
      const found = { file, section: section?.header, line: index + 1 };
      return [profile === undefined ? found : { ...found, profile }];
    });
  });
}

/** Returns the profiles that sign with this key, each once: they stop working when it is rotated. */
export function profilesWithKey(texts: AwsFileTexts, accessKeyId: string): readonly string[] {
  const profiles = occurrencesOf(texts, accessKeyId).map(({ profile }) => profile);
  return [...new Set(profiles.filter((profile) => profile !== undefined))];
}

function keyIn(section: IniSection) {
  const [accessKeyId, secret, ...tokens] = keySettings.map((key) => readValue(section, key));
  if (!accessKeyId || !secret || tokens.some((token) => token)) return undefined;
  return { accessKeyId, secretAccessKey: new Secret(secret) };
}

/** The beginning of every long-term key's id. */
export const longTermKeyStart = "AKIA";

/** Whether a section holds a long-term key, of any user. */
export function holdsLongTermKey(section: IniSection): boolean {
  return keyIn(section)?.accessKeyId.startsWith(longTermKeyStart) ?? false;
}

function whyUnchangeable(section: IniSection): string | undefined {
  const line = readValue(section, "credential_process");
  if (line !== undefined && !callsAwst(line)) return "it calls another program";
  const entry = findNested(section, [...keySettings, "credential_process"]);
  return entry && findNestedLine(section, entry).why;
}
