// Photographs a terminal: paints lines with the colors of their escape sequences, and reads the QR code in the picture.

import jsqr from "jsqr";
import { PNG } from "pngjs";

/** Paints the lines as a terminal of that background does, and lets the reader read the picture. */
export function readScreen(lines: readonly string[], dark: boolean): string | undefined {
  const rows = lines.flatMap((line) => {
    let [ink, paper] = dark ? [true, false] : [false, true];
    const cells: (readonly [top: boolean, bottom: boolean])[] = [];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
    for (const [, colors, sign = ""] of line.matchAll(/\x1b\[([0-9;]*)m|([█▀▄ ])/gu)) {
      if (colors === "38;5;16;48;5;231") [ink, paper] = [false, true];
      else if (colors === "38;5;231;48;5;16") [ink, paper] = [true, false];
      else if (colors === undefined) {
        cells.push(["█▀".includes(sign) ? ink : paper, "█▄".includes(sign) ? ink : paper]);
      }
    }
    return [cells.map(([top]) => !top), cells.map(([, bottom]) => !bottom)];
  });
  const { data, width, height } = PNG.sync.read(picture(rows, undefined, dark));
  return jsqr.default(new Uint8ClampedArray(data), width, height, {
    inversionAttempts: "dontInvert",
  })?.data;
}

/** Six pixels a module, on the terminal's background. */
export function picture(
  modules: readonly (readonly boolean[])[],
  colors: { readonly dark: readonly number[]; readonly light: readonly number[] } = {
    dark: [0, 0, 0, 255],
    light: [255, 255, 255, 255],
  },
  isAroundDark = false,
): Buffer {
  const [scale, around] = [6, 5];
  const width = (modules[0]?.length ?? 0) + 2 * around;
  const height = modules.length + 2 * around;
  const png = new PNG({ width: width * scale, height: height * scale });
  for (let y = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++) {
      const row = modules[Math.floor(y / scale) - around];
      const isDark = row?.[Math.floor(x / scale) - around] ?? isAroundDark;
      png.data.set(isDark ? colors.dark : colors.light, (y * png.width + x) * 4);
    }
  }
  return PNG.sync.write(png);
}
