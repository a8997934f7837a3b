// The lines of a text, each with its own line end, so that the text comes back byte for byte.

export interface IniLine {
  readonly text: string;
  /** "\n", "\r\n", "\r"; "" for a last line that has none. */
  readonly end: string;
}

export interface LineBreaks {
  /** Returns where the line that starts here ends. Lines must be asked for in their order. */
  endOf(start: number): number;
  /** Returns the start of the line below a line that ends here. */
  after(end: number): number;
}

/** Finds the ends of lines in a text, one after the other. No part of the text is searched twice for a character. */
export function lineBreaks(text: string): LineBreaks {
  const find = (character: string, start: number) => {
    const found = text.indexOf(character, start);
    return found === -1 ? text.length : found;
  };
  let back = find("\r", 0);
  if (back === text.length) {
    return { endOf: (start) => find("\n", start), after: (end) => end + 1 };
  }
  let feed = find("\n", 0);
  const endOf = (start: number) => {
    if (back < start) back = find("\r", start);
    if (feed < start) feed = find("\n", start);
    return Math.min(back, feed);
  };
  const after = (end: number) => end + (text.startsWith("\r\n", end) ? 2 : 1);
  return { endOf, after };
}

export function splitLines(text: string): IniLine[] {
  const lines: IniLine[] = [];
  const breaks = lineBreaks(text);
  for (let start = 0, next = 0; start < text.length; start = next) {
    const until = breaks.endOf(start);
    next = breaks.after(until);
    lines.push({ text: text.slice(start, until), end: text.slice(until, next) });
  }
  return lines;
}

/** Returns the offset of each line. */
export function findLineStarts(text: string, lineCount: number): Uint32Array {
  const starts = new Uint32Array(lineCount);
  const breaks = lineBreaks(text);
  for (let line = 0, start = 0; line < lineCount; line += 1) {
    starts[line] = start;
    start = breaks.after(breaks.endOf(start));
  }
  return starts;
}

/** Returns the line end that most lines have. */
export function usualNewline(text: string): string {
  if (!text.includes("\r")) return "\n";
  let [lf, crlf, cr] = [0, 0, 0];
  for (const { end } of splitLines(text)) {
    if (end === "\n") lf += 1;
    else if (end === "\r\n") crlf += 1;
    else if (end === "\r") cr += 1;
  }
  if (lf === 0 && crlf === 0 && cr > 0) return "\r";
  return crlf > lf ? "\r\n" : "\n";
}
