// Changes to an INI document, line by line: what no edit names stays byte for byte.
// Edits are made against one parsed document, at most one list per section, and applied together.

import type { IniDocument, IniEntry, IniLine, IniSection } from "./ini-document.ts";
import { printIni } from "./ini-document.ts";

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
