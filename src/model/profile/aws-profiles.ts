// Under which names the sections of AWS's two files are found. The readers differ where a name holds a
// blank (botocore wants quotes in the config file, Go wants none, JavaScript finds neither): a section
// counts for every name under which at least one of them finds it.

import { hasBlank } from "../configuration/profile-names.ts";
import {
  appendSection,
  applyEdits,
  hasNested,
  type IniDocument,
  type IniSection,
  type LineEdit,
  type Pairs,
  parseIni,
  readValue,
  removeSection,
  rewriteSection,
} from "./ini-document.ts";
import { callsAwst, splitWords } from "./process-line.ts";
export type AwsFile = "config" | "credentials";

export interface AwsDocuments {
  readonly config: IniDocument;
  readonly credentials: IniDocument;
}

export interface FoundSection {
  readonly file: AwsFile;
  readonly section: IniSection;
  readonly names: readonly string[];
}

export function parseAwsFiles(texts: AwsFileTexts): AwsDocuments {
  return { config: parseIni(texts.config ?? ""), credentials: parseIni(texts.credentials ?? "") };
}

/** Every section that somebody finds as a profile, the credentials file's first. */
export function findProfiles(documents: AwsDocuments): readonly FoundSection[] {
  const files = ["credentials", "config"] as const;
  return files.flatMap((file) =>
    documents[file].sections.flatMap((section) => {
      const names = namesOf(file, section.header);
      return names.length === 0 ? [] : [{ file, section, names }];
    }),
  );
}

/** The one place where every reader that can finds a name with these contents. */
export function homeOf(name: string, kind: "process" | "keys"): { file: AwsFile; header: string } {
  if (kind === "keys" || hasBlank(name)) return { file: "credentials", header: name };
  return { file: "config", header: name === "default" ? name : `profile ${name}` };
}

function namesOf(file: AwsFile, header: string): readonly string[] {
  const trimmed = header.trim();
  const single = trimmed.replace(/[ \t]+/g, " ");
  if (file === "credentials") return [...new Set([trimmed, single])];
  if (trimmed === "default") return ["default"];
  const rest = /^profile[ \t]+(.*)$/.exec(trimmed)?.[1];
  if (rest === undefined) return [];
  const words = splitWords(trimmed);
  const quoted = words?.length === 2 ? [words[1] ?? ""] : [];
  return [...new Set([...quoted, rest, rest.replace(/[ \t]+/g, " ")])];
}

/** The texts of AWS's two files; undefined for a file that does not exist. */
export interface AwsFileTexts {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
}

export type Ownership =
  | { readonly kind: "process"; readonly line: string }
  /** Temporary keys: awstools' own, or those of `mode = "keys"`. */
  | { readonly kind: "keys"; readonly accessKeyId: string }
  /** awstools' `region` and nothing else. */
  | { readonly kind: "region" }
  | { readonly kind: "harmless" }
  | { readonly kind: "in the way"; readonly why: string };

export const keyLines = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "aws_session_token",
  "aws_security_token",
] as const;

/** What awst writes into a section, and takes out of it. */
export const ownLines: readonly string[] = ["credential_process", "region", ...keyLines];

/** Whether awst itself wrote the temporary key of this id (`mode = "keys"`). */
export type IsOurKey = (accessKeyId: string) => boolean;

export function judgeSection(section: IniSection, isOurKey: IsOurKey): Ownership {
  const why = whyInTheWay(section, isOurKey);
  if (why !== undefined) return { kind: "in the way", why };
  const line = readValue(section, "credential_process");
  if (line !== undefined) return { kind: "process", line };
  const accessKeyId = readValue(section, "aws_access_key_id");
  if (accessKeyId !== undefined) return { kind: "keys", accessKeyId };
  const isRegionAlone = section.entries.length > 0 && !hasOwnersLines(section);
  return isRegionAlone ? { kind: "region" } : { kind: "harmless" };
}

/** Whether somebody wrote more into it than awst does: those lines stay. */
export function hasOwnersLines(section: IniSection): boolean {
  return section.hasRemarks || section.entries.some((entry) => !ownLines.includes(entry.key));
}

export function isOwned(ownership: Ownership): boolean {
  return ownership.kind !== "harmless" && ownership.kind !== "in the way";
}

