// Draws a QR code with characters of a terminal, two modules in each. Colors make it dark on light on every
// terminal; without colors `dark` decides which modules are drawn.

import type { QrModules } from "../../model/mfa/otpauth-uri.ts";

export interface QrCanvas {
  readonly columns: number;
  /** undefined: no limit. */
  readonly rows?: number | undefined;
  /** Whether the terminal's own background is dark. */
  readonly dark: boolean;
  /** Default: true. */
  readonly color?: boolean | undefined;
}

/** `reason`: why there is no drawing; a text that follows "No QR code: ". */
export type QrDrawing = { readonly lines: readonly string[] } | { readonly reason: string };

// The standard asks for four light modules around; readers accept two.
const margins = [4, 3, 2];
const blackOnWhite = "\x1b[38;5;16;48;5;231m";
const whiteOnBlack = "\x1b[38;5;231;48;5;16m";

export function drawModules(modules: QrModules, canvas: QrCanvas): QrDrawing {
  const columns = modules.length + 2 * Math.min(...margins);
  const rows = Math.ceil(columns / 2);
  const margin = margins.find((each) => fits(modules.length + 2 * each, canvas));
  if (margin !== undefined) return { lines: drawLines(modules, margin, canvas) };
  const isNarrow = canvas.columns < columns;
  return {
    reason: isNarrow
      ? `it needs ${columns} columns, this terminal has ${canvas.columns}`
      : `it needs ${rows} lines, this terminal has ${canvas.rows}`,
  };
}

function fits(size: number, { columns, rows }: QrCanvas): boolean {
  return size <= columns && Math.ceil(size / 2) <= (rows ?? Number.POSITIVE_INFINITY);
}

function drawLines(modules: QrModules, margin: number, canvas: QrCanvas): readonly string[] {
  const size = modules.length + 2 * margin;
  // Characters paint light modules on a dark background, and dark ones on a light background.
  const isInk = (x: number, y: number) =>
    (modules[y - margin]?.[x - margin] ?? false) !== canvas.dark;
  const [open, close] =
    canvas.color === false ? ["", ""] : [canvas.dark ? whiteOnBlack : blackOnWhite, "\x1b[0m"];
  return Array.from({ length: Math.ceil(size / 2) }, (_, line) => {
    const cells = Array.from({ length: size }, (_, x) =>
      cell(isInk(x, 2 * line), isInk(x, 2 * line + 1)),
    );
    return `${open}${cells.join("")}${close}`;
  });
}

function cell(top: boolean, bottom: boolean): string {
  if (top) return bottom ? "█" : "▀";
  return bottom ? "▄" : " ";
}
