// Makes text from files, AWS or other programs safe for a message: it can't start a new line, control the
// terminal, or reverse the direction of the text after it.

const controls = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Replaces each run of control characters, line separators and direction marks by one space. */
export function oneLine(text: string): string {
  return text.replace(controls, " ");
}

/** Returns JSON in which what `oneLine` would replace is escaped: printed on a terminal, it controls nothing. */
export function printableJson(value: unknown): string {
  const hex = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // The line ends are JSON's own: those in texts are escaped already.
  const escapeAll = (found: string) => found.replaceAll(/[^\n]/g, hex);
  return JSON.stringify(value, null, 2).replace(controls, escapeAll);
}

/** Like `oneLine`, but codes that only change colors stay: `ESC [ 33 m`, `ESC [ 38;5;16;48;5;231 m`. */
export function oneStyledLine(text: string): string {
  const parts = text.split(colorCode);
  return parts.map((part, index) => (index % 2 === 1 ? part : oneLine(part))).join("");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of colors begin with one
const colorCode = /(\u001b\[\d{1,3}(?:;\d{1,3}){0,9}m)/;
