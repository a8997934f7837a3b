// A QR code as a PNG: one bit a module's pixel, four pixels a module, a quiet edge of four modules.

import { crc32, deflateSync } from "node:zlib";
import { maxTextLength, qrMatrix } from "./qr-matrix.ts";

const scale = 4;
const edge = 4;

/** A text that is too long is cut from its front, after its scheme: the label goes first. */
export function qrPicture(text: string): Buffer {
  const matrix = qrMatrix(fitted(text));
  const width = (matrix.length + 2 * edge) * scale;
  const rowBytes = Math.ceil(width / 8);
  const rows = Buffer.alloc((rowBytes + 1) * width, 0xff);
  for (let y = 0; y < width; y++) {
    const start = y * (rowBytes + 1);
    rows[start] = 0;
    for (let x = 0; x < width; x++) {
      const isDark = matrix[Math.floor(y / scale) - edge]?.[Math.floor(x / scale) - edge] ?? false;
      if (isDark)
        rows[start + 1 + (x >> 3)] = (rows[start + 1 + (x >> 3)] ?? 0) & ~(0x80 >> (x & 7));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(width, 4);
  header[8] = 1;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...parts]);
}

function fitted(text: string): string {
  const excess = Buffer.byteLength(text) - maxTextLength;
  if (excess <= 0) return text;
  const start = "otpauth://totp/".length;
  return text.slice(0, start) + text.slice(start + excess);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
