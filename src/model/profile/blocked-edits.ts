// Lines that keep awst from changing a section. Python reads an indented line as part of the key above, Go and JavaScript
// as a line of its own, and readers disagree on what is a space: an edit beside such a line would change what some tool
// reads elsewhere.

import { nameCharacter } from "../text/odd-characters.ts";
import type { IniDocument, IniEntry, IniSection } from "./ini-document.ts";
import { findIndentedBelow, findIndentedHeader } from "./ini-edits.ts";
import { splitLines } from "./ini-lines.ts";
import { findDisputedSpace, isHeaderForAll, stripSpaces } from "./ini-spaces.ts";
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
  if (below !== undefined) return blockedAt(below, partOf("awst's settings"));
  return findDisputedLine(document, section);
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
  if (below !== undefined) return blockedAt(below, partOf("the lines it had before"));
  return findDisputedLine(document, section);
}

/** Returns the first line of a section that some reader takes for a line of another section, or of another setting. */
function findDisputedLine(document: IniDocument, section: IniSection): BlockedEdit | undefined {
  const top = document.lineText(section.line);
  const header = section.line === 0 ? top.replace(/^\uFEFF/, "") : top;
  for (const [offset, text] of [
    header,
    ...splitLines(section.body).map((each) => each.text),
  ].entries()) {
    const space = findDisputedSpace(text);
    const line = section.line + offset + 1;
    if (space !== undefined) {
      const what = `line ${line} contains ${nameCharacter(space)}, which only some tools read as a space`;
      return { line, why: `${what}: delete the character` };
    }
  }
  if (isHeaderForAll(header)) return undefined;
  const line = section.line + 1;
  const why = `line ${line} has text after [${section.header}], and some tools don't read a section there`;
  return { line, why: `${why}: delete that text` };
}

/** Whether some reader would take the lines below a section for those of the section above it, if its header went. */
export function needsHeader(document: IniDocument, section: IniSection): boolean {
  if (findIndentedBelow(document, section) !== undefined) return true;
  const next = /[^\r\n]*/y;
  next.lastIndex = section.end;
  const header = next.exec(document.text)?.[0] ?? "";
  return header !== "" && !isHeaderForAll(header);
}

/** Returns the first line nested below a key that some tools read as a line of its own; `isMeant`: which ones count. */
export function findNestedLine(
  section: IniSection,
  entry: IniEntry,
  isMeant: (line: string) => boolean = () => true,
): BlockedEdit {
  const below = splitLines(section.body).slice(entry.line - section.line);
  const offset = below.findIndex(({ text }) => {
    const trimmed = stripSpaces(text);
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
