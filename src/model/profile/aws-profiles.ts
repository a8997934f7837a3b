// The profiles in AWS's two files: what a section holds, whether awst may change it, and edits of both files.

import {
  type BlockedEdit,
  findNestedLine,
  needsHeader,
  whyFixed,
  whyNotRemoved,
} from "./blocked-edits.ts";
import { type IniSection, readValue } from "./ini-document.ts";
import {
  appendSection,
  applyEdits,
  findNested,
  type LineEdit,
  type Pairs,
  removeSection,
  rewriteSection,
} from "./ini-edits.ts";
import { stripSpaces } from "./ini-spaces.ts";
import { type AwstCall, calledCommand, callsAwst, readProcessLine } from "./process-line.ts";
import {
  type AwsDocuments,
  type AwsFile,
  type AwsFileTexts,
  type FoundSection,
  indexProfiles,
  namesOfSection,
  parseAwsFiles,
  profilesWith,
  type SectionName,
} from "./profile-sections.ts";
import { commentOut, isTakenOver, restoreLines } from "./replaced-lines.ts";

/** What a section holds. awst may change `process`, `keys` and `region`, and nothing else. */
export type SectionContent =
  /** A process line that calls awst. */
  | { readonly kind: "process"; readonly line: string }
  /** Temporary keys that awstools or awst (`mode = "keys"`) wrote. */
  | { readonly kind: "keys"; readonly accessKeyId: string }
  /** `region` alone, as awstools wrote it. */
  | { readonly kind: "region" }
  /** Settings that do not say where credentials come from. */
  | { readonly kind: "settings" }
  /** Credentials of another source, which only the user may change; or, with the number of a line, a section that
   *  awst can't change because of that line. */
  | { readonly kind: "conflict"; readonly why: string; readonly line?: number };

export const keySettings = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "aws_security_token",
] as const;

/** The settings that awst writes and removes. */
const awstSettings: readonly string[] = ["credential_process", "region", ...keySettings];

/** Whether awst wrote the temporary key with this id (`mode = "keys"`). */
export type IsAwstKey = (accessKeyId: string) => boolean;

export function classifySection(section: IniSection, isAwstKey: IsAwstKey): SectionContent {
  const usual = usualContent(section.body);
  if (usual !== undefined) return usual;
  const why = findOtherSource(section, isAwstKey);
  if (why !== undefined) return { kind: "conflict", why };
  const nested = findNestedSetting(section);
  if (nested !== undefined) return { kind: "conflict", ...nested };
  const line = readValue(section, "credential_process");
  if (line !== undefined) return { kind: "process", line };
  const accessKeyId = readValue(section, "aws_access_key_id");
  if (accessKeyId !== undefined) return { kind: "keys", accessKeyId };
  const isRegionAlone = section.entries.length > 0 && !hasUserLines(section);
  return isRegionAlone ? { kind: "region" } : { kind: "settings" };
}

/** Returns what a section holds that has a process line and a region alone; undefined for any other section. */
function usualContent(body: string): SectionContent | undefined {
  const [, written] = usualBody.exec(body) ?? [];
  if (written === undefined) return undefined;
  const line = stripSpaces(written);
  if (!callsAwst(line)) return { kind: "conflict", why: otherProgram };
  return { kind: "process", line };
}

/** What awst writes: thousands of such sections need not be read key by key. */
const usualBody = /^credential_process = ([^\r\n]*)\r?\nregion = [^\r\n]*\r?\n[\r\n]*$/;

const otherProgram = "it calls another program";

export function isOwnedByAwst({ kind }: SectionContent): boolean {
  return kind !== "settings" && kind !== "conflict";
}

/** Whether the section has lines that awst does not write. awst never removes them. */
function hasUserLines(section: IniSection): boolean {
  return section.hasComments || section.entries.some((entry) => !awstSettings.includes(entry.key));
}

function findOtherSource(section: IniSection, isAwstKey: IsAwstKey): string | undefined {
  for (const { key, value } of section.entries) {
    if (key.startsWith("sso_") || credentialSources.has(key)) return `it has ${key}`;
    if (key === "credential_process" && !callsAwst(value)) return otherProgram;
  }
  return findForeignKey(section, isAwstKey);
}

/** Returns a line below a key that awst would change, or one that the JavaScript SDK reads as a source of credentials:
 *  the other readers take it as part of the value. */
function findNestedSetting(section: IniSection): BlockedEdit | undefined {
  const isSource = (line: string) => nestedSource.test(line);
  for (const entry of section.entries) {
    if (entry.value !== "" && entry.nested.some(isSource))
      return findNestedLine(section, entry, isSource);
  }
  const entry = findNested(section, awstSettings);
  return entry && findNestedLine(section, entry);
}

