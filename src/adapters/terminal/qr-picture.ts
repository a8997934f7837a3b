// Reads the QR code in a PNG file, such as a screenshot. The size is checked before the picture is unpacked.

import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import jsqr from "jsqr";
import { PNG } from "pngjs";
import { AwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";

const maxBytes = 32 * 1024 * 1024;
const maxPixels = 40_000_000;
const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** Returns undefined where the picture has no readable code. Errors: FILE_UNREADABLE, FILE_MALFORMED. */
export function readPicture(path: string): Secret | undefined {
  const bytes = readBytes(path);
  if (!bytes.subarray(0, 8).equals(signature) || bytes.length < 24) {
    throw new AwstError("FILE_MALFORMED", `${path} is not a PNG picture`, {
      hint: "take a screenshot of the QR code and save it as PNG",
    });
  }
  if (bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > maxPixels) {
    throw new AwstError("FILE_MALFORMED", `${path} has more than 40 million pixels`, {
      hint: "cut the picture to the QR code",
    });
  }
  const { data, width, height } = unpack(path, bytes);
  whiten(data);
  const found = find(data, width, height) ?? find(invert(data), width, height);
  return found === undefined ? undefined : new Secret(found);
}

function find(pixels: Uint8Array, width: number, height: number): string | undefined {
  const clamped = new Uint8ClampedArray(pixels);
  const found = jsqr.default(clamped, width, height, { inversionAttempts: "dontInvert" });
  return found?.data || undefined;
}

/** Inverts a light code on a dark background. The reader's own attempt misses some of those. */
function invert(pixels: Uint8Array): Uint8Array {
  return pixels.map((value, at) => (at % 4 === 3 ? value : 255 - value));
}

function unpack(path: string, bytes: Buffer): PNG {
  try {
    return PNG.sync.read(bytes);
  } catch (cause) {
    throw new AwstError("FILE_MALFORMED", `${path} is a damaged PNG picture`, { cause });
  }
}

/** Draws transparent pixels on white. */
function whiten(pixels: Uint8Array): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = (pixels[at + 3] ?? 255) / 255;
    for (const channel of [at, at + 1, at + 2]) {
      pixels[channel] = Math.round((pixels[channel] ?? 0) * alpha + 255 * (1 - alpha));
    }
  }
}

function readBytes(path: string): Buffer {
  try {
    const file = openSync(path, "r");
    try {
      const at = fstatSync(file);
      if (!at.isFile()) throw new AwstError("FILE_UNREADABLE", `${path} is not a file`);
      if (at.size > maxBytes) {
        throw new AwstError("FILE_UNREADABLE", `${path} is larger than 32 MiB`);
      }
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof AwstError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "does not exist" : `can't be read (${code})`;
    throw new AwstError("FILE_UNREADABLE", `${path} ${why}`, { cause });
  }
}
