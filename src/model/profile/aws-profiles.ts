// The profiles in AWS's two files: which section belongs to which profile name, whether awst may change a
// section, and edits of both files. AWS CLI, boto3, Go and JavaScript disagree on names with spaces, so a
// section counts for every name under which at least one of them finds it.

import { hasSpace } from "../configuration/profile-names.ts";
import { rememberObjects } from "../text/remember.ts";
import {
  type BlockedEdit,
  findNestedLine,
  needsHeader,
  whyFixed,
  whyNotRemoved,
} from "./blocked-edits.ts";
import { type IniDocument, type IniSection, parseIni, readValue } from "./ini-document.ts";
import {
  appendSection,
  applyEdits,
  findNested,
  hasExactly,
  type LineEdit,
  type Pairs,
  removeSection,
  rewriteSection,
} from "./ini-edits.ts";
import { stripForAny, stripSpaces } from "./ini-spaces.ts";
import { type AwstCall, callsAwst, readProcessLine, splitArgs } from "./process-line.ts";
import { commentOut, isTakenOver, restoreLines } from "./replaced-lines.ts";

/** The texts of AWS's two files; undefined for a file that does not exist. */
export interface AwsFileTexts {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
  /** The files that are not UTF-8, which awst reads as Latin-1. */
  readonly notUtf8?: readonly AwsFile[];
}

export type AwsFile = "config" | "credentials";

/** Why a file can't be read or written, as a whole message: its sections stay as they are. */
export type FileProblems = Readonly<Partial<Record<AwsFile, string>>>;

export interface AwsDocuments {
  readonly config: IniDocument;
  readonly credentials: IniDocument;
}

export interface FoundSection {
  readonly file: AwsFile;
  readonly section: IniSection;
  /** Every profile name under which an AWS tool finds this section. */
  readonly names: readonly string[];
}

/** Returns the same object again for the same texts, so that `findProfiles` works once for them. */
export function parseAwsFiles(texts: AwsFileTexts): AwsDocuments {
  const config = parseIni(texts.config ?? "");
  return documentsBeside(config)(parseIni(texts.credentials ?? ""));
}

const documentsBeside = rememberObjects((config: IniDocument) =>
  rememberObjects((credentials: IniDocument): AwsDocuments => ({ config, credentials })),
);

/** Returns every section that an AWS tool reads as a profile, those of the credentials file first. */
export const findProfiles = rememberObjects((documents: AwsDocuments): readonly FoundSection[] => {
  const files = ["credentials", "config"] as const;
  return files.flatMap((file) =>
    documents[file].sections.flatMap((section) => {
      const names = namesOfSection(file, section.header);
      return names.length === 0 ? [] : [{ file, section, names }];
    }),
  );
});

/** Returns the profiles whose section contains this text below its header. The others need not be read. */
export function profilesWith(documents: AwsDocuments, text: string): readonly FoundSection[] {
  return findProfiles(documents).filter(({ section }) => section.body.includes(text));
}

const profilesByName = rememberObjects((sections: readonly FoundSection[]) => {
  const byName = new Map<string, FoundSection[]>();
  for (const each of sections) {
    for (const name of each.names) {
      const others = byName.get(name);
      if (others === undefined) byName.set(name, [each]);
      else others.push(each);
    }
  }
  return byName;
});

/**
 * Returns the sections of a profile of this name, the one with the most readers first. JavaScript v2, minio-go
 * and Java v1 find a process line in the credentials file only; Java v2, Rust and C++ in the config file only.
 * A name with a space has a section in the credentials file alone.
 */
export function sectionsFor(
  name: string,
  kind: "process" | "keys",
): readonly [SectionName, ...SectionName[]] {
  const inCredentials = { file: "credentials", header: name } as const;
  if (kind === "keys" || hasSpace(name)) return [inCredentials];
  const header = name === "default" ? name : `profile ${name}`;
  return [{ file: "config", header }, inCredentials];
}

