// The text of the sealed file: a JSON header (authenticated with the content), the encrypted content in base64, and
// a checksum of both, which separates damage from a wrong passphrase. Every parameter is checked before use, since
// a file that another program wrote must not cost much memory or time. Version 1 also had the sessions in it.

import { sha256 } from "#hashing";

/** What a reader accepts: four times what a writer makes, so that no written file is ever refused. */
export const maxSealedBytes = 32 * 1024 * 1024;
const writtenBytes = 8 * 1024 * 1024;
const reservedBytes = 1024 * 1024;

export interface SealedHeader {
  readonly version: 1 | 2;
  /** How often the file was written; 0 in version 1. An older copy has a smaller number. */
  readonly writes: number;
  /** The source of the key: a passphrase with scrypt, or the key file. */
  readonly keyFrom: "passphrase" | "file";
  readonly scrypt: ScryptCost;
  readonly salt: Buffer;
  /** Shows whether a key is the right one. */
  readonly verifier: Buffer;
  readonly nonce: Buffer;
}

export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

export interface SealedText {
  readonly header: SealedHeader;
  /** The exact text of the header: the cipher's additional data. */
  readonly headerLine: string;
  /** The ciphertext, followed by the tag of 16 bytes. */
  readonly content: Buffer;
  /** The length of the whole text. */
  readonly size: number;
}

/** OWASP's recommended cost (32 MiB, three passes), which fifty processes can pay at the same time. */
export const newScryptCost: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };
export const saltBytes = 16;
export const verifierBytes = 16;
export const nonceBytes = 12;
export const tagBytes = 16;

export function writeHeaderLine(header: Omit<SealedHeader, "version">): string {
  return JSON.stringify({
    format: "awst-keychain",
    version: 2,
    writes: header.writes,
    keyFrom: header.keyFrom,
    ...header.scrypt,
    salt: header.salt.toString("base64"),
    verifier: header.verifier.toString("base64"),
    nonce: header.nonce.toString("base64"),
  });
}

export function writeSealedText(headerLine: string, content: Buffer): string {
  const sealed = `${headerLine}\n${content.toString("base64")}\n`;
  return `${sealed}${sha256(sealed)}\n`;
}

/** Returns whether a writer may make a file of this size. What gets smaller always may; access keys and their
 *  rotation may use a reserve, so that a full store never stops them. */
export function mayGrowTo(bytes: number, before: number, isAccessKey: boolean): boolean {
  return bytes <= before || bytes <= writtenBytes - (isAccessKey ? 0 : reservedBytes);
}

/** What is wrong with a file of a version that this program does not know. */
export const newerFile = "was written by a newer awst";
export const tooLarge = "is too large to be a sealed keychain";

/** Returns the file's parts, or what is wrong with the file, as the end of a sentence. */
export function parseSealedText(text: string): SealedText | string {
  if (text.length > maxSealedBytes) return tooLarge;
  const [headerLine = "", body = "", checksum = "", ...rest] = text.split("\n");
  const value = parseJson(headerLine);
  if (value?.["format"] !== "awst-keychain") return "is not a sealed keychain";
  if (value["version"] !== 1 && value["version"] !== 2) return newerFile;
  if (rest.length !== 1 || rest[0] !== "") return "is cut short";
  if (sha256(`${headerLine}\n${body}\n`) !== checksum) return "is damaged";
  const header = decodeHeader(value);
  if (header === undefined) return "has parameters outside the allowed range";
  const content = Buffer.from(body, "base64");
  if (content.length < tagBytes) return "is cut short";
  return { header, headerLine, content, size: text.length };
}

function decodeHeader(value: Record<string, unknown>): SealedHeader | undefined {
  const { keyFrom } = value;
  if (keyFrom !== "passphrase" && keyFrom !== "file") return undefined;
  const version = value["version"] === 1 ? 1 : 2;
  const writes = version === 1 ? 0 : value["writes"];
  if (!isWithin(writes, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  const scrypt = decodeCost(value);
  const salt = bytes(value["salt"], 16, 64);
  const verifier = bytes(value["verifier"], verifierBytes, verifierBytes);
  const nonce = bytes(value["nonce"], nonceBytes, nonceBytes);
  if (!scrypt || !salt || !verifier || !nonce) return undefined;
  return { version, writes, keyFrom, scrypt, salt, verifier, nonce };
}

// At most 128 MiB and about one second, and never so cheap that passphrases can be guessed.
function decodeCost({ N, r, p }: Record<string, unknown>): ScryptCost | undefined {
  if (!isWithin(N, 2 ** 14, 2 ** 17) || !Number.isInteger(Math.log2(N))) return undefined;
  if (!isWithin(r, 8, 8) || !isWithin(p, 1, 4)) return undefined;
  return { N, r, p };
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function bytes(value: unknown, least: number, most: number): Buffer | undefined {
  if (typeof value !== "string" || value.length > most * 2) return undefined;
  const decoded = Buffer.from(value, "base64");
  const isCanonical = decoded.toString("base64") === value;
  return isCanonical && decoded.length >= least && decoded.length <= most ? decoded : undefined;
}

function parseJson(text: string): Record<string, unknown> | undefined {
  if (text.length > 2000) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
