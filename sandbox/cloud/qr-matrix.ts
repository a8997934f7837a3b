// A QR code of bytes (ISO/IEC 18004): error correction L, versions 1 to 9, mask 0. Enough for what
// CreateVirtualMFADevice has to draw, and small enough to read.

interface Size {
  readonly version: number;
  readonly data: number;
  readonly correction: number;
  readonly blocks: number;
  readonly alignment: readonly number[];
}

/** data and correction: codewords of one block. */
const sizes: readonly Size[] = [
  { version: 1, data: 19, correction: 7, blocks: 1, alignment: [] },
  { version: 2, data: 34, correction: 10, blocks: 1, alignment: [6, 18] },
  { version: 3, data: 55, correction: 15, blocks: 1, alignment: [6, 22] },
  { version: 4, data: 80, correction: 20, blocks: 1, alignment: [6, 26] },
  { version: 5, data: 108, correction: 26, blocks: 1, alignment: [6, 30] },
  { version: 6, data: 68, correction: 18, blocks: 2, alignment: [6, 34] },
  { version: 7, data: 78, correction: 20, blocks: 2, alignment: [6, 22, 38] },
  { version: 8, data: 97, correction: 24, blocks: 2, alignment: [6, 24, 42] },
  { version: 9, data: 116, correction: 30, blocks: 2, alignment: [6, 26, 46] },
];

export const maxTextLength = 230;

type Cell = boolean | undefined;

/** Rows of modules, true is dark. Throws a RangeError above 230 bytes. */
export function qrMatrix(text: string): boolean[][] {
  const bytes = Buffer.from(text);
  const size = sizes.find(({ data, blocks }) => bytes.length + 2 <= data * blocks);
  if (!size) throw new RangeError(`${bytes.length} bytes: more than ${maxTextLength}`);
  const width = 17 + 4 * size.version;
  const cells: Cell[][] = Array.from({ length: width }, () => Array<Cell>(width).fill(undefined));
  drawPatterns(cells, size);
  drawData(cells, codewords(bytes, size));
  return cells.map((row) => row.map(Boolean));
}

function drawPatterns(cells: Cell[][], { version, alignment }: Size): void {
  const width = cells.length;
  const set = (x: number, y: number, dark: boolean): void => {
    const row = cells[y];
    if (row && x >= 0 && x < width) row[x] = dark;
  };
  const ring = (x: number, y: number, reach: number, light: readonly number[]): void => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  };
  for (const x of alignment) {
    for (const y of alignment) {
      const isCorner =
        (x === 6 && y === 6) || (x === 6 && y > width - 9) || (y === 6 && x > width - 9);
      if (!isCorner) ring(x, y, 2, [1]);
    }
  }
  for (let at = 8; at < width - 8; at++) {
    set(at, 6, at % 2 === 0);
    set(6, at, at % 2 === 0);
  }
  for (const [x, y] of [
    [3, 3],
    [width - 4, 3],
    [3, width - 4],
  ] as const)
    ring(x, y, 4, [2, 4]);
  // Level L and mask 0, with their checking bits.
  const format = 0x77c4;
  for (let bit = 0; bit < 15; bit++) {
    const dark = ((format >> bit) & 1) === 1;
    set(8, bit < 6 ? bit : bit < 8 ? bit + 1 : width - 15 + bit, dark);
    set(bit < 8 ? width - 1 - bit : bit === 8 ? 7 : 14 - bit, 8, dark);
  }
  set(8, width - 8, true);
  if (version < 7) return;
  let rest = version;
  for (let at = 0; at < 12; at++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let bit = 0; bit < 18; bit++) {
    const [far, near] = [width - 11 + (bit % 3), Math.floor(bit / 3)];
    set(far, near, ((bits >> bit) & 1) === 1);
    set(near, far, ((bits >> bit) & 1) === 1);
  }
}

/** Two columns at a time, from the right, up and down in turn; the mask turns every other module. */
function drawData(cells: Cell[][], codewords: Uint8Array): void {
  const width = cells.length;
  let bit = 0;
  for (let right = width - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < width; step++) {
      const isUpward = ((right + 1) & 2) === 0;
      const y = isUpward ? width - 1 - step : step;
      for (const x of [right, right - 1]) {
        const row = cells[y];
        if (!row || row[x] !== undefined) continue;
        const isSet = (((codewords[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        row[x] = isSet !== ((x + y) % 2 === 0);
        bit++;
      }
    }
  }
}

function codewords(bytes: Buffer, { data, correction, blocks }: Size): Uint8Array {
  const all = Buffer.alloc(data * blocks);
  // Four bits say "bytes", eight how many: everything after stands half a byte off.
  all[0] = 0x40 | (bytes.length >> 4);
  for (let at = 0; at <= bytes.length; at++) {
    const high = at === 0 ? bytes.length & 15 : (bytes[at - 1] ?? 0) & 15;
    all[at + 1] = (high << 4) | ((bytes[at] ?? 0) >> 4);
  }
  for (let at = bytes.length + 2; at < all.length; at++) {
    all[at] = (at - bytes.length) % 2 === 0 ? 0xec : 0x11;
  }
  const parts = Array.from({ length: blocks }, (_, n) => all.subarray(n * data, (n + 1) * data));
  const checks = parts.map((part) => remainder(part, correction));
  return Uint8Array.from([...interleave(parts, data), ...interleave(checks, correction)]);
}

function interleave(parts: readonly Uint8Array[], length: number): number[] {
  return Array.from({ length }, (_, at) => parts.map((part) => part[at] ?? 0)).flat();
}

/** Reed-Solomon check codewords over GF(256). */
function remainder(data: Uint8Array, degree: number): Uint8Array {
  let divisor = [1];
  for (let root = 0, power = 1; root < degree; root++, power = multiply(power, 2)) {
    divisor = [...divisor, 0].map(
      (codeword, at) => codeword ^ multiply(at > 0 ? (divisor[at - 1] ?? 0) : 0, power),
    );
  }
  const rest = new Uint8Array(degree);
  for (const codeword of data) {
    const factor = codeword ^ (rest[0] ?? 0);
    rest.copyWithin(0, 1);
    rest[degree - 1] = 0;
    for (let at = 0; at < degree; at++) {
      rest[at] = (rest[at] ?? 0) ^ multiply(divisor[at + 1] ?? 0, factor);
    }
  }
  return rest;
}

export function multiply(a: number, b: number): number {
  let value = 0;
  for (let bit = 7; bit >= 0; bit--) {
    value = (value << 1) ^ ((value >> 7) * 0x11d);
    value ^= ((b >> bit) & 1) * a;
  }
  return value;
}