function findForeignKey(section: IniSection, isAwstKey: IsAwstKey): string | undefined {
  const ids = section.entries.filter((entry) => entry.key === "aws_access_key_id");
  const permanent = ids.find((entry) => !entry.value.startsWith("ASIA"));
  if (permanent !== undefined) {
    return permanent.value.startsWith("AKIA") ? "it holds a long-term key" : "it holds a key";
  }
  const parts = keySettings.filter((key) => readValue(section, key) !== undefined);
  if (parts.length === 0) return undefined;
  const isComplete = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"].every(
    (key) => readValue(section, key) !== undefined,
  );
  if (!isComplete) return "it holds an incomplete key";
  const isOurs =
    readValue(section, "credential_process") !== undefined ||
    !hasUserLines(section) ||
    ids.every((entry) => isAwstKey(entry.value));
  return isOurs ? undefined : "it holds a temporary key of another program";
}

const credentialSources = new Set([
  "role_arn",
  "source_profile",
  "credential_source",
  "web_identity_token_file",
  "login_session",
  "mfa_serial",
]);

const nestedSource =
  /^(credential_process|role_arn|source_profile|sso_|aws_(access|secret|session))/i;

/** Whether a setting holds credentials or says where they come from. */
export function isCredentialSetting(key: string): boolean {
  const isOwn = key !== "region" && awstSettings.includes(key);
  return isOwn || key.startsWith("sso_") || credentialSources.has(key);
}

/** A profile whose process line calls awst. */
export interface OwnedProfile {
  readonly name: string;
  readonly file: AwsFile;
  readonly line: string;
  readonly call: AwstCall;
}

/** Returns every profile whose process line calls awst, those of the credentials file first, one after the other. */
export function* ownedProfiles(texts: AwsFileTexts): Iterable<OwnedProfile> {
  const documents = parseAwsFiles(texts);
  for (const file of ["credentials", "config"] as const) {
    const document = documents[file];
    for (const number of document.numbersWith(calledCommand)) {
      const body = document.bodyOf(number);
      const [name] = namesOfSection(file, document.headerOf(number));
      if (name === undefined) continue;
      const content = usualContent(body) ?? classifySection(document.section(number), () => false);
      const call = content.kind === "process" ? readProcessLine(content.line) : undefined;
      if (content.kind === "process" && call) yield { name, file, line: content.line, call };
    }
  }
}

/** Returns the profiles that may call awst; all others do not. `isMeant`: of the first name of each. */
export function callingProfiles(
  documents: AwsDocuments,
  isMeant: (name: string) => boolean = () => true,
): readonly FoundSection[] {
  return profilesWith(documents, calledCommand, isMeant);
}

export function readOwnedProfile(
  found: FoundSection,
  isAwstKey: IsAwstKey,
): OwnedProfile | undefined {
  const profile = readCallingProfile(found, isAwstKey);
  return profile?.blocked === undefined ? profile : undefined;
}

/** A profile that awst owns, or would own without an indented line in its section. */
export interface CallingProfile extends OwnedProfile {
  /** Why awst can't change the section at all. */
  readonly blocked?: BlockedEdit | undefined;
}

export function readCallingProfile(
  { names: [name = ""], file, section }: FoundSection,
  isAwstKey: IsAwstKey,
): CallingProfile | undefined {
  const content = classifySection(section, isAwstKey);
  if (content.kind === "process") return profileOf(name, file, content.line);
  if (content.kind !== "conflict" || content.line === undefined) return undefined;
  const { why, line } = content;
  const profile = profileOf(name, file, readValue(section, "credential_process") ?? "");
  return profile && { ...profile, blocked: { why, line } };
}

function profileOf(name: string, file: AwsFile, line: string): OwnedProfile | undefined {
  const call = readProcessLine(line);
  return call && { name, file, line, call };
}

/** Whether a take-over makes a comment of this setting. */
function isReplaced(key: string): boolean {
  return key === "region" || isCredentialSetting(key);
}

