// Stores a value above the system's item limit in parts: a head under the item's name, with the number of parts,
// checksum and generation, and the parts under other names. A new value uses the other generation, so the old
// value stays complete until the head is replaced. A value with a missing or wrong part reads as absent.

import { sha256 } from "#hashing";

export type Generation = "a" | "b";

export interface PartsHead {
  readonly generation: Generation;
  readonly count: number;
  readonly checksum: string;
}

export const maxParts = 64;
const marker = "awst-parts/1";
const partMarker = "awst-part/1";
const partOverhead = 40;

export function partName(item: string, generation: Generation, number: number): string {
  return `part/${generation}${number}/${item}`;
}

/** Returns whether a text fits into one item. Its size is its UTF-8 bytes or UTF-16 units, whichever is more. */
export function isWithinLimit(text: string, limit: number): boolean {
  return !text.startsWith(marker) && Math.max(text.length, Buffer.byteLength(text)) <= limit;
}

/** Returns what to store; undefined when the text needs too many parts. `limit`: characters of an item. */
export function splitIntoParts(
  text: string,
  limit: number,
  generation: Generation,
): { readonly head: string; readonly parts: readonly string[] } | undefined {
  const plain = Buffer.from(text, "utf8").toString("base64url");
  const size = limit - partOverhead;
  const count = Math.ceil(plain.length / size);
  if (count > maxParts) return undefined;
  const checksum = checksumOf(text);
  const parts = Array.from({ length: count }, (_, number) => {
    const piece = plain.slice(number * size, (number + 1) * size);
    return `${partMarker} ${number} ${checksum} ${piece}`;
  });
  return { head: `${marker} ${generation} ${count} ${checksum}`, parts };
}

/** Returns undefined for a text that is a value and not a head; `damaged` for a head that can't be parsed. */
export function parsePartsHead(text: string): PartsHead | "damaged" | undefined {
  if (!text.startsWith(marker)) return undefined;
  const match = /^awst-parts\/1 ([ab]) ([1-9][0-9]?) ([0-9a-f]{16})$/.exec(text);
  const [, generation, count, checksum = ""] = match ?? [];
  if ((generation !== "a" && generation !== "b") || Number(count) > maxParts) return "damaged";
  return { generation, count: Number(count), checksum };
}

/** Returns undefined when a part is missing, in the wrong place, or of another value. */
export function joinParts(
  head: PartsHead,
  parts: readonly (string | undefined)[],
): string | undefined {
  const pieces: string[] = [];
  for (let number = 0; number < head.count; number++) {
    const start = `${partMarker} ${number} ${head.checksum} `;
    const part = parts[number];
    if (!part?.startsWith(start)) return undefined;
    pieces.push(part.slice(start.length));
  }
  const text = Buffer.from(pieces.join(""), "base64url").toString("utf8");
  return checksumOf(text) === head.checksum ? text : undefined;
}

function checksumOf(text: string): string {
  return sha256(text).slice(0, 16);
}
