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
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, parse, resolve, sep } from "node:path";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { absolutePath } from "../../model/text/file-name.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";
import { createFile, createFolder } from "./owned-files.ts";
import { syncFile } from "./state.ts";

const isWindows = process.platform === "win32";

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
  let target = path;
  let isLinked = false;
  try {
    ({ target, isLinked } = resolveLinks(path, refuseIfPlanted(path)));
    const old = statSync(target, { throwIfNoEntry: false });
    if (old === undefined && !isLinked) createFolder(dirname(target));
    if (old !== undefined) refuseUnlessReplaceable(path, target, old);
    removeLeftovers(target, options.alone === true);
    replace(path, target, typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes, {
      old,
      mode: options.mode ?? 0o600,
    });
  } catch (error) {
    if (isAwstError(error)) throw error;
    const isBroken = (error as NodeJS.ErrnoException).code === "ENOENT" && isLinked;
    const reason = isBroken
      ? `it links to ${target}, which does not exist`
      : systemErrorText(error);
    throw unwritable(path, reason, error);
  }
}

/** Returns the path after all symbolic links, whether the file exists or not. */
export function followLinks(path: string): string {
  return resolveLinks(path, () => {}).target;
}

/**
 * Returns the path to write to, after all symbolic links. Errors: FILE_UNWRITABLE, where a link or the file is another
 * user's and may have been put there for this one.
 */
export function findTarget(path: string): string {
  return resolveLinks(path, refuseIfPlanted(path)).target;
}

type CheckFound = (at: string, found: Stats) => void;

function refuseIfPlanted(path: string): CheckFound {
  return (at, found) => {
    if (!mayBePlanted(found, statSync(dirname(at)))) return;
    const why = `${at} belongs to another user, in a folder that everyone can write`;
    throw new AwstError("FILE_UNWRITABLE", `cannot write ${path}: ${why}`, {
      hint: "use a file in a folder of your own",
    });
  };
}

interface ResolvedPath {
  /** Without links, up to the first name that does not exist. */
  readonly target: string;
  /** Whether the first name that does not exist comes from a link. */
  readonly isLinked: boolean;
}

/**
 * Resolves a path name by name, as the kernel does when the file is read: `..` means the folder above the one that was
 * reached, not the text without its last name. `check` gets each link on the way, a folder's too, and the file.
 */
function resolveLinks(path: string, check: CheckFound): ResolvedPath {
  const names = namesOf(absolutePath(path, resolve));
  let at = parse(resolve(path)).root;
  /** How many of the names to go come from a link. */
  let linked = 0;
  let hops = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const isLinked = linked > 0;
    if (isLinked) linked -= 1;
    if (name === "..") {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const found = findEntry(next);
    // Names after this one are not joined: ".." does not lead back from what does not exist.
    if (found === undefined) return { target: [next, ...names].join(sep), isLinked };
    const isLink = found.isSymbolicLink();
    if (isLink || names.length === 0) check(next, found);
    if (!isLink) {
      at = next;
      continue;
    }
    hops += 1;
    if (hops > 40) throw unwritable(path, "too many symbolic links");
    const target = readlinkSync(next);
    if (isAbsolute(target)) at = parse(target).root;
    const more = namesOf(target);
    names.unshift(...more);
    linked += more.length;
  }
  return { target: at, isLinked: false };
}

/** The names of a path below its root. */
function namesOf(path: string): string[] {
  const below = path.slice(parse(path).root.length);
  return below.split(isWindows ? /[\\/]/ : sep).filter((name) => name !== "" && name !== ".");
}

/** Windows lets users through folders that it shows them nothing of. Such a folder counts as no link. */
function findEntry(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isWindows && (error as NodeJS.ErrnoException).code === "EPERM")
      return lstatSync(parse(path).root);
    throw error;
  }
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
        if (count === 0) throw unwritable(path, "the disk accepted no more data");
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

// Mounted disks of other systems refuse modes. That is not an error where the file is no more open than wanted.
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
