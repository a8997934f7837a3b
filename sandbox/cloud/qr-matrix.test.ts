// The other way round, written from the standard: format bits, mask, codewords, syndromes, text.

import { expect, test } from "vitest";
import { maxTextLength, multiply, qrMatrix } from "./qr-matrix.ts";
import { qrPicture } from "./qr-picture.ts";

const blocks = new Map([
  [5, [1, 108, 26]],
  [6, [2, 68, 18]],
  [7, [2, 78, 20]],
  [8, [2, 97, 24]],
  [9, [2, 116, 30]],
]);
const middles = new Map([
  [5, [30]],
  [6, [34]],
  [7, [22, 38]],
  [8, [24, 42]],
  [9, [26, 46]],
]);

function isFunction(x: number, y: number, width: number, version: number): boolean {
  if (x === 6 || y === 6) return true;
  if (x < 9 && y < 9) return true;
  if ((x < 9 && y >= width - 8) || (y < 9 && x >= width - 8)) return true;
  if (version >= 7 && ((x < 6 && y >= width - 11) || (y < 6 && x >= width - 11))) return true;
  const centres = [6, ...(middles.get(version) ?? [])];
  const last = centres.at(-1);
  return centres.some((cx) =>
    centres.some((cy) => {
      if ((cx === 6 && (cy === 6 || cy === last)) || (cy === 6 && cx === last)) return false;
      return Math.abs(cx - x) <= 2 && Math.abs(cy - y) <= 2;
    }),
  );
}

function read(matrix: boolean[][]): { text: string; syndromes: number[] } {
  const width = matrix.length;
  const version = (width - 17) / 4;
  const bits: number[] = [];
  let isUpward = true;
  for (let right = width - 1; right > 0; right -= 2, isUpward = !isUpward) {
    if (right === 6) right--;
    for (let step = 0; step < width; step++) {
      const y = isUpward ? width - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (isFunction(x, y, width, version)) continue;
        bits.push(Number(matrix[y]![x]! !== ((x + y) % 2 === 0)));
      }
    }
  }
  const [count, data, correction] = blocks.get(version)! as [number, number, number];
  const codewords: number[] = [];
  for (let at = 0; at + 8 <= bits.length; at += 8) {
    codewords.push(Number.parseInt(bits.slice(at, at + 8).join(""), 2));
  }
  const parts = Array.from({ length: count }, (_, n) => [
    ...Array.from({ length: data }, (_, at) => codewords[at * count + n]!),
    ...Array.from({ length: correction }, (_, at) => codewords[(data + at) * count + n]!),
  ]);
  const syndromes = parts.flatMap((part) =>
    Array.from({ length: correction }, (_, root) => {
      let point = 1;
      for (let at = 0; at < root; at++) point = multiply(point, 2);
      return part.reduce((sum, codeword) => multiply(sum, point) ^ codeword, 0);
    }),
  );
  const stream = parts
    .flatMap((part) => part.slice(0, data))
    .map((codeword) => codeword.toString(2).padStart(8, "0"))
    .join("");
  expect(stream.slice(0, 4)).toBe("0100");
  const length = Number.parseInt(stream.slice(4, 12), 2);
  const bytes = Array.from({ length }, (_, at) =>
    Number.parseInt(stream.slice(12 + at * 8, 20 + at * 8), 2),
  );
  return { text: Buffer.from(bytes).toString(), syndromes };
}

test.each([90, 107, 120, 140, 180, 200, maxTextLength])(
  "%i characters can be read back",
  (length) => {
    const text = "otpauth://totp/me@x?secret=".padEnd(length, "ABCDEFG2345");
    const { text: back, syndromes } = read(qrMatrix(text));
    expect(back).toBe(text);
    expect(new Set(syndromes)).toEqual(new Set([0]));
  },
);

test("the format bits say level L and mask 0, twice", () => {
  const matrix = qrMatrix("x".repeat(100));
  const width = matrix.length;
  const besides = [0, 1, 2, 3, 4, 5, 7, 8].map((x) => matrix[8]![x]!);
  const above = [7, 5, 4, 3, 2, 1, 0].map((y) => matrix[y]![8]!);
  const first = [...besides, ...above].map(Number).join("");
  const below = Array.from({ length: 7 }, (_, at) => matrix[width - 1 - at]![8]!);
  const right = Array.from({ length: 8 }, (_, at) => matrix[8]![width - 8 + at]!);
  const second = [...below, ...right].map(Number).join("");
  expect([first, second]).toEqual(["111011111000100", "111011111000100"]);
});

test("the picture is a PNG, also of a label that is too long", () => {
  const picture = qrPicture(`otpauth://totp/${"a".repeat(300)}?secret=${"A".repeat(64)}`);
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  expect(picture.readUInt32BE(16)).toBe((17 + 4 * 9 + 8) * 4);
});
