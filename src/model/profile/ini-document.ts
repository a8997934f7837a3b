// A lossless editor for AWS's INI files: `printIni(parseIni(text))` returns `text` for every text, and an
// edit changes only the lines it names. Lines are read as Python's configparser, the strictest reader, reads them (also
// what is a space: ini-spaces.ts): deeper indented lines belong to the key above, `=` and `:` separate, `#` and `;` start
// a comment at the beginning of a line. Of thousands of sections, each is read when its keys are asked for.

import { memoizeTexts } from "../text/memoize.ts";
import { findLineStarts, type IniLine, lineBreaks, splitLines, usualNewline } from "./ini-lines.ts";
import { depthOf, stripSpaces } from "./ini-spaces.ts";

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
  /** The offset of the next section, or of the end of the text. */
  readonly end: number;
  /** The text below the header's line, up to the next section. */
  readonly body: string;
}

export interface IniDocument {
  readonly text: string;
  readonly lines: readonly IniLine[];
  readonly lineCount: number;
  readonly sections: readonly IniSection[];
  /** Of tens of thousands of sections, each has an object only when it is asked for: by its number, from 0. */
  readonly sectionCount: number;
  section(number: number): IniSection;
  headerOf(number: number): string;
  /** Returns the offset of the header's line; for the number of sections, the end of the text. */
  startOf(number: number): number;
  lineOf(number: number): number;
  bodyOf(number: number): string;
  /** Returns the numbers of the sections that contain this text below their header's line. */
  numbersWith(text: string): readonly number[];
  /** Whether a section has this text below its header's line, and nothing but empty lines below it. */
  hasBody(number: number, body: string): boolean;
  /** The line ending for new lines: the more frequent one of the file. */
  readonly newline: string;
  /** Returns where a line starts; for the number of lines, the end of the text. */
  offsetOf(line: number): number;
  lineText(line: number): string;
  /** Returns "\n", "\r\n" or "\r"; "" for a last line that has none. */
  lineEnd(line: number): string;
}

/** Both files, before and after a change, are parsed once each. */
export const parseIni = memoizeTexts(4, (text): IniDocument => new LazyDocument(text));

export function printIni(document: Pick<IniDocument, "lines">): string {
  return document.lines.map((line) => line.text + line.end).join("");
}

/** Returns the first value of a key, as Python reads it; undefined when the section lacks the key. */
export function readValue(section: IniSection, key: string): string | undefined {
  return section.entries.find((entry) => entry.key === key)?.value;
}

class LazyDocument implements IniDocument {
  readonly text: string;
  readonly lineCount: number;
  readonly #offsets: SectionOffsets;
  readonly #opened = new Map<number, LazySection>();
  #all: readonly LazySection[] | undefined;
  #lineStarts: Uint32Array | undefined;
  #newline: string | undefined;

  constructor(text: string) {
    this.text = text;
    const { offsets, lineCount } = findSections(text);
    this.#offsets = offsets;
    this.lineCount = lineCount;
  }

  get lines(): readonly IniLine[] {
    return splitLines(this.text);
  }

  get newline(): string {
    this.#newline ??= usualNewline(this.text);
    return this.#newline;
  }

  get sections(): readonly IniSection[] {
    this.#all ??= this.#offsets.headers.map((_, number) => this.section(number));
    return this.#all;
  }

  get sectionCount(): number {
    return this.#offsets.headers.length;
  }

  section(number: number): LazySection {
    const known = this.#opened.get(number);
    if (known !== undefined) return known;
    const { starts, bodyStarts, lines, headers } = this.#offsets;
    const section = new LazySection(this.text, {
      start: starts[number] ?? 0,
      bodyStart: bodyStarts[number] ?? 0,
      end: this.startOf(number + 1),
      line: lines[number] ?? 0,
      header: headers[number] ?? "",
    });
    this.#opened.set(number, section);
    return section;
  }

  headerOf(number: number): string {
    return this.#offsets.headers[number] ?? "";
  }

  startOf(number: number): number {
    return this.#offsets.starts[number] ?? this.text.length;
  }

  lineOf(number: number): number {
    return this.#offsets.lines[number] ?? this.lineCount;
  }

  bodyOf(number: number): string {
    return this.text.slice(this.#offsets.bodyStarts[number], this.startOf(number + 1));
  }

  numbersWith(text: string): readonly number[] {
    const { starts, bodyStarts } = this.#offsets;
    const found: number[] = [];
    let number = 0;
    let at = this.text.indexOf(text);
    while (at !== -1) {
      while (number < starts.length && this.startOf(number + 1) <= at) number += 1;
      if (number === starts.length) break;
      const end = this.startOf(number + 1);
      const isInside = at >= (bodyStarts[number] ?? 0) && at + text.length <= end;
      if (isInside) found.push(number);
      at = this.text.indexOf(text, isInside ? end : at + 1);
    }
    return found;
  }

  hasBody(number: number, body: string): boolean {
    const start = this.#offsets.bodyStarts[number] ?? 0;
    const end = this.startOf(number + 1);
    let at = start + body.length;
    // Equal texts are compared eight characters at once, `startsWith` does it one by one.
    if (at > end || this.text.slice(start, at) !== body) return false;
    while (at < end && isLineEnd(this.text.charCodeAt(at))) at += 1;
    return at === end;
  }

  offsetOf(line: number): number {
    this.#lineStarts ??= findLineStarts(this.text, this.lineCount);
    return this.#lineStarts[line] ?? this.text.length;
  }

  lineText(line: number): string {
    const [text] = splitLines(this.text.slice(this.offsetOf(line), this.offsetOf(line + 1)));
    return text?.text ?? "";
  }

  lineEnd(line: number): string {
    const until = this.offsetOf(line + 1);
    if (this.text.endsWith("\r\n", until)) return "\r\n";
    const last = this.text[until - 1];
    return last === "\n" || last === "\r" ? last : "";
  }
}

interface FoundOffsets {
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;
  readonly line: number;
  readonly header: string;
}

/** Nothing above a header changes how its section is read, so a section is read from its own text alone. */
class LazySection implements IniSection {
  readonly #text: string;
  readonly #bodyStart: number;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly header: string;
  #read: OpenSection | undefined;

