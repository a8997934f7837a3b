// Writes a file completely or not at all: into a temporary file next to it, which is synced and renamed.
// Symbolic links are followed, except where another user may have put them there; mode and owner are preserved; a
// full disk or a kill leaves the old file unchanged.
// It is synchronous: the files are small, and nothing else of this process may run between two steps.

import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";
import { createFile, createFolder } from "./owned-files.ts";
import { syncFile } from "./state.ts";

export interface WholeFileOptions {
  /** The mode of a new file, by default 0600. An existing file keeps its mode. */
  readonly mode?: number | undefined;
  /** The caller has a lock on this file, so any temporary file is from a killed writer. */
  readonly alone?: boolean | undefined;
}

/** Creates a missing folder with mode 0700. Errors: FILE_UNWRITABLE, with the old file unchanged. */
export function writeWholeFile(
  path: string,
  bytes: Uint8Array | string,
  options: WholeFileOptions = {},
): void {
  let target = resolve(path);
  try {
    target = findTarget(path);
    const old = statSync(target, { throwIfNoEntry: false });
    if (old === undefined && target === resolve(path)) {
      createFolder(dirname(target));
    }
    if (old !== undefined) refuseUnlessReplaceable(path, target, old);
    removeLeftovers(target, options.alone === true);
    replace(path, target, typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes, {
      old,
      mode: options.mode ?? 0o600,
    });
  } catch (error) {
    if (isAwstError(error)) throw error;
    const isBroken = (error as NodeJS.ErrnoException).code === "ENOENT" && target !== resolve(path);
    const reason = isBroken
      ? `it links to ${target}, which does not exist`
      : systemErrorText(error);
    throw unwritable(path, reason, error);
  }
}

/** Returns the path after all symbolic links, whether the file exists or not. */
export function followLinks(path: string): string {
  return resolveLinks(path, () => {});
}

/**
 * Returns the path to write to, after all symbolic links. Errors: FILE_UNWRITABLE, where a link or the file is another
 * user's and may have been put there for this one.
 */
export function findTarget(path: string): string {
  return resolveLinks(path, (at, found) => {
    if (!mayBePlanted(found, statSync(dirname(at)))) return;
    throw unwritable(path, `${at} belongs to another user, in a folder that everyone can write`);
  });
}

function resolveLinks(path: string, check: (at: string, found: Stats) => void): string {
  let at = resolve(path);
  for (let hops = 0; hops < 40; hops += 1) {
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) return at;
    check(at, found);
    if (!found.isSymbolicLink()) return hops === 0 ? at : realpathSync(at);
    at = resolve(dirname(at), readlinkSync(at));
  }
  throw unwritable(path, "too many symbolic links");
}

/**
 * Returns whether another user may have made this file or link for awst to write to, as Linux judges it in /tmp
 * (fs.protected_symlinks, fs.protected_regular): everyone can write the folder, and neither this user nor the owner of
 * the folder made the file.
 */
export function mayBePlanted(
  file: Pick<Stats, "uid">,
  folder: Pick<Stats, "uid" | "mode">,
  user = process.geteuid?.(),
): boolean {
  if (user === undefined || (folder.mode & 0o002) === 0) return false;
  return file.uid !== user && file.uid !== folder.uid;
}

export function refuseUnlessReplaceable(path: string, target: string, old: Stats): void {
  if (!old.isFile()) throw unwritable(path, "not an ordinary file");
  // rename() would replace a file that its owner made read-only.
  accessSync(target, constants.W_OK);
}

function replace(
  path: string,
  target: string,
  bytes: Uint8Array,
  { old, mode }: { old: Stats | undefined; mode: number },
): void {
  const temporary = `${leftoverPrefix(target)}${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  const file = createFile(temporary);
  try {
    try {
      if (old !== undefined) keepOwner(path, file, old);
      setMode(file, old === undefined ? mode : old.mode & 0o7777);
      for (let done = 0; done < bytes.length; ) {
        const count = writeSync(file, bytes, done);
        if (count === 0) throw unwritable(path, "the disk accepts no more bytes");
        done += count;
      }
      syncFile(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

// Mounted disks of other systems refuse modes. That is no error where the file is no more open than wanted.
function setMode(file: number, mode: number): void {
  try {
    fchmodSync(file, mode);
  } catch (error) {
    if ((fstatSync(file).mode & 0o077 & ~mode) !== 0) throw error;
  }
}

function keepOwner(path: string, file: number, old: Stats): void {
  const made = fstatSync(file);
  if (process.platform === "win32" || (made.uid === old.uid && made.gid === old.gid)) return;
  try {
    fchownSync(file, old.uid, old.gid);
  } catch (error) {
    const groupMayRead = (old.mode & 0o070) !== 0;
    if (made.uid === old.uid && !groupMayRead) return;
    throw unwritable(path, "the file's owner can't be preserved", error);
  }
}

function leftoverPrefix(target: string): string {
  return join(dirname(target), `.${basename(target)}.awst-`);
}

const oneHourMs = 3600 * 1000;

function removeLeftovers(target: string, all: boolean): void {
  const prefix = basename(leftoverPrefix(target));
  for (const name of readdirSync(dirname(target))) {
    if (!name.startsWith(prefix) || !name.endsWith(".tmp")) continue;
    const left = join(dirname(target), name);
    const found = lstatSync(left, { throwIfNoEntry: false });
    const old = found !== undefined && Date.now() - found.mtimeMs > oneHourMs;
    if (all || old) rmSync(left, { force: true });
  }
}

function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, "r");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // Windows and some network file systems can't sync a folder. The rename is done.
  }
}

function unwritable(path: string, reason: string, cause?: unknown): AwstError {
  return new AwstError("FILE_UNWRITABLE", `cannot write ${path}: ${reason}`, { cause });
}
