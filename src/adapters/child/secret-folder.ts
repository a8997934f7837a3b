// Makes a folder for files that another program must read and that have a secret in them. Each new one deletes those
// that killed runs left behind. A folder whose run still needs it has a lock, which the kernel releases when
// the run ends, however it ends.

import { closeSync, lstatSync, mkdtempSync, openSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { tryLockFile } from "#native";

export interface SecretFolder {
  readonly path: string;
  /** Deletes the folder. The second call does nothing. */
  remove(): void;
}

const lockName = "in-use";

/** Creates a folder of mode 0700 that stays after this process: the next run deletes it when it is `lifetimeMs` old. */
export function makeSecretFolder(parent: string, prefix: string, lifetimeMs: number): string {
  const path = mkdtempSync(join(parent, prefix));
  sweep(path, prefix, lifetimeMs);
  return path;
}

/** Creates a folder of mode 0700 for the time that this process lives. */
export function makeOwnSecretFolder(parent: string, prefix: string): SecretFolder {
  const path = mkdtempSync(join(parent, prefix));
  const fd = openSync(join(path, lockName), "wx", 0o600);
  tryLock(fd);
  // Another run may be between the two lines above.
  sweep(path, prefix, 10_000);
  let isRemoved = false;
  return {
    path,
    remove: () => {
      if (isRemoved) return;
      isRemoved = true;
      rmSync(path, { recursive: true, force: true });
      closeSync(fd);
    },
  };
}

/** Ages are compared by the time of the file system, whatever this machine's clock says. */
function sweep(own: string, prefix: string, lifetimeMs: number): void {
  const parent = dirname(own);
  try {
    const { mtimeMs: now, uid } = lstatSync(own);
    for (const name of readdirSync(parent)) {
      const path = join(parent, name);
      if (!name.startsWith(prefix) || name === basename(own)) continue;
      const found = lstatSync(path);
      const isOwn = found.isDirectory() && found.uid === uid;
      if (isOwn && now - found.mtimeMs > lifetimeMs && !isInUse(path)) {
        rmSync(path, { recursive: true, force: true });
      }
    }
  } catch {
    // Another run deletes the same folders, or the next one does.
  }
}

function isInUse(folder: string): boolean {
  let fd: number;
  try {
    fd = openSync(join(folder, lockName), "r+");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
  try {
    return !tryLock(fd);
  } finally {
    closeSync(fd);
  }
}

/** Where a file system has no locks, a folder counts as in use. */
function tryLock(fd: number): boolean {
  try {
    return tryLockFile(fd);
  } catch {
    return false;
  }
}
