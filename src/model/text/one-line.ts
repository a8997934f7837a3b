// What came from a file, from AWS or from another program, as a part of what awst says: it can't start a
// line of its own, speak to the terminal, or turn round the order in which the rest is read.

/** Each run of control characters, line separators and marks of direction becomes one blank. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ");
}
