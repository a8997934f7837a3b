// Edits of AWS's INI files. An edit names whole lines; every other byte of the file stays.

import type { IniDocument, IniEntry, IniSection } from "./ini-document.ts";
import { depthOf, stripSpaces } from "./ini-spaces.ts";

/** Belongs to the file, not to its first line: every edit keeps it. */
const byteOrderMark = "\uFEFF";

/** Replaces `remove` lines, starting at line `at`, by `insert`. */
export interface LineEdit {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly string[];
}

export type Pairs = readonly (readonly [key: string, value: string])[];

/**
 * Sets some keys of a section and removes others. A new key takes the place of the first removed key, or
 * follows the section's last key. Returns no edit for a key that already has its value. The caller must
 * refuse keys with nested lines, and to set keys around indented lines: see `findNested`, `findIndentedBelow`
 * and `findIndentedHeader`.
 */
export function rewriteSection(
  section: IniSection,
  { set, remove }: { readonly set: Pairs; readonly remove: readonly string[] },
): readonly LineEdit[] {
  const wanted = new Map(set);
  const present = new Set<string>();
  const edits: LineEdit[] = [];
  const removed: IniEntry[] = [];
  for (const entry of section.entries) {
    const value = wanted.get(entry.key);
    if (value !== undefined && !entry.isIndented && !present.has(entry.key)) {
      present.add(entry.key);
      if (entry.value !== value || !entry.isPlain)
        edits.push(replaceLine(entry, [entry.key, value]));
    } else if (value !== undefined || remove.includes(entry.key)) {
      removed.push(entry);
    }
  }
  const added = set.filter(([key]) => !present.has(key)).map(([key, value]) => `${key} = ${value}`);
  const replaced = removed.find((entry) => !entry.isIndented);
  for (const entry of removed) {
    edits.push({ at: entry.line, remove: 1, insert: entry === replaced ? added : [] });
  }
  if (replaced === undefined && added.length > 0) {
    edits.push({ at: lastLineOf(section) + 1, remove: 0, insert: added });
  }
  return edits;
}

/**
 * Returns what `appendSection` writes below the header; `rewriteSection` has no edit for a section that has it. undefined
 * for values that are not read as they are written.
 */
export function bodyText(pairs: Pairs, newline: string): string | undefined {
  const isWritable = ([, value]: Pairs[number]) =>
    value === stripSpaces(value) && !/[\r\n]/.test(value);
  if (!pairs.every(isWritable)) return undefined;
  return pairs.map(([key, value]) => `${key} = ${value}${newline}`).join("");
}

/** Returns the first of these keys that has nested lines, which a change would separate from their key. */
export function findNested(section: IniSection, keys: readonly string[]): IniEntry | undefined {
  return section.entries.find((entry) => keys.includes(entry.key) && entry.nested.length > 0);
}

/**
 * Returns the index of the line below a section's last key, a header too, if it is indented: Python would read it as
 * part of a key at the beginning of a line that is written above it.
 */
export function findIndentedBelow(document: IniDocument, section: IniSection): number | undefined {
  for (let line = lastLineOf(section) + 1; line < document.lineCount; line += 1) {
    const text = document.lineText(line);
    if (/^([#;]|$)/.test(stripSpaces(text))) continue;
    return depthOf(text) > 0 ? line : undefined;
  }
  return undefined;
}

/**
 * Returns the index of a header among the lines nested below a section's keys. Python reads it as part of a value, Go
 * and JavaScript as the header of a section, which has the keys below it.
 */
export function findIndentedHeader(document: IniDocument, section: IniSection): number | undefined {
  const isHeader = (text: string) => stripSpaces(text).startsWith("[");
  const above = section.entries.find(({ nested }) => nested.some(isHeader));
  if (above === undefined) return undefined;
  let { line } = above;
  do line += 1;
  while (!isHeader(document.lineText(line)));
  return line;
}

/**
 * Removes a section, with the one empty line before it. The caller must keep the header above an indented line, which
 * the section before would get: see `findIndentedBelow`.
 */
export function removeSection(document: IniDocument, section: IniSection): readonly LineEdit[] {
  const isBelowEmpty = section.line > 0 && document.lineText(section.line - 1) === "";
  const at = isBelowEmpty ? section.line - 1 : section.line;
  return [{ at, remove: lastLineOf(section) + 1 - at, insert: [] }];
}

export function sectionLines(header: string, pairs: Pairs): readonly string[] {
  return [`[${header}]`, ...pairs.map(([key, value]) => `${key} = ${value}`)];
}

/** Adds a section at the end of the file, after an empty line. */
export function appendSection(document: IniDocument, header: string, pairs: Pairs): LineEdit {
  const lines = sectionLines(header, pairs);
  const insert = document.lineCount === 0 ? lines : ["", ...lines];
  return { at: document.lineCount, remove: 0, insert };
}

/**
 * Returns the text after all edits. Their line numbers are those of the document. At one line, insertions come first,
 * in their order, then what replaces the removed lines. No two edits remove the same line.
 */
export function applyEdits(document: IniDocument, edits: readonly LineEdit[]): string {
  if (edits.length === 0) return document.text;
  const { text, newline, lineCount } = document;
  const isLonger = edits.some(({ at, insert }) => at === lineCount && insert.length > 0);
  // A last line without a line end gets one when lines follow it.
  const added = isLonger && document.lineEnd(lineCount - 1) === "" ? newline : "";
  const endOf = (line: number) => {
    const end = document.lineEnd(line);
    return line === lineCount - 1 && end === "" ? added : end;
  };
  const ordered = [...edits].sort(
    (a, b) => a.at - b.at || Number(a.remove > 0) - Number(b.remove > 0),
  );
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : "";
  const pieces = [mark];
  let copied = 0;
  const copyUntil = (line: number) => {
    if (line <= copied) return;
    const start = copied === 0 ? mark.length : document.offsetOf(copied);
    pieces.push(text.slice(start, document.offsetOf(line)));
    if (line === lineCount) pieces.push(added);
    copied = line;
  };
  for (const { at, remove, insert } of ordered) {
    copyUntil(at);
    const own = remove > 0 || at > 0 ? endOf(at + remove - 1) : newline;
    const end = own === "\n" || own === "\r\n" ? own : newline;
    const isLast = remove > 0 && own === "";
    if (insert.length > 0) pieces.push(insert.join(end), isLast ? "" : end);
    copied = Math.max(copied, at + remove);
  }
  copyUntil(lineCount);
  return pieces.join("");
}

function replaceLine(entry: IniEntry, [key, value]: readonly [string, string]): LineEdit {
  return { at: entry.line, remove: 1, insert: [`${key} = ${value}`] };
}

function lastLineOf(section: IniSection): number {
  return section.entries.at(-1)?.lastLine ?? section.line;
}