  constructor(text: string, { start, bodyStart, end, line, header }: FoundOffsets) {
    this.#text = text;
    this.#bodyStart = bodyStart;
    this.start = start;
    this.end = end;
    this.line = line;
    this.header = header;
  }

  get entries(): readonly IniEntry[] {
    return this.#content().entries;
  }

  get hasComments(): boolean {
    return this.#content().hasComments;
  }

  get body(): string {
    return this.#text.slice(this.#bodyStart, this.end);
  }

  #content(): OpenSection {
    this.#read ??= readSection(splitLines(this.#text.slice(this.start, this.end)), this.line);
    return this.#read;
  }
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const bracket = 0x5b;

function isLineEnd(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}

/** By the section's number: offsets of its header's line and of the line below, its line, the text in its brackets. */
interface SectionOffsets {
  readonly starts: number[];
  readonly bodyStarts: number[];
  readonly lines: number[];
  readonly headers: string[];
}

/**
 * Returns where the sections are. A line at the beginning of which there is no space is never nested, so nothing of it
 * is read but its first character. Of another line, the indent and the keys above it decide.
 */
function findSections(text: string): { offsets: SectionOffsets; lineCount: number } {
  const offsets: SectionOffsets = { starts: [], bodyStarts: [], lines: [], headers: [] };
  const breaks = lineBreaks(text);
  let indent = 0;
  let hasKey = false;
  /** From here to the current line, keys were not searched yet. */
  let unread = 0;
  let line = 0;
  for (let start = 0, next = 0; start < text.length; start = next, line += 1) {
    const until = breaks.endOf(start);
    next = breaks.after(until);
    const first = text.charCodeAt(start);
    if (isVisible(first) && first !== bracket) {
      if (!isCommentSign(first)) indent = 0;
      continue;
    }
    if (first === lineFeed) continue;
    const raw = text.slice(start, until);
    const bare = start === 0 ? raw.replace(/^\uFEFF/, "") : raw;
    const trimmed = stripSpaces(bare);
    if (trimmed === "" || isCommentSign(trimmed.charCodeAt(0))) continue;
    const depth = depthOf(bare);
    if (depth > indent && offsets.headers.length > 0) {
      hasKey ||= hasPair(text.slice(unread, start));
      unread = start;
      if (hasKey) continue;
    }
    indent = depth;
    const header = headerOf(trimmed);
    if (header === undefined) continue;
    offsets.starts.push(start);
    offsets.bodyStarts.push(next);
    offsets.lines.push(line);
    offsets.headers.push(header);
    hasKey = false;
    unread = next;
  }
  return { offsets, lineCount: line };
}

function isVisible(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

function isCommentSign(code: number): boolean {
  return code === 0x23 || code === 0x3b;
}

/** Whether one of these lines is a key with a value. */
function hasPair(text: string): boolean {
  return splitLines(text).some((line) => {
    const trimmed = stripSpaces(line.text);
    return !/^[#;]/.test(trimmed) && pairOf(trimmed) !== undefined;
  });
}

interface OpenSection {
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

/** `lines`: the header's line and those below it; `first`: the index of the header's line in the file. */
function readSection(lines: readonly IniLine[], first: number): OpenSection {
  const [header, ...below] = lines;
  const top = header?.text ?? "";
  const bareTop = first === 0 ? top.replace(/^\uFEFF/, "") : top;
  const brackets = stripSpaces(bareTop);
  const section: OpenSection = {
    entries: [],
    hasComments: brackets !== `[${headerOf(brackets)}]`,
    commentsPending: false,
  };
  let entry: OpenEntry | undefined;
  let indent = depthOf(bareTop);
  for (const [offset, { text }] of below.entries()) {
    const index = first + 1 + offset;
    const trimmed = stripSpaces(text);
    if (trimmed === "") continue;
    if (isCommentSign(trimmed.charCodeAt(0))) {
      section.commentsPending = true;
      continue;
    }
    const depth = depthOf(text);
    if (entry !== undefined && depth > indent) {
      entry.nested.push(trimmed);
      entry.lastLine = index;
      confirmComments(section);
      continue;
    }
    indent = depth;
    const pair = pairOf(trimmed);
    if (pair === undefined) {
      // No reader understands the line; it stays as it is.
      section.hasComments = true;
      continue;
    }
    entry = { ...pair, line: index, lastLine: index, isIndented: depth > 0, nested: [] };
    section.entries.push(entry);
    confirmComments(section);
  }
  return section;
}

function confirmComments(section: OpenSection): void {
  if (section.commentsPending) section.hasComments = true;
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
  const written = stripSpaces(trimmed.slice(0, Math.max(separator, 0)));
  if (written === "") return undefined;
  const key = written.toLowerCase();
  const isPlain = written === key && trimmed[separator] === "=";
  return { key, value: stripSpaces(trimmed.slice(separator + 1)), isPlain };
}

/** Returns the index of the first `=` or `:`; -1 for none. */
export function separatorIn(text: string): number {
  const [equals, colon] = [text.indexOf("="), text.indexOf(":")];
  return equals === -1 || colon === -1 ? Math.max(equals, colon) : Math.min(equals, colon);
}
