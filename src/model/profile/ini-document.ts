// AWS's INI files without loss: `printIni(parseIni(text))` is `text`, whatever the text is.
// Lines are read as Python's configparser reads them, the strictest of the readers: a line indented
// deeper than the key before it belongs to that key, `=` and `:` both separate, `#` and `;` open a
// comment at a line's start. What nobody can read is kept and skipped.

export interface IniLine {
  readonly text: string;
  /** "\n", "\r\n", "\r"; "" for a last line that has none. */
  readonly end: string;
}

export interface IniEntry {
  /** In lower case, as Python and Go compare keys; JavaScript's SDK wants it written so, too. */
  readonly key: string;
  readonly value: string;
  /** Index of its line, and of the last line that continues it. */
  readonly line: number;
  readonly lastLine: number;
  readonly isIndented: boolean;
  /** Written `key =`, in lower case: what every reader understands. */
  readonly isPlain: boolean;
  /** The lines nested below it. */
  readonly nested: readonly string[];
}

export interface IniSection {
  /** What stands between the brackets, untrimmed. */
  readonly header: string;
  readonly line: number;
  readonly entries: readonly IniEntry[];
  /** Whether somebody wrote in it what is neither key nor blank: comments up to its last key, on its
   *  header's line, or lines nobody can read. */
  readonly hasRemarks: boolean;
}

export interface IniDocument {
  readonly lines: readonly IniLine[];
  readonly sections: readonly IniSection[];
  /** The line ending to write with: the more frequent one. */
  readonly newline: string;
}

export function parseIni(text: string): IniDocument {
  const lines = splitLines(text);
  return { lines, sections: readSections(lines), newline: usualNewline(lines) };
}

export function printIni(document: Pick<IniDocument, "lines">): string {
  return document.lines.map((line) => line.text + line.end).join("");
}

/** The first value of a key, as Python reads it; undefined when the section lacks it. */
export function readValue(section: IniSection, key: string): string | undefined {
  return section.entries.find((entry) => entry.key === key)?.value;
}

interface OpenSection {
  header: string;
  line: number;
  entries: OpenEntry[];
  hasRemarks: boolean;
  /** Seen since the last key: they are the section's own only if another key follows. */
  remarksPending: boolean;
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
    if (trimmed.startsWith("#") || trimmed.startsWith(";")) {
      if (section !== undefined) section.remarksPending = true;
      continue;
    }
    const depth = bare.search(/\S/);
    if (entry !== undefined && depth > indent) {
      entry.nested.push(trimmed);
      entry.lastLine = index;
      confirmRemarks(section);
      continue;
    }
    indent = depth;
    const header = headerOf(trimmed);
    if (header !== undefined) {
      const hasRemarks = trimmed !== `[${header}]`;
      section = { header, line: index, entries: [], hasRemarks, remarksPending: false };
      sections.push(section);
      entry = undefined;
      continue;
    }
    const pair = pairOf(trimmed);
    if (section === undefined) continue;
    if (pair === undefined) {
      section.hasRemarks = true;
      continue;
    }
    entry = { ...pair, line: index, lastLine: index, isIndented: depth > 0, nested: [] };
    section.entries.push(entry);
    confirmRemarks(section);
  }
  return sections;
}

function confirmRemarks(section: OpenSection | undefined): void {
  if (section?.remarksPending) section.hasRemarks = true;
}

