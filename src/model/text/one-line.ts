// What came from a file, from AWS or from another program, as a part of what awst says: it can't start a
// line of its own, speak to the terminal, or turn round the order in which the rest is read.

const controls = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Each run of control characters, line separators and marks of direction becomes one blank. */
export function oneLine(text: string): string {
  return text.replace(controls, " ");
}

/** Like `oneLine`, but codes that only change colors stay: `ESC [ 33 m`. */
export function oneStyledLine(text: string): string {
  const parts = text.split(colorCode);
  return parts.map((part, index) => (index % 2 === 1 ? part : oneLine(part))).join("");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of colors begin with one
const colorCode = /(\u001b\[\d{1,3}m)/;
