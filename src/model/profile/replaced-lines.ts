// Takes over a section of another tool, so that its profile calls awst: the lines that awst replaces become comments.
// `restoreLines` makes them lines again, byte for byte; it needs nothing but the file.

import type { IniDocument, IniSection, LineEdit } from "./ini-document.ts";

const replaced = "# replaced by awst: ";

/** `isReplaced`: whether awst writes this setting, or it says where credentials come from. */
export function commentOut(
  document: IniDocument,
  section: IniSection,
  isReplaced: (key: string) => boolean,
): readonly LineEdit[] {
  return section.entries
    .filter(({ key }) => isReplaced(key))
    .flatMap(({ line, lastLine }) =>
      document.lines.slice(line, lastLine + 1).map(({ text }, index) => ({
        at: line + index,
        remove: 1,
        insert: [replaced + text],
      })),
    );
}

/** Whether awst took the section over from another tool. */
export function isTakenOver(document: IniDocument, section: IniSection): boolean {
  return linesOf(document, section).some(({ text }) => text.startsWith(replaced));
}

/** Returns the edits that undo `commentOut`, and remove the settings that awst wrote. */
export function restoreLines(
  document: IniDocument,
  section: IniSection,
  written: readonly string[],
): readonly LineEdit[] {
  const removed = section.entries
    .filter(({ key }) => written.includes(key))
    .map(({ line }) => ({ at: line, remove: 1, insert: [] }));
  const restored = linesOf(document, section)
    .filter(({ text }) => text.startsWith(replaced))
    .map(({ text, at }) => ({ at, remove: 1, insert: [text.slice(replaced.length)] }));
  return [...removed, ...restored];
}

/** The lines below a section's header, comments included. */
function linesOf(document: IniDocument, section: IniSection) {
  const next = document.sections.find(({ line }) => line > section.line)?.line;
  return document.lines
    .slice(section.line + 1, next)
    .map(({ text }, index) => ({ text, at: section.line + 1 + index }));
}
