// The files of the sealed store: `keychain.sealed` has the long-term items, and each session has a file of its own
// in `keychain.sessions`, so that a session costs the same beside three others and beside three thousand. This is
// the half that reads; `sealed-items.ts` writes. See docs/decisions/sealed-store.md.

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { AwstError } from "../../model/errors.ts";
import {
  maxSealedBytes,
  newerFile,
  parseSealedText,
  type SealedText,
  tooLarge,
} from "../../model/keychain/sealed-file.ts";
import { accessHint, foreignOwnerHint } from "../file/owned-files.ts";
import { type DerivedKey, openSession, sessionFileName } from "./sealed-cipher.ts";

export interface SealedPaths {
  /** The file of the long-term items. */
  readonly main: string;
  /** The folder of the sessions' files. */
  readonly sessions: string;
  readonly keyFile: string;
}

const maxSessionBytes = 1024 * 1024;

/** Returns undefined where there is no file. Errors: KEYCHAIN_DAMAGED, KEYCHAIN_REFUSED. */
export function readSealed(path: string): SealedText | undefined {
  let bytes: Buffer | "too large" | undefined;
  try {
    bytes = readBounded(path, maxSealedBytes);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    const message = `cannot read the sealed keychain ${path}: ${reason}`;
    const hint = foreignOwnerHint(path, dirname(path)) ?? accessHint(path);
    throw new AwstError("KEYCHAIN_REFUSED", message, { hint, cause });
  }
  if (bytes === undefined) return undefined;
  const file = bytes === "too large" ? tooLarge : parseSealedText(bytes.toString("utf8"));
  if (typeof file === "string") throw damaged(path, file);
  return file;
}

/** Returns what is stored under the item's name; `changed` when another program changed or swapped its file. */
export async function readSession(
  folder: string,
  item: string,
  key: DerivedKey,
): Promise<{ readonly value: string } | "changed" | undefined> {
  const name = sessionFileName(key, item);
  let file: Buffer | "too large" | undefined;
  try {
    file = readBounded(`${folder}/${name}`, maxSessionBytes);
  } catch {
    return "changed";
  }
  if (file === undefined) return undefined;
  return file === "too large" ? "changed" : ((await openSession(file, name, key)) ?? "changed");
}

export function damaged(path: string, what: string): AwstError {
  const isNewer = what === newerFile;
  return new AwstError("KEYCHAIN_DAMAGED", `the sealed keychain ${path} ${what}`, {
    hint: isNewer
      ? "update awst; the file is intact and was not changed"
      : "restore a good copy, or move the file away and type: awst key add",
  });
}

/** Returns undefined where there is no file. A pipe or a device is never waited for. */
function readBounded(path: string, maxBytes: number): Buffer | "too large" | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw new Error("it is not an ordinary file");
    return found.size > maxBytes ? "too large" : readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
