// How results look on a terminal: symbols and colors. Whoever prints them takes a `Style`, so that the same
// text can be made with and without them. Plain text holds no symbol and no color.

import { styleText } from "node:util";

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
}

export const plainStyle: Style = {
  ok: unchanged,
  warn: unchanged,
  fail: unchanged,
  dim: unchanged,
  heading: unchanged,
  warm: unchanged,
};

/** Nested texts keep the outer color: each format ends with its own code. */
export const colorStyle: Style = {
  ok: (text) => paint("green", `✓ ${text}`),
  warn: (text) => paint("yellow", `! ${text}`),
  fail: (text) => paint("red", `✗ ${text}`),
  dim: (text) => paint("dim", text),
  heading: (text) => paint("bold", text),
  warm: (text) => paint("yellow", text),
};

/** `color`: false with --no-color. Colors are for a terminal that has them, and for people who want them. */
export function chooseStyle(
  env: Readonly<Record<string, string | undefined>>,
  { color, isTerminal }: { readonly color: boolean; readonly isTerminal: boolean },
): Style {
  const isColored = color && isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return isColored ? colorStyle : plainStyle;
}

const soonSeconds = 15 * 60;

/** Returns how a time is painted at which something expires: warm in its last quarter of an hour. */
export function expiryPaint(style: Style, expiresAt: Date, now: Date): Paint {
  const isSoon = expiresAt.getTime() - now.getTime() < soonSeconds * 1000;
  return isSoon ? style.warm : unchanged;
}

function paint(format: Parameters<typeof styleText>[0], text: string): string {
  // Without the option, newer versions of Node look at stdout and may leave the color out.
  return text === "" ? "" : styleText(format, text, { validateStream: false });
}

function unchanged(text: string): string {
  return text;
}