function whyInTheWay(section: IniSection, isOurKey: IsOurKey): string | undefined {
  for (const entry of section.entries) {
    const { key, value } = entry;
    if (key.startsWith("sso_") || sources.has(key)) return `it has ${key}`;
    if (key === "credential_process" && !callsAwst(value)) return "another program answers for it";
    // JavaScript's SDK reads keys that others take for a part of the value above them.
    if (entry.value !== "" && entry.nested.some((line) => nestedSource.test(line))) {
      return `it has indented lines under ${key}`;
    }
  }
  if (hasNested(section, ownLines)) return "it has indented lines under a key awst would change";
  return whyKeysAreForeign(section, isOurKey);
}

function whyKeysAreForeign(section: IniSection, isOurKey: IsOurKey): string | undefined {
  const ids = section.entries.filter((entry) => entry.key === "aws_access_key_id");
  const foreign = ids.find((entry) => !entry.value.startsWith("ASIA"));
  if (foreign !== undefined) {
    return foreign.value.startsWith("AKIA") ? "it holds a long-term key" : "it holds a key";
  }
  const parts = keyLines.filter((key) => readValue(section, key) !== undefined);
  if (parts.length === 0) return undefined;
  const isWhole = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"].every(
    (key) => readValue(section, key) !== undefined,
  );
  if (!isWhole) return "it holds a part of a key";
  const isOurs =
    readValue(section, "credential_process") !== undefined ||
    !hasOwnersLines(section) ||
    ids.every((entry) => isOurKey(entry.value));
  return isOurs ? undefined : "it holds another program's temporary key";
}

const sources = new Set([
  "role_arn",
  "source_profile",
  "credential_source",
  "web_identity_token_file",
  "login_session",
  "mfa_serial",
]);

const nestedSource =
  /^(credential_process|role_arn|source_profile|sso_|aws_(access|secret|session))/i;

export interface ProfileEdits {
  readonly found: readonly FoundSection[];
  /** The sections under which somebody finds this name. */
  named(name: string): readonly FoundSection[];
  isTouched(found: FoundSection): boolean;
  /** Whether anything changes by it. */
  rewrite(found: FoundSection, change: { set: Pairs; remove: readonly string[] }): boolean;
  append(file: AwsFile, header: string, pairs: Pairs): void;
  /** Takes out what awst and awstools write; with it the section, where nothing else is in it. */
  takeOut(found: FoundSection): void;
  texts(): AwsFileTexts;
}

export function openProfileEdits(texts: AwsFileTexts): ProfileEdits {
  const documents = parseAwsFiles(texts);
  const found = findProfiles(documents);
  const byName = new Map<string, FoundSection[]>();
  for (const each of found) {
    for (const name of each.names) {
      const others = byName.get(name);
      if (others === undefined) byName.set(name, [each]);
      else others.push(each);
    }
  }
  const edits: Record<AwsFile, LineEdit[]> = { config: [], credentials: [] };
  const touched = new Set<FoundSection>();
  const add = (each: FoundSection, more: readonly LineEdit[]) => {
    touched.add(each);
    edits[each.file].push(...more);
    return more.length > 0;
  };
  return {
    found,
    named: (name) => byName.get(name) ?? [],
    isTouched: (each) => touched.has(each),
    rewrite: (each, change) => add(each, rewriteSection(each.section, change)),
    append: (file, header, pairs) => {
      const edit = appendSection(documents[file], header, pairs);
      const isSecondInEmpty = documents[file].lines.length === 0 && edits[file].length > 0;
      edits[file].push(isSecondInEmpty ? { ...edit, insert: ["", ...edit.insert] } : edit);
    },
    takeOut: (each) => {
      const { section } = each;
      if (hasOwnersLines(section))
        add(each, rewriteSection(section, { set: [], remove: ownLines }));
      else add(each, removeSection(documents[each.file], section));
    },
    texts: () => ({
      config: print(texts, documents, edits, "config"),
      credentials: print(texts, documents, edits, "credentials"),
    }),
  };
}

function print(
  texts: AwsFileTexts,
  documents: AwsDocuments,
  edits: Record<AwsFile, LineEdit[]>,
  file: AwsFile,
): string | undefined {
  return edits[file].length === 0 ? texts[file] : applyEdits(documents[file], edits[file]);
}