/** Edits of both files: collected section by section, applied together by `texts()`. */
export interface ProfileEdits {
  /** Every section that an AWS tool reads as a profile. */
  all(): readonly FoundSection[];
  /** The sections without an edit that may call awst. */
  calling(): readonly FoundSection[];
  /** The sections that some AWS tool finds under this profile name. */
  named(name: string): readonly FoundSection[];
  isEdited(found: FoundSection): boolean;
  /**
   * Returns whether the profile has exactly these sections, as awst writes them. They count as edited then. `bodyOf`:
   * `bodyText` of what they hold.
   */
  confirm(
    name: string,
    sections: readonly SectionName[],
    bodyOf: (newline: string) => string | undefined,
  ): boolean;
  /** Returns why no key can be added to a section, or replaced in it. */
  whyFixed(found: FoundSection): BlockedEdit | undefined;
  /** Returns why `remove` would change another section. The caller must ask before it removes. */
  whyNotRemoved(found: FoundSection): BlockedEdit | undefined;
  /** Returns whether the section changes. The caller must ask `whyFixed` first if it sets keys. */
  rewrite(found: FoundSection, change: { set: Pairs; remove: readonly string[] }): boolean;
  append(file: AwsFile, header: string, pairs: Pairs): void;
  /** Removes the settings of awst and awstools; the whole section where nothing else is in it, and its header is not
   *  needed for the lines below it. A section that awst took over gets its own lines back. `keepsRegion`: the region
   *  is the user's. */
  remove(found: FoundSection, how?: { readonly keepsRegion: boolean }): void;
  /** Makes comments of the lines that say where credentials come from, and of the region. */
  takeOver(found: FoundSection): void;
  /** Whether the section belonged to another tool before. */
  isTakenOver(found: FoundSection): boolean;
  texts(): AwsFileTexts;
}

export function openProfileEdits(texts: AwsFileTexts): ProfileEdits {
  const documents = parseAwsFiles(texts);
  const index = indexProfiles(documents);
  const edits: Record<AwsFile, LineEdit[]> = { config: [], credentials: [] };
  // Applied after the edits: a line that is added to the last section comes before a new section.
  const appended: Record<AwsFile, LineEdit[]> = { config: [], credentials: [] };
  /** By the section's number: 1 once it is edited or confirmed. */
  const edited: Record<AwsFile, Uint8Array> = {
    config: new Uint8Array(documents.config.sectionCount),
    credentials: new Uint8Array(documents.credentials.sectionCount),
  };
  const add = (each: FoundSection, more: readonly LineEdit[]) => {
    edited[each.file][each.number] = 1;
    edits[each.file].push(...more);
    return more.length > 0;
  };
  const print = (file: AwsFile) => {
    const all = [...edits[file], ...appended[file]];
    return all.length === 0 ? texts[file] : applyEdits(documents[file], all);
  };
  return {
    all: index.all,
    calling: () => index.containing(calledCommand, (file, number) => edited[file][number] === 0),
    named: index.named,
    isEdited: ({ file, number }) => edited[file][number] === 1,
    confirm: (name, wanted, bodyOf) => {
      const numbers = index.numbersOf(name);
      for (const { file, header } of wanted) {
        const number = numbers[file];
        if (typeof number !== "number" || edited[file][number] === 1) return false;
        const document = documents[file];
        const body = document.headerOf(number) === header ? bodyOf(document.newline) : undefined;
        if (body === undefined || !document.hasBody(number, body)) return false;
      }
      // Another file may have a section of this name too.
      const others = (["config", "credentials"] as const).filter(
        (file) => numbers[file] !== undefined,
      );
      if (others.length !== wanted.length) return false;
      for (const { file } of wanted) edited[file][Number(numbers[file])] = 1;
      return true;
    },
    whyFixed: ({ file, section }) => whyFixed(documents[file], section),
    whyNotRemoved: ({ file, section }) =>
      whyNotRemoved(documents[file], section, (key) => awstSettings.includes(key)),
    rewrite: (each, change) => add(each, rewriteSection(each.section, change)),
    append: (file, header, pairs) => {
      const edit = appendSection(documents[file], header, pairs);
      const isSecondInEmpty = documents[file].lineCount === 0 && appended[file].length > 0;
      appended[file].push(isSecondInEmpty ? { ...edit, insert: ["", ...edit.insert] } : edit);
    },
    remove: (each, { keepsRegion } = { keepsRegion: false }) => {
      const { section, file } = each;
      const document = documents[file];
      const written = awstSettings.filter((key) => key !== "region" || !keepsRegion);
      if (isTakenOver(section)) add(each, restoreLines(section, awstSettings));
      else if (keepsRegion || hasUserLines(section) || needsHeader(document, section))
        add(each, rewriteSection(section, { set: [], remove: written }));
      else add(each, removeSection(document, section));
    },
    takeOver: (each) => add(each, commentOut(documents[each.file], each.section, isReplaced)),
    isTakenOver: ({ section }) => isTakenOver(section),
    texts: () => ({ config: print("config"), credentials: print("credentials") }),
  };
}