function headerOf(trimmed: string): string | undefined {
  if (!trimmed.startsWith("[")) return undefined;
  const remark = trimmed.search(/\]\s*[#;]/);
  const end = remark === -1 ? trimmed.lastIndexOf("]") : remark;
  return end > 1 ? trimmed.slice(1, end) : undefined;
}

function pairOf(trimmed: string): Pick<IniEntry, "key" | "value" | "isPlain"> | undefined {
  const separator = trimmed.search(/[=:]/);
  const written = trimmed.slice(0, Math.max(separator, 0)).trim();
  if (written === "") return undefined;
  const key = written.toLowerCase();
  const isPlain = written === key && trimmed[separator] === "=";
  return { key, value: trimmed.slice(separator + 1).trim(), isPlain };
}

function splitLines(text: string): IniLine[] {
  const lines: IniLine[] = [];
  const ending = /\r\n|\n|\r/g;
  let start = 0;
  for (const found of text.matchAll(ending)) {
    lines.push({ text: text.slice(start, found.index), end: found[0] });
    start = found.index + found[0].length;
  }
  if (start < text.length) lines.push({ text: text.slice(start), end: "" });
  return lines;
}

function usualNewline(lines: readonly IniLine[]): string {
  const count = (end: string) => lines.filter((line) => line.end === end).length;
  const [lf, crlf, cr] = [count("\n"), count("\r\n"), count("\r")];
  if (lf === 0 && crlf === 0 && cr > 0) return "\r";
  return crlf > lf ? "\r\n" : "\n";
}

/** Replaces `remove` lines from line `at` on by `insert`. */
export interface LineEdit {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly string[];
}

export type Pairs = readonly (readonly [key: string, value: string])[];

/**
 * Sets some keys of a section and takes others out. A key that is new stands where the first removed
 * one stood, else behind the section's last key. Setting what is already so gives no edit.
 * Keys with nested lines are the caller's to refuse: see `hasNested`.
 */
export function rewriteSection(
  section: IniSection,
  { set, remove }: { readonly set: Pairs; readonly remove: readonly string[] },
): readonly LineEdit[] {
  const wanted = new Map(set);
  const kept = new Set<string>();
  const edits: LineEdit[] = [];
  const gone: IniEntry[] = [];
  for (const entry of section.entries) {
    const value = wanted.get(entry.key);
    if (value !== undefined && !entry.isIndented && !kept.has(entry.key)) {
      kept.add(entry.key);
      if (entry.value !== value || !entry.isPlain)
        edits.push(replaceLine(entry, [entry.key, value]));
    } else if (value !== undefined || remove.includes(entry.key)) {
      gone.push(entry);
    }
  }
  const added = set.filter(([key]) => !kept.has(key)).map(([key, value]) => `${key} = ${value}`);
  const place = gone.find((entry) => !entry.isIndented);
  for (const entry of gone) {
    edits.push({ at: entry.line, remove: 1, insert: entry === place ? added : [] });
  }
  if (place === undefined && added.length > 0) {
    edits.push({ at: lastLineOf(section) + 1, remove: 0, insert: added });
  }
  return edits;
}

/** Whether one of these keys has lines nested below it, which a change would cut loose. */
export function hasNested(section: IniSection, keys: readonly string[]): boolean {
  return section.entries.some((entry) => keys.includes(entry.key) && entry.nested.length > 0);
}

/** Takes a section out, with the one blank line that parted it from what stands before it. */
export function removeSection(document: IniDocument, section: IniSection): readonly LineEdit[] {
  const before = document.lines[section.line - 1];
  const at = before !== undefined && before.text.trim() === "" ? section.line - 1 : section.line;
  return [{ at, remove: lastLineOf(section) + 1 - at, insert: [] }];
}

/** A section at the end of the file, parted by a blank line from what stands there. */
export function appendSection(document: IniDocument, header: string, pairs: Pairs): LineEdit {
  const lines = [`[${header}]`, ...pairs.map(([key, value]) => `${key} = ${value}`)];
  const insert = document.lines.length === 0 ? lines : ["", ...lines];
  return { at: document.lines.length, remove: 0, insert };
}

export function applyEdits(document: IniDocument, edits: readonly LineEdit[]): string {
  const { newline } = document;
  const lines: IniLine[] = [...document.lines];
  // From the end, so that the numbers of the lines before stay true; at one place first what takes
  // lines away, then the later insertion before the earlier, which so ends up above it.
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
