// Symbols and colors of results on a terminal. Functions that make text take a `Style`, so that they make the same
// text with and without color. Plain text has no symbols and no colors.

export type Paint = (text: string) => string;

export interface Style {
  /** `✓ text` in green. */
  readonly ok: Paint;
  /** `! text` in yellow. */
  readonly warn: Paint;
  /** `✗ text` in red. */
  readonly fail: Paint;
  /** Ids, and what matters less. */
  readonly dim: Paint;
  readonly heading: Paint;
  /** Yellow, without a symbol: what expires soon. */
  readonly warm: Paint;
  /** Red, without a symbol: names of production accounts. */
  readonly alert: Paint;
}

export const plainStyle: Style = {
  ok: unchanged,
  warn: unchanged,
  fail: unchanged,
  dim: unchanged,
  heading: unchanged,
  warm: unchanged,
  alert: unchanged,
};

/** Nested texts keep the outer color: each format ends with its own code. */
export const colorStyle: Style = {
  ok: (text) => paint("green", `✓ ${text}`),
  warn: (text) => paint("yellow", `! ${text}`),
  fail: (text) => paint("red", `✗ ${text}`),
  dim: (text) => paint("dim", text),
  heading: (text) => paint("bold", text),
  warm: (text) => paint("yellow", text),
  alert: (text) => paint("red", text),
};

/** `color`: false with --no-color. `isTerminal`: of the stream that gets the text. */
export function chooseStyle(
  env: Readonly<Record<string, string | undefined>>,
  { color, isTerminal }: { readonly color: boolean; readonly isTerminal: boolean },
): Style {
  const isColored = color && isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return isColored ? colorStyle : plainStyle;
}

/** Returns the notes of a command that succeeded: the first line says what was done. */
export function successNotes(lines: readonly string[]): (style: Style) => readonly string[] {
  return (style) => lines.map((line, at) => (at === 0 ? style.ok(line) : line));
}

const soonSeconds = 15 * 60;

/** Returns how an expiry time is painted: yellow in the last 15 minutes. */
export function expiryPaint(style: Style, expiresAt: Date, now: Date): Paint {
  const isSoon = expiresAt.getTime() - now.getTime() < soonSeconds * 1000;
  return isSoon ? style.warm : unchanged;
}

function paint(format: "green" | "yellow" | "red" | "dim" | "bold", text: string): string {
  // Not imported: a warm start paints nothing.
  const { styleText } = process.getBuiltinModule("node:util");
  // Without the option, newer versions of Node look at stdout and may leave the color out.
  return text === "" ? "" : styleText(format, text, { validateStream: false });
}

function unchanged(text: string): string {
  return text;
}
