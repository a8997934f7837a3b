// What AWS's tools refuse or misread in AWS's two files, line by line. awst's own reader is lenient, so a file that
// awst understands may stop every other tool. Measured with botocore 1.44, the AWS SDK for Go v2 1.48 and the AWS SDK
// for JavaScript v3; `reader-problems.test.ts` repeats it where boto3 is installed.

import { memoizeByObject } from "../text/memoize.ts";
import { invisibleCharacters, nameCharacter, withoutInvisible } from "../text/odd-characters.ts";
import { type IniDocument, separatorIn } from "./ini-document.ts";
import { splitLines } from "./ini-lines.ts";
import { findDisputedEdge, findDisputedSpace, stripSpaces } from "./ini-spaces.ts";
import { findPlainSections, hasUniqueHeaders } from "./plain-section.ts";
import { splitArgs } from "./process-line.ts";
import { type AwsFile, type AwsFileTexts, namesOfSection } from "./profile-sections.ts";

export interface ReaderProblem {
  readonly file: AwsFile;
  /** From 1. */
  readonly line: number;
  /** The text between the brackets; undefined above the first section. */
  readonly section: string | undefined;
  /** The setting on this line, in lower case. */
  readonly key: string | undefined;
  /** `file`: some tools can't read any profile of the file. `note`: no credentials depend on it. */
  readonly spoils: "file" | "section" | "setting" | "note";
  /** One line: what is there, and which tools read it how. */
  readonly message: string;
  /** What to change in this line. */
  readonly hint: string;
}

const python = "boto3 and the AWS CLI";
const refuses = `${python} can't read the whole file`;

/** Returns the problems of both files, the credentials file first, each in the order of its lines. */
export function findReaderProblems(
  documents: Readonly<Record<AwsFile, IniDocument>>,
  notUtf8: AwsFileTexts["notUtf8"] = [],
): readonly ReaderProblem[] {
  return (["credentials", "config"] as const).flatMap((file) =>
    notUtf8.includes(file)
      ? readLikeOthers(file, documents[file], true)
      : problemsOf[file](documents[file]),
  );
}

/** `doctor` looks for problems of each file in several checks. */
const problemsOf = {
  credentials: memoizeByObject((document: IniDocument) =>
    readLikeOthers("credentials", document, false),
  ),
  config: memoizeByObject((document: IniDocument) => readLikeOthers("config", document, false)),
};

/** Returns the problems in sections that the user means as this profile. */
export function findProblemsOfProfile(
  documents: Readonly<Record<AwsFile, IniDocument>>,
  profile: string,
): readonly ReaderProblem[] {
  return (["credentials", "config"] as const).flatMap((file) =>
    mayMean(documents[file].text, profile)
      ? problemsOf[file](documents[file]).filter((each) => isInProfile(each, [profile]))
      : [],
  );
}

