// A lossless editor for AWS's INI files: `printIni(parseIni(text))` returns `text` for every text, and an
// edit changes only the lines it names. Lines are read as Python's configparser, the strictest reader,
// reads them: deeper indented lines belong to the key above, `=` and `:` separate, `#` and `;` start a
// comment at the beginning of a line. Lines that no reader understands are ignored and stay unchanged.

import { rememberTexts } from "../text/remember.ts";

export interface IniLine {
  readonly text: string;
  /** "\n", "\r\n", "\r"; "" for a last line that has none. */
  readonly end: string;
}

export interface IniEntry {
  /** In lower case, as Python and Go compare keys. The JavaScript SDK reads lower case only. */
  readonly key: string;
  readonly value: string;
  /** The index of its line; `lastLine` is the last line that continues it. */
  readonly line: number;
  readonly lastLine: number;
  readonly isIndented: boolean;
  /** Written as `key =` in lower case, which every reader understands. */
  readonly isPlain: boolean;
  /** The lines nested below it. */
  readonly nested: readonly string[];
}

export interface IniSection {
  /** The text between the brackets, not trimmed. */
  readonly header: string;
  readonly line: number;
  readonly entries: readonly IniEntry[];
  /** Whether the user wrote comments above its last key or on its header's line, or lines that no
   *  reader understands. */
  readonly hasComments: boolean;
}

export interface IniDocument {
  readonly lines: readonly IniLine[];
  readonly sections: readonly IniSection[];
  /** The line ending for new lines: the more frequent one of the file. */
  readonly newline: string;
}

/** Both files, before and after a change, are parsed once each. */
export const parseIni = rememberTexts(4, (text): IniDocument => {
  const lines = splitLines(text);
  return { lines, sections: readSections(lines), newline: usualNewline(lines) };
});

export function printIni(document: Pick<IniDocument, "lines">): string {
  return document.lines.map((line) => line.text + line.end).join("");
}

/** Returns the first value of a key, as Python reads it; undefined when the section lacks the key. */
export function readValue(section: IniSection, key: string): string | undefined {
  return section.entries.find((entry) => entry.key === key)?.value;
}

interface OpenSection {
  header: string;
  line: number;
  entries: OpenEntry[];
  hasComments: boolean;
  /** Comments since the last key. They belong to the section only if another key follows. */
  commentsPending: boolean;
}

interface OpenEntry {
  key: string;
  value: string;
  line: number;
  lastLine: number;
  isIndented: boolean;
  isPlain: boolean;
  nested: string[];
}

function readSections(lines: readonly IniLine[]): OpenSection[] {
  const sections: OpenSection[] = [];
  let section: OpenSection | undefined;
  let entry: OpenEntry | undefined;
  let indent = 0;
  for (const [index, { text }] of lines.entries()) {
    const bare = index === 0 ? text.replace(/^\uFEFF/, "") : text;
    const trimmed = bare.trim();
    if (trimmed === "") continue;
    const first = trimmed[0];
    if (first === "#" || first === ";") {
      if (section !== undefined) section.commentsPending = true;
      continue;
    }
    const depth = bare[0] === first ? 0 : bare.search(/\S/);
    if (entry !== undefined && depth > indent) {
      entry.nested.push(trimmed);
      entry.lastLine = index;
      confirmComments(section);
      continue;
    }
    indent = depth;
    const header = headerOf(trimmed);
    if (header !== undefined) {
      const hasComments = trimmed !== `[${header}]`;
      section = { header, line: index, entries: [], hasComments, commentsPending: false };
      sections.push(section);
      entry = undefined;
      continue;
    }
    const pair = pairOf(trimmed);
    if (section === undefined) continue;
    if (pair === undefined) {
      section.hasComments = true;
      continue;
    }
    entry = { ...pair, line: index, lastLine: index, isIndented: depth > 0, nested: [] };
    section.entries.push(entry);
    confirmComments(section);
  }
  return sections;
}

function confirmComments(section: OpenSection | undefined): void {
  if (section?.commentsPending) section.hasComments = true;
}

