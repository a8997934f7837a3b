// Indented lines that keep awst from changing a section. Python reads them as part of the key above, Go and JavaScript
// as lines of their own, so an edit beside them would change what some tool reads elsewhere.

import type { IniDocument, IniEntry, IniSection } from "./ini-document.ts";
import { findIndentedBelow, findIndentedHeader } from "./ini-edits.ts";
import { splitLines } from "./ini-lines.ts";
import { isTakenOver } from "./replaced-lines.ts";

/** An edit that awst would make, and does not. */
export interface BlockedEdit {
  /** A whole sentence that names the line, and what to change there. */
  readonly why: string;
  /** From 1. */
  readonly line: number;
}

/** Returns why no key can be added to a section, or replaced in it, without a change of another section. */
export function whyFixed(document: IniDocument, section: IniSection): BlockedEdit | undefined {
  const inside = findIndentedHeader(document, section);
  if (inside !== undefined) return blockedAt(inside, ownSection);
  const below = findIndentedBelow(document, section);
  return below === undefined ? undefined : blockedAt(below, partOf("awst's settings"));
}

/**
 * Returns why the settings of awst can't be removed from a section without a change of another section: one of them is
 * below a header inside it, or a line that is restored would get an indented line below it.
 */
export function whyNotRemoved(
  document: IniDocument,
  section: IniSection,
  isWritten: (key: string) => boolean,
): BlockedEdit | undefined {
  const inside = findIndentedHeader(document, section);
  const restores = isTakenOver(section);
  const isBelow = ({ key, line }: IniEntry) => isWritten(key) && line > (inside ?? line);
  if (inside !== undefined && (restores || section.entries.some(isBelow))) {
    return blockedAt(inside, ownSection);
  }
  const below = restores ? findIndentedBelow(document, section) : undefined;
  return below === undefined ? undefined : blockedAt(below, partOf("the lines it had before"));
}

/** Returns the first line nested below a key that some tools read as a line of its own; `isMeant`: which ones count. */
export function findNestedLine(
  section: IniSection,
  entry: IniEntry,
  isMeant: (line: string) => boolean = () => true,
): BlockedEdit {
  const below = splitLines(section.body).slice(entry.line - section.line);
  const offset = below.findIndex(({ text }) => {
    const trimmed = text.trim();
    return !/^([#;]|$)/.test(trimmed) && isMeant(trimmed);
  });
  return blockedAt(entry.line + 1 + offset, partOf(entry.key));
}

const ownSection = "some tools read it as a section of its own";

function partOf(what: string): string {
  return `Python tools read it as part of ${what}`;
}

function blockedAt(index: number, effect: string): BlockedEdit {
  const line = index + 1;
  return { line, why: `line ${line} is indented, and ${effect}: remove the spaces before it` };
}