/** Whether a header in this text may mean a profile: most files need not be read to find that none does. */
function mayMean(text: string, profile: string): boolean {
  // Other spaces, and signs that are removed or that hide a sign, are not part of the name that is meant.
  if (/\s/.test(profile) || /[^\n\r !#-&(-[\]-~]/.test(text)) return true;
  const name = profile.replace(/[^A-Za-z0-9]/g, "\\$&");
  return new RegExp(`^ *\\[.*${name}`, "m").test(text);
}

/** Returns the problems that keep some tool from one of these profiles. */
export function problemsOfProfiles(
  problems: readonly ReaderProblem[],
  names: readonly string[],
): readonly ReaderProblem[] {
  return problems.filter((each) => {
    return each.spoils === "file" || (each.spoils !== "note" && isInProfile(each, names));
  });
}

/** Returns whether the line is in a section that the user means as one of these profiles. */
export function isInProfile({ file, section = "" }: ReaderProblem, names: readonly string[]) {
  // The characters and words that keep tools from finding the section.
  const meant = withoutInvisible(section).trim();
  const found = [...namesOfSection(file, meant), meant.replace(/^profile\s+/, "")];
  return found.some((name) => names.includes(name));
}

interface Reading {
  readonly file: AwsFile;
  readonly problems: ReaderProblem[];
  line: number;
  section: string | undefined;
  /** Whether some tool finds a profile in the section. */
  isProfile: boolean;
  key: string | undefined;
  value: string;
  /** The lines of all sections, of all profiles, and of the section's keys, by their names. */
  readonly headers: Map<string, number>;
  readonly profiles: Map<string, number>;
  keys: Map<string, number>;
  indent: number;
}

type ReportProblem = (spoils: ReaderProblem["spoils"], message: string, hint: string) => void;

function readLikeOthers(
  file: AwsFile,
  document: IniDocument,
  isNotUtf8: boolean,
): readonly ReaderProblem[] {
  const at: Reading = {
    ...{ file, problems: [], line: 1, section: undefined, isProfile: false, indent: 0 },
    ...{ key: undefined, value: "", headers: new Map(), profiles: new Map(), keys: new Map() },
  };
  const report: ReportProblem = (spoils, message, hint) => {
    const { line, section, key } = at;
    // One problem a line: its repair makes the next one visible.
    if (at.problems.at(-1)?.line === line) return;
    at.problems.push({ file, line, section, key, spoils, message, hint });
  };
  const { text, sectionCount } = document;
  if (isNotUtf8) reportEncoding(document, at, report);
  const hasLoneReturns = text.includes("\r") && /\r(?!\n)/.test(text);
  if (hasLoneReturns) {
    const message = "lines end with CR alone: Go and JavaScript read the file as one line";
    report("file", message, "save the file with LF or CRLF line ends");
  }
  const readAll = (from: number, until: number, firstLine: number) => {
    for (const [index, line] of splitLines(text.slice(from, until)).entries()) {
      readLine(line.text, firstLine + index, at, report);
    }
  };
  readAll(0, document.startOf(0), 0);
  const readAlike = hasLoneReturns ? [] : findPlainSections(document, file);
  // Most files are like this, and need no search for names that occur twice.
  const isAllPlain = readAlike.length === sectionCount && !readAlike.includes(false);
  if (isAllPlain && hasUniqueHeaders(document)) return at.problems;
  for (let number = 0; number < sectionCount; number += 1) {
    const line = document.lineOf(number);
    if (readAlike[number] !== true) {
      readAll(document.startOf(number), document.startOf(number + 1), line);
      continue;
    }
    const header = document.headerOf(number);
    at.line = line + 1;
    at.section = header;
    at.key = undefined;
    checkRepeatedHeader(header, at, report);
    // No sign of the header is special, so the name is what follows.
    const profile = header.startsWith("profile ") ? header.slice(8) : undefined;
    if (profile !== undefined) checkRepeatedProfile(profile, at, report);
  }
  return at.problems;
}

/** `index`: of the line, from 0. */
function readLine(text: string, index: number, at: Reading, report: ReportProblem): void {
  at.line = index + 1;
  let bare = text;
  if (index === 0 && text.startsWith("\uFEFF")) {
    report("file", `a byte order mark (U+FEFF) begins the file: ${refuses}`, bomHint);
    bare = text.slice(1);
  }
  const trimmed = stripSpaces(bare);
  if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) return;
  const depth = trimmed.length === bare.length ? 0 : bare.indexOf(trimmed);
  if (at.key !== undefined && depth > at.indent) {
    checkNestedLine(trimmed, at, report);
    return;
  }
  at.indent = depth;
  const header = trimmed.startsWith("[") ? /^\[(.+)\]/.exec(trimmed) : null;
  if (header !== null) {
    const [brackets, name = ""] = header;
    at.section = name;
    at.key = undefined;
    at.keys = new Map();
    checkRepeatedHeader(name, at, report);
    // Not without what Python takes for a space: JavaScript then sees a text after the section.
    checkHeader(name, bare.slice(depth + brackets.length).trim(), at, report);
    if (at.isProfile) checkSpaces(bare, "", "section", report);
    return;
  }
  const separator = separatorIn(trimmed);
  const written = stripSpaces(trimmed.slice(0, Math.max(separator, 0)));
  if (at.section === undefined) {
    report("file", `a line above the first section: ${refuses}`, "move it below a [section]");
  } else if (written === "") {
    at.key = undefined;
    report("file", `a line that is neither a section nor KEY = VALUE: ${refuses}`, junkHint);
  } else {
    at.key = written.toLowerCase();
    at.value = stripSpaces(trimmed.slice(separator + 1));
    checkTwice(at.keys, at.key, at.key, "delete one of the two lines", at, report);
    checkSetting(written, trimmed[separator] ?? "", at, report);
    const value = bare.slice(depth + separator + 1);
    if (at.isProfile && isKnown(at.key)) checkSpaces(bare, value, "setting", report);
  }
}

function checkSpaces(
  line: string,
  value: string,
  spoils: ReaderProblem["spoils"],
  report: ReportProblem,
): void {
  const space = findDisputedSpace(line) ?? findDisputedEdge(value);
  if (space === undefined) return;
  const message = `the line contains ${nameCharacter(space)}, which only some tools read as a space`;
  report(spoils, message, "delete the character, or type the line again");
}

const bomHint = "save the file as UTF-8 without a byte order mark";
const junkHint = "delete the line, or write # at its beginning";

function reportEncoding(document: IniDocument, at: Reading, report: ReportProblem): void {
  const first = document.lines.findIndex(({ text }) => /[\u0080-\u00ff]/.test(text));
  at.line = first + 1;
  report("file", `not UTF-8: ${refuses}`, "save the file as UTF-8");
  at.line = 1;
}

function checkRepeatedHeader(name: string, at: Reading, report: ReportProblem): void {
  checkTwice(at.headers, name, `section [${name}]`, "merge both sections into one", at, report);
}

/** Python's configparser, and so boto3, refuses a file with the same section or the same key twice. */
function checkTwice(
  seen: Map<string, number>,
  name: string,
  what: string,
  hint: string,
  at: Reading,
  report: ReportProblem,
): void {
  const before = seen.get(name);
  if (before === undefined) seen.set(name, at.line);
  // Python merges sections of this name alone.
  else if (what !== "section [DEFAULT]")
    report("file", `${what} is on line ${before} too: ${refuses}`, hint);
}

function checkHeader(name: string, behind: string, at: Reading, report: ReportProblem): void {
  const prefix = /^profile[ \t]+/.exec(name)?.[0];
  at.isProfile = at.file === "credentials" || prefix !== undefined || name === "default";
  const odd = invisibleCharacters(name)[0];
  if (odd !== undefined) {
    const message = `the section's name contains ${nameCharacter(odd)}: no tool finds the profile`;
    report("section", message, "delete the character, or type the line again");
  } else if (name !== name.trim()) {
    const message = `spaces inside the brackets of [${name}]: ${python} don't find "${name.trim()}"`;
    report("section", message, `write [${name.trim()}]`);
  } else if (behind !== "" && !/^[#;]/.test(behind)) {
    report("section", `text after [${name}]: Go and JavaScript ignore the section`, junkHint);
  } else if (at.file === "credentials" && prefix !== undefined) {
    const short = name.slice(prefix.length);
    const message = `[${name}] in the credentials file: tools look for [${short}] there`;
    report("section", message, `write [${short}]`);
  } else if (name === "DEFAULT") {
    const message = `[DEFAULT]: ${python} use its settings in every profile, other tools ignore it`;
    report("note", message, "write [default] if you mean the default profile");
  } else if (at.file === "config" && prefix !== undefined) {
    checkProfileName(name, at, report);
  }
}

/** botocore keeps the last of two spellings of a profile; Go and JavaScript merge them. */
function checkProfileName(header: string, at: Reading, report: ReportProblem): void {
  const [, name, ...more] = splitArgs(header) ?? [];
  if (name !== undefined && more.length === 0) checkRepeatedProfile(name, at, report);
}

function checkRepeatedProfile(name: string, at: Reading, report: ReportProblem): void {
  const before = at.profiles.get(name);
  at.profiles.set(name, at.line);
  if (before === undefined) return;
  const message = `profile "${name}" has another section on line ${before}: ${python} use only one of them`;
  report("section", message, "merge both sections into one");
}

/** Lines below a key, indented deeper: Python reads them as part of its value. */
function checkNestedLine(trimmed: string, at: Reading, report: ReportProblem): void {
  const above = at.key ?? "";
  if (at.value === "") {
    if (trimmed.includes("=")) return;
    report("file", `an indented line below ${above} without "=": ${refuses}`, junkHint);
    return;
  }
  if (/^\[.+\]$/.test(trimmed)) {
    const message = `an indented section: ${python} read ${trimmed} as part of ${above}`;
    report("section", message, "write it at the beginning of the line");
    return;
  }
  const key = /^(\w+)\s*[=:]/.exec(trimmed)?.[1]?.toLowerCase();
  const isLost = key !== undefined && isKnown(key);
  if (!at.isProfile || !(isLost || isKnown(above))) return;
  const what = isLost ? `${key} is indented` : `an indented line below ${above}`;
  const message = `${what}: ${python} read it as part of the value of ${above}`;
  report("setting", message, "write it at the beginning of the line");
}

function checkSetting(
  written: string,
  separator: string,
  at: Reading,
  report: ReportProblem,
): void {
  const { key = "", value, section } = at;
  const odd = invisibleCharacters(written)[0];
  if (odd !== undefined) {
    const message = `the key's name contains ${nameCharacter(odd)}: no tool finds the setting`;
    report("setting", message, "delete the character, or type the line again");
    return;
  }
  const exported = /^export\s+(\w+)$/i.exec(written)?.[1];
  if (exported !== undefined) {
    const message = `"export" before ${exported}: no tool finds the setting`;
    report("setting", message, `write ${exported} = …`);
    return;
  }
  if (!isKnown(key)) return;
  if (!at.isProfile) {
    const message = `[${section}] is not a profile: no tool finds ${key} in it`;
    if (isKeySetting(key) || key === "credential_process")
      report("setting", message, `write [profile ${section}]`);
    return;
  }
  const problem = findValueProblem(key, value);
  if (problem !== undefined) report("setting", problem.message, problem.hint);
  else if (written !== key || separator !== "=") {
    const message = `JavaScript reads ${key} only in lower case and with "="`;
    report("note", message, `write ${key} = …`);
  }
}

/** Returns what is wrong with the value of a setting that tools know; undefined for a value that all read alike. */
export function findValueProblem(
  key: string,
  value: string,
): { readonly message: string; readonly hint: string } | undefined {
  const comment = /\s([#;].*)$/.exec(value);
  if (comment !== null && (key !== "credential_process" || !/["']/.test(value))) {
    const message = `a comment after the value of ${key}: ${python} read it as part of the value`;
    return { message, hint: "write the comment on a line of its own" };
  }
  const [odd] = invisibleCharacters(value);
  if (odd !== undefined) {
    const message = `the value of ${key} contains ${nameCharacter(odd)}`;
    return { message, hint: "delete the character, or type the line again" };
  }
  if (key === "credential_process") return undefined;
  if (/^(["']).*\1$/.test(value)) {
    const message = `quotes around the value of ${key}: ${python} read them as part of the value`;
    return { message, hint: "delete the quotes" };
  }
  if (!isKeySetting(key)) return undefined;
  const bad = (key === "aws_access_key_id" ? /[^\w]/u : /[^\x21-\x7e]/u).exec(value)?.[0];
  if (bad !== undefined) {
    const message = `the value of ${key} contains ${nameCharacter(bad)}, which no key contains`;
    return { message, hint: "copy the key again" };
  }
  if (value !== "" || key === "aws_session_token" || key === "aws_security_token") return undefined;
  return { message: `${key} has no value`, hint: "write the value, or delete the line" };
}

/** Whether the setting is a part of an access key. */
export function isKeySetting(key: string): boolean {
  return /^aws_(access_key_id|secret_access_key|session_token|security_token)$/.test(key);
}

function isKnown(key: string): boolean {
  return isKeySetting(key) || known.has(key) || key.startsWith("sso_");
}

const known = new Set([
  "credential_process",
  "credential_source",
  "duration_seconds",
  "endpoint_url",
  "external_id",
  "mfa_serial",
  "output",
  "region",
  "role_arn",
  "role_session_name",
  "source_profile",
  "web_identity_token_file",
]);
