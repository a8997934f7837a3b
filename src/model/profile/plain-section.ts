// Sections that every reader of AWS's files reads alike: nothing in them has to be read line by line. Which sections
// these are is decided by their characters alone, so the rules are stricter than those of the readers.

import type { IniDocument } from "./ini-document.ts";
import type { AwsFile } from "./profile-sections.ts";

/**
 * Returns for each section whether no reader refuses or misreads a line of it, as far as it stands alone, and whether the
 * section below begins there for every reader. Whether another section has the same name is left to the caller.
 */
export function findPlainSections(
  document: Pick<IniDocument, "text" | "sectionCount" | "startOf" | "headerOf">,
  file: AwsFile,
): readonly boolean[] {
  const { text, sectionCount } = document;
  const unusual = /[^\n\r !$-&(-:<-~]/g;
  let found = -1;
  const isUsual = (from: number, end: number) => {
    if (found < from) {
      unusual.lastIndex = from;
      found = unusual.exec(text)?.index ?? text.length;
    }
    return found >= end;
  };
  const isPlain = (number: number) => {
    const header = document.headerOf(number);
    const start = document.startOf(number);
    const end = document.startOf(number + 1);
    if (!isProfileHeader(file, header) || !plainHeader.test(header)) return false;
    const bodyStart = start + 1 + header.length + 1;
    if (text.charCodeAt(start) !== opening || text.charCodeAt(bodyStart - 1) !== closing)
      return false;
    if (number + 1 < sectionCount && !isAtLineStart(text, end, document.headerOf(number + 1)))
      return false;
    return hasPlainLines(text, bodyStart, end, isUsual(start, end));
  };
  return Array.from({ length: sectionCount }, (_, number) => isPlain(number));
}

/** Whether no two sections have the same text between their brackets. */
export function hasUniqueHeaders(
  document: Pick<IniDocument, "sectionCount" | "headerOf">,
): boolean {
  const headers = new Set<string>();
  for (let at = 0; at < document.sectionCount; at += 1) headers.add(document.headerOf(at));
  return headers.size === document.sectionCount;
}

const opening = 0x5b;
const closing = 0x5d;
const plainHeader = /^[A-Za-z0-9_.@/:+%,~ -]*$/;

/** Whether every reader finds a profile under this header. */
function isProfileHeader(file: AwsFile, header: string): boolean {
  if (header.startsWith("profile ")) return file === "config" && !header.includes(" ", 8);
  if (file === "config") return header === "default";
  return header !== "DEFAULT" && !header.startsWith(" ") && !header.endsWith(" ");
}

/** Whether a section begins here with its bracket, for every reader. */
function isAtLineStart(text: string, start: number, header: string): boolean {
  return text.charCodeAt(start) === opening && !/[\u2028\u2029]/.test(header);
}

const inKey = 1;
const inValue = 2;
const isQuote = 4;

/** What a character of ASCII may be in. */
const roles = new Uint8Array(128);
for (let code = 0x20; code < 0x7f; code += 1) {
  const character = String.fromCharCode(code);
  if (/[a-z0-9_]/.test(character)) roles[code] = inKey;
  if (/["']/.test(character)) roles[code] = isQuote;
  else if (!/[#;]/.test(character)) roles[code] = (roles[code] ?? 0) | inValue;
}

/** Returns the offset of the first character that may not be in one of these; `end` for none. */
function skip(text: string, from: number, end: number, which: number): number {
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7e || ((roles[code] ?? 0) & which) === 0) return at;
  }
  return end;
}

/**
 * Empty lines, comments, and `key = value` at the beginning of a line: each key once, and no parts of an access key.
 * `isUsual`: every character may be in a value, so only its end is searched.
 */
function hasPlainLines(text: string, from: number, end: number, isUsual: boolean): boolean {
  const keys: string[] = [];
  let at = afterLine(text, from, end);
  while (at !== -1 && at < end) {
    const start = at;
    const code = text.charCodeAt(start);
    if (code === 0x23 || code === 0x3b) {
      const feed = text.indexOf("\n", start);
      at = feed === -1 ? end : feed + 1;
      continue;
    }
    if (code === 0x0a || code === 0x0d) {
      at = afterLine(text, start, end);
      continue;
    }
    at = skip(text, start, end, inKey);
    const key = text.slice(start, at);
    if (key === "" || key.startsWith("aws_") || keys.includes(key)) return false;
    keys.push(key);
    while (text.charCodeAt(at) === 0x20) at += 1;
    if (text.charCodeAt(at) !== 0x3d) return false;
    if (isUsual) {
      const feed = text.indexOf("\n", at);
      at = feed === -1 ? end : feed + 1;
      continue;
    }
    const quotes = key === "credential_process" ? isQuote : 0;
    at = afterLine(text, skip(text, at + 1, end, inValue | quotes), end);
  }
  return at !== -1;
}

/** Returns the start of the next line if a line ends here; else -1. */
function afterLine(text: string, at: number, end: number): number {
  if (at >= end) return end;
  const feed = text.charCodeAt(at) === 0x0d ? at + 1 : at;
  return text.charCodeAt(feed) === 0x0a ? feed + 1 : -1;
}
