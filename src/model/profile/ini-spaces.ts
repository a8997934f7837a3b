// What the readers of AWS's files take for a space at the edge of a line, a key or a value. awst reads as Python does. All
// readers agree on spaces and tabs alone: Python adds U+001C to U+001F and U+0085, JavaScript U+FEFF, Go U+0085 around
// headers, Java all control characters; Rust and C++ add none of them.

/** Inside brackets of a regular expression: what `str.isspace()` of Python says of characters that can be in a line. */
const spaces =
  "\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** What at least one reader takes for a space, without the spaces and tabs of all. */
const disputed =
  "\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";

const outerSpaces = new RegExp(`^[${spaces}]+|[${spaces}]+$`, "g");
const visible = new RegExp(`[^${spaces}]`);

/** Returns the text as Python's `str.strip()` does. */
export function stripSpaces(text: string): string {
  const isPlain = isPlainAt(text, 0) && isPlainAt(text, text.length - 1);
  return isPlain ? text : text.replace(outerSpaces, "");
}

/** Returns how many spaces a line begins with; for a line of spaces alone, -1. */
export function depthOf(line: string): number {
  return isPlainAt(line, 0) ? 0 : line.search(visible);
}

/** Whether a character is neither a space nor outside ASCII. */
function isPlainAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code > 0x20 && code < 0x7f;
}

const outerDisputed = new RegExp(`^[ \\t${disputed}]+|[ \\t${disputed}]+$`, "g");

/** Returns a header's text without what some reader takes for a space around it. */
export function stripForAny(text: string): string {
  const isPlain = isPlainAt(text, 0) && isPlainAt(text, text.length - 1);
  return isPlain ? text : text.replace(outerDisputed, "");
}

const anyDisputed = new RegExp(`[${disputed}]`);
const atLineStart = new RegExp(`^[ \\t]*([${disputed}])[ \\t${disputed}]*[^ \\t${disputed}]`);
const afterKey = new RegExp(`^[^=:]*?([${disputed}])[ \\t${disputed}]*[=:]`);

/**
 * Returns the character at the beginning of a line, or after the key on it, that some readers take for a space and
 * others for a part of the key or the header; undefined for none.
 */
export function findDisputedSpace(line: string): string | undefined {
  if (!anyDisputed.test(line)) return undefined;
  const start = atLineStart.exec(line)?.[1];
  if (start !== undefined || /^[ \t]*[#;[]/.test(line)) return start;
  return afterKey.exec(line)?.[1];
}

/** Returns a character at the edge of a value that Python takes for a space and other readers for a part of the value. */
export function findDisputedEdge(value: string): string | undefined {
  const others = value.trim();
  const python = stripSpaces(others);
  if (python === others) return undefined;
  return others.startsWith(python) ? others.at(-1) : others[0];
}

const header = /^[ \t]*\[[^\]]*\][ \t]*(?:[ \t][#;].*)?$/;

/** Returns whether every reader takes the line for the header of a section. */
export function isHeaderForAll(line: string): boolean {
  return header.test(line);
}