export interface SectionName {
  readonly file: AwsFile;
  readonly header: string;
}

/** Returns the profile names under which at least one tool finds the section of this header. */
export function namesOfSection(file: AwsFile, header: string): readonly string[] {
  const trimmed = stripForAny(header);
  if (file === "credentials") return withSingleSpaces(trimmed);
  if (trimmed === "default") return ["default"];
  const rest = /^profile[ \t]+(.*)$/.exec(trimmed)?.[1];
  if (rest === undefined) return [];
  if (!/[\s"'\\]/.test(rest)) return [rest];
  // botocore wants quotes around a name with spaces, Go wants none, JavaScript finds neither.
  const args = splitArgs(trimmed);
  const quoted = args?.length === 2 ? [args[1] ?? ""] : [];
  return [...new Set([...quoted, rest, rest.replace(/[ \t]+/g, " ")])];
}

function withSingleSpaces(name: string): readonly string[] {
  if (!name.includes("  ") && !name.includes("\t")) return [name];
  const single = name.replace(/[ \t]+/g, " ");
  return single === name ? [name] : [name, single];
}

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
  const [, written] = usualBody.exec(section.body) ?? [];
  if (written !== undefined) {
    const line = stripSpaces(written);
    if (!callsAwst(line)) return { kind: "conflict", why: otherProgram };
    return { kind: "process", line };
  }
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

/** A process line and a region, which is what awst writes: thousands of such sections need not be read key by key. */
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

/** Returns every profile whose process line calls awst, those of the credentials file first. */
export function ownedProfiles(texts: AwsFileTexts): readonly OwnedProfile[] {
  return callingProfiles(parseAwsFiles(texts)).flatMap((found) => {
    const owned = readOwnedProfile(found, () => false);
    return owned === undefined ? [] : [owned];
  });
}

const calledCommand = "credential-process";

/** Returns the profiles that may call awst; all others do not. */
export function callingProfiles(documents: AwsDocuments): readonly FoundSection[] {
  return profilesWith(documents, calledCommand);
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
  readonly sections: readonly FoundSection[];
  /** The sections without an edit that may call awst. */
  calling(): readonly FoundSection[];
  /** The sections that some AWS tool finds under this profile name. */
  named(name: string): readonly FoundSection[];
  isEdited(found: FoundSection): boolean;
  /** Returns whether the profile has exactly these sections, as awst writes them. They count as edited then. */
  confirm(name: string, sections: readonly SectionName[], pairs: Pairs): boolean;
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
  const sections = findProfiles(documents);
  const byName = profilesByName(sections);
  const edits: Record<AwsFile, LineEdit[]> = { config: [], credentials: [] };
  // Applied after the edits: a line that is added to the last section comes before a new section.
  const appended: Record<AwsFile, LineEdit[]> = { config: [], credentials: [] };
  const edited = new Set<FoundSection>();
  const add = (each: FoundSection, more: readonly LineEdit[]) => {
    edited.add(each);
    edits[each.file].push(...more);
    return more.length > 0;
  };
  const print = (file: AwsFile) => {
    const all = [...edits[file], ...appended[file]];
    return all.length === 0 ? texts[file] : applyEdits(documents[file], all);
  };
  return {
    sections,
    calling: () =>
      sections.filter((each) => !edited.has(each) && each.section.body.includes(calledCommand)),
    named: (name) => byName.get(name) ?? [],
    isEdited: (each) => edited.has(each),
    confirm: (name, wanted, pairs) => {
      const found = byName.get(name);
      if (found?.length !== wanted.length) return false;
      for (const { file, header } of wanted) {
        const target = found.find((each) => each.file === file && each.section.header === header);
        if (target === undefined || edited.has(target)) return false;
        if (!hasExactly(documents[file], target.section, pairs)) return false;
      }
      for (const each of found) edited.add(each);
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
