// Writes and deletes the files of single sessions. Each is written completely or not at all, but not synced:
// after a power failure a session may be missing, which costs an AWS call or one MFA code.

import { randomBytes } from "node:crypto";
import {
  closeSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { AwstError } from "../../model/errors.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";
import { accessHint, createFile, createFolder, prepareFile } from "../file/owned-files.ts";
import { type DerivedKey, openSession, sessionFileName } from "./sealed-cipher.ts";
import { sealSession } from "./sealed-keys.ts";

/** AWS ends every session after 36 hours at most, so an older file is of no use, whatever the clock says. */
const maxAgeMs = 48 * 3600 * 1000;
const leftoverAgeMs = 3600 * 1000;
const sweepIntervalMs = 3600 * 1000;
const sweepMark = ".swept";

/** Errors: FILE_UNWRITABLE. */
export function writeSession(folder: string, item: string, value: string, key: DerivedKey): void {
  const path = `${folder}/${sessionFileName(key, item)}`;
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  try {
    createFolder(folder);
    try {
      const fd = createFile(temporary);
      try {
        writeFileSync(fd, sealSession(item, value, key));
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  } catch (cause) {
    const message = `cannot write ${path}: ${systemErrorText(cause)}`;
    throw new AwstError("FILE_UNWRITABLE", message, { cause });
  }
}

/** A missing file is not an error. Errors: FILE_UNWRITABLE. */
export function removeSession(folder: string, item: string, key: DerivedKey): void {
  const path = `${folder}/${sessionFileName(key, item)}`;
  try {
    rmSync(path, { force: true });
  } catch (cause) {
    const message = `cannot delete ${path}: ${systemErrorText(cause)}`;
    const hint = accessHint(path) ?? `make ${folder} writable, and try again`;
    throw new AwstError("FILE_UNWRITABLE", message, { hint, cause });
  }
}

/** Seals every session that the old key opens with the new key, unless it was done since the session was written.
 *  Returns the names of the old files. */
export async function copySessions(
  folder: string,
  from: DerivedKey,
  to: DerivedKey,
): Promise<readonly string[]> {
  const copied: string[] = [];
  for (const name of listSessions(folder)) {
    const path = `${folder}/${name}`;
    const found = await openSession(readFileSync(path), name, from);
    if (found === undefined) continue;
    const copy = statSync(`${folder}/${sessionFileName(to, found.item)}`, {
      throwIfNoEntry: false,
    });
    if (copy === undefined || copy.mtimeMs < statSync(path).mtimeMs) {
      writeSession(folder, found.item, found.value, to);
    }
    copied.push(name);
  }
  return copied;
}

export function removeSessionFiles(folder: string, names: readonly string[]): void {
  for (const name of names) rmSync(`${folder}/${name}`, { force: true });
}

/** Deletes what has ended, and what killed writers left behind, at most once an hour. The time is that of the file
 *  system, so a wrong clock of this machine deletes nothing. */
export function sweepSessions(folder: string): void {
  try {
    const mark = `${folder}/${sweepMark}`;
    const last = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const now = statSync(folder).mtimeMs;
    if (Math.abs(now - last) < sweepIntervalMs) return;
    prepareFile(mark);
    writeFileSync(mark, "", { mode: 0o600 });
    for (const name of readdirSync(folder)) {
      if (name !== sweepMark) removeIfOld(`${folder}/${name}`, now);
    }
  } catch {
    // A later write sweeps.
  }
}

function removeIfOld(path: string, now: number): void {
  const age = now - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
  if (age > (path.endsWith(".tmp") ? leftoverAgeMs : maxAgeMs)) rmSync(path, { force: true });
}

function listSessions(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name));
  } catch {
    return [];
  }
}
