// Takes over a section of another tool, so that its profile calls awst: the lines that awst replaces become comments.
// `restoreLines` makes them lines again, byte for byte; it needs nothing but the file.

import type { IniDocument, IniSection } from "./ini-document.ts";
import type { LineEdit } from "./ini-edits.ts";
import { splitLines } from "./ini-lines.ts";

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
      Array.from({ length: lastLine + 1 - line }, (_, index) => ({
        at: line + index,
        remove: 1,
        insert: [replaced + document.lineText(line + index)],
      })),
    );
}

/** Whether awst took the section over from another tool. */
export function isTakenOver(section: IniSection): boolean {
  return section.body.includes(replaced) && linesOf(section).some(isReplacedLine);
}

/** Returns the edits that undo `commentOut`, and remove the settings that awst wrote. */
export function restoreLines(section: IniSection, written: readonly string[]): readonly LineEdit[] {
  const removed = section.entries
    .filter(({ key }) => written.includes(key))
    .map(({ line }) => ({ at: line, remove: 1, insert: [] }));
  const restored = linesOf(section)
    .filter(isReplacedLine)
    .map(({ text, at }) => ({ at, remove: 1, insert: [text.slice(replaced.length)] }));
  return [...removed, ...restored];
}

function isReplacedLine({ text }: { readonly text: string }): boolean {
  return text.startsWith(replaced);
}

/** The lines below a section's header, comments included. */
function linesOf({ body, line }: IniSection) {
  return splitLines(body).map(({ text }, index) => ({ text, at: line + 1 + index }));
}
