// Deletes lock files of role sessions that no process used for a day: a session with flags of its own has a lock of its own,
// and its flags may never be used again. A file is deleted only under its own lock, and a process that acquired a lock checks
// that its file is still in the folder. So no two processes have the same lock, at whatever time a file is deleted.

import { closeSync, fstatSync, openSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { tryLockFile } from "#native";

const dayMs = 24 * 3600 * 1000;

/** A file that can't be deleted stays. `tryLock`: for tests. */
export function removeUnusedLocks(
  dir: string,
  now: number = Date.now(),
  tryLock = tryLockFile,
): void {
  for (const name of roleLocksIn(dir)) {
    try {
      removeIfUnused(`${dir}/${name}`, now - dayMs, tryLock);
    } catch {
      // Another process deleted it, or owns it on Windows.
    }
  }
}

function roleLocksIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).filter((name) => name.startsWith("role-"));
  } catch {
    return [];
  }
}

function removeIfUnused(path: string, before: number, tryLock: typeof tryLockFile): void {
  // Each owner writes into the file.
  if (statSync(path).mtimeMs > before) return;
  const fd = openSync(path, "r+");
  try {
    if (tryLock(fd) && isStillAt(fd, path)) unlinkSync(path);
  } finally {
    closeSync(fd);
  }
}

/** Whether other processes still open this file under its path. */
export function isStillAt(fd: number, path: string): boolean {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found !== undefined && found.ino === fstatSync(fd, { bigint: true }).ino;
}
