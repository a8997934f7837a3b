// The straightforward reader of AWS's INI files: line by line, everything at once. The reader of src/model/profile finds
// the places of sections first; tests compare both. How one line is read is a copy of it, so that neither changes unseen.

export interface PlainLine {
  readonly text: string;
  readonly end: string;
}

export interface PlainEdit {
  readonly at: number;
  readonly remove: number;
  readonly insert: readonly string[];
}

export function parsePlainly(text: string) {
  const lines = splitLines(text);
  return { lines, sections: readSections(lines), newline: usualNewline(lines) };
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

function readSections(lines: readonly PlainLine[]): OpenSection[] {
  const sections: OpenSection[] = [];
  let section: OpenSection | undefined;
  let entry: OpenEntry | undefined;
  let indent = 0;
  for (const [index, { text }] of lines.entries()) {
    const bare = index === 0 ? text.replace(/^\uFEFF/, "") : text;
    const trimmed = strip(bare);
    if (trimmed === "") continue;
    const first = trimmed[0];
    if (first === "#" || first === ";") {
      if (section !== undefined) section.commentsPending = true;
      continue;
    }
    const depth = bare.indexOf(first ?? "");
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

function pairOf(trimmed: string): Pick<OpenEntry, "key" | "value" | "isPlain"> | undefined {
  const separator = separatorIn(trimmed);
  const written = strip(trimmed.slice(0, Math.max(separator, 0)));
  if (written === "") return undefined;
  const key = written.toLowerCase();
  const isPlain = written === key && trimmed[separator] === "=";
  return { key, value: strip(trimmed.slice(separator + 1)), isPlain };
}

/** What Python takes for a space: U+001C to U+001F and U+0085, and what JavaScript does but a byte order mark. */
function strip(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python takes them for spaces
  const isSpace = (each: string) => /[\u001c-\u001f\u0085]|(?!\ufeff)\s/.test(each);
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text[start] ?? "")) start += 1;
  while (end > start && isSpace(text[end - 1] ?? "")) end -= 1;
  return text.slice(start, end);
}

/** Returns the index of the first `=` or `:`; -1 for none. */
function separatorIn(text: string): number {
  const [equals, colon] = [text.indexOf("="), text.indexOf(":")];
  return equals === -1 || colon === -1 ? Math.max(equals, colon) : Math.min(equals, colon);
}

function splitLines(text: string): PlainLine[] {
  const lines: PlainLine[] = [];
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

function usualNewline(lines: readonly PlainLine[]): string {
  let [lf, crlf, cr] = [0, 0, 0];
  for (const { end } of lines) {
    if (end === "\n") lf += 1;
    else if (end === "\r\n") crlf += 1;
    else if (end === "\r") cr += 1;
  }
  if (lf === 0 && crlf === 0 && cr > 0) return "\r";
  return crlf > lf ? "\r\n" : "\n";
}

export function editPlainly(
  document: ReturnType<typeof parsePlainly>,
  edits: readonly PlainEdit[],
): string {
  const { newline } = document;
  const lines: PlainLine[] = [...document.lines];
  // A byte order mark belongs to the file, so it stays above every edit.
  const first = lines[0];
  const mark = first?.text.startsWith("\uFEFF") ? "\uFEFF" : "";
  if (first !== undefined) lines[0] = { ...first, text: first.text.slice(mark.length) };
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
  return mark + lines.map((line) => line.text + line.end).join("");
}