function headerOf(trimmed: string): string | undefined {
  if (!trimmed.startsWith("[")) return undefined;
  if (trimmed.indexOf("]") === trimmed.length - 1) return trimmed.slice(1, -1) || undefined;
  const comment = trimmed.search(/\]\s*[#;]/);
  const end = comment === -1 ? trimmed.lastIndexOf("]") : comment;
  return end > 1 ? trimmed.slice(1, end) : undefined;
}

function pairOf(trimmed: string): Pick<IniEntry, "key" | "value" | "isPlain"> | undefined {
  const separator = separatorIn(trimmed);
  const written = trimmed.slice(0, Math.max(separator, 0)).trim();
  if (written === "") return undefined;
  const key = written.toLowerCase();
  const isPlain = written === key && trimmed[separator] === "=";
  return { key, value: trimmed.slice(separator + 1).trim(), isPlain };
}

/** Returns the index of the first `=` or `:`; -1 for none. */
export function separatorIn(text: string): number {
  const [equals, colon] = [text.indexOf("="), text.indexOf(":")];
  return equals === -1 || colon === -1 ? Math.max(equals, colon) : Math.min(equals, colon);
}

function splitLines(text: string): IniLine[] {
  const lines: IniLine[] = [];
  const hasReturns = text.includes("\r");
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf("\n", start);
    const until = feed === -1 ? text.length : feed;
    const back = hasReturns ? text.slice(start, until).indexOf("\r") : -1;
    if (back === -1) {
      lines.push({ text: text.slice(start, until), end: feed === -1 ? "" : "\n" });
      start = until + 1;
    } else {
      const isPair = start + back + 1 === feed;
      lines.push({ text: text.slice(start, start + back), end: isPair ? "\r\n" : "\r" });
      start += back + (isPair ? 2 : 1);
    }
  }
  return lines;
}

function usualNewline(lines: readonly IniLine[]): string {
  let [lf, crlf, cr] = [0, 0, 0];
  for (const { end } of lines) {
    if (end === "\n") lf += 1;
    else if (end === "\r\n") crlf += 1;
    else if (end === "\r") cr += 1;
  }
  if (lf === 0 && crlf === 0 && cr > 0) return "\r";
  return crlf > lf ? "\r\n" : "\n";
}

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
 * refuse keys with nested lines: see `hasNested`.
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

/** Returns whether one of these keys has nested lines, which a change would separate from their key. */
export function hasNested(section: IniSection, keys: readonly string[]): boolean {
  return section.entries.some((entry) => keys.includes(entry.key) && entry.nested.length > 0);
}

/** Removes a section, with the one empty line before it. */
export function removeSection(document: IniDocument, section: IniSection): readonly LineEdit[] {
  const before = document.lines[section.line - 1];
  const at = before !== undefined && before.text.trim() === "" ? section.line - 1 : section.line;
  return [{ at, remove: lastLineOf(section) + 1 - at, insert: [] }];
}

export function sectionLines(header: string, pairs: Pairs): readonly string[] {
  return [`[${header}]`, ...pairs.map(([key, value]) => `${key} = ${value}`)];
}

/** Adds a section at the end of the file, after an empty line. */
export function appendSection(document: IniDocument, header: string, pairs: Pairs): LineEdit {
  const lines = sectionLines(header, pairs);
  const insert = document.lines.length === 0 ? lines : ["", ...lines];
  return { at: document.lines.length, remove: 0, insert };
}

export function applyEdits(document: IniDocument, edits: readonly LineEdit[]): string {
  const { newline } = document;
  const lines: IniLine[] = [...document.lines];
  // Edits are applied from the end, so that line numbers before them stay valid. At one line, removals
  // come first, then the later insertions, so that the earlier ones end up above them.
  const ordered = edits.map((edit, order) => ({ edit, order }));
  ordered.sort(
    (a, b) =>
      b.edit.at - a.edit.at ||
      Number(b.edit.remove > 0) - Number(a.edit.remove > 0) ||
      b.order - a.order,
  );
  for (const { edit } of ordered) {
    const { at, remove, insert } = edit;
    const removed = lines.slice(at, at + remove);
    const before = lines[at - 1];
    const own = removed.at(-1)?.end ?? before?.end ?? newline;
    const end = own === "\n" || own === "\r\n" ? own : newline;
    if (insert.length > 0 && before?.end === "") lines[at - 1] = { ...before, end };
    const made = insert.map((text) => ({ text, end }));
    const last = made.at(-1);
    const wasLast = at + remove === lines.length && removed.at(-1)?.end === "";
    if (last !== undefined && wasLast) made[made.length - 1] = { ...last, end: "" };
    lines.splice(at, remove, ...made);
  }
  return printIni({ lines });
}

function replaceLine(entry: IniEntry, [key, value]: readonly [string, string]): LineEdit {
  return { at: entry.line, remove: 1, insert: [`${key} = ${value}`] };
}

function lastLineOf(section: IniSection): number {
  return section.entries.at(-1)?.lastLine ?? section.line;
}
