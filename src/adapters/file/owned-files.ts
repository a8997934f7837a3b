// Files and folders that awst makes: with sudo they belong to the user whose home it is, whose next run needs them. And
// what to type where a file belongs to another user.

import {
  closeSync,
  existsSync,
  fchownSync,
  lchownSync,
  mkdirSync,
  openSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { otherStateHint } from "../../model/environment.ts";
import { commandLine } from "../../model/text/command-line.ts";

const isRoot = process.getuid?.() === 0;

/** Creates a file with mode 0600. What root creates belongs to the folder's owner: with sudo, that is the user whose
 *  next run needs the file. */
export function createFile(path: string): number {
  const fd = openSync(path, "wx", 0o600);
  if (isRoot) giveTo(dirname(path), (uid, gid) => fchownSync(fd, uid, gid));
  return fd;
}

/** Before a file is opened that may not exist yet: as root, creates it for the folder's owner. */
export function prepareFile(path: string): void {
  try {
    if (isRoot) closeSync(createFile(path));
  } catch {
    // It exists, or opening it is the error to report.
  }
}

/** Creates missing folders with mode 0700, for the owner of the folder around them. */
export function createFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (first === undefined || !isRoot) return;
  giveTo(dirname(first), (uid, gid) => {
    for (let at = folder; at.length >= first.length; at = dirname(at)) lchownSync(at, uid, gid);
  });
}

/** As root, gives a new folder to the owner of the folder around it. */
export function giveToOwner(folder: string): void {
  if (isRoot) giveTo(dirname(folder), (uid, gid) => lchownSync(folder, uid, gid));
}

function giveTo(folder: string, give: (uid: number, gid: number) => void): void {
  const { uid, gid } = statSync(folder);
  try {
    if (uid !== 0) give(uid, gid);
  } catch {
    // Some network file systems allow no change of an owner.
  }
}

/** What helps where a file in the state folder belongs to another user, or can't be read or written. Another folder
 *  has none of the keys and sessions that are stored in this one, so it is named last. */
export function foreignStateHint(path: string, folder: string): string {
  const other = otherStateHint(existsSync(`${folder}/keychain.sealed`) ? folder : undefined);
  const owner = foreignOwnerHint(path, folder);
  if (owner !== undefined) return `${owner}, or for another folder: ${other}`;
  return accessHint(path) ?? other;
}

/** Returns what opens a path to this user: where a mode closes it, a link leads to itself, or an ordinary file is there
 *  instead of a folder; undefined for every other reason, and another owner. Hints are made while an error is reported: it never throws. */
export function accessHint(path: string, right = "u+rw"): string | undefined {
  const above = dirname(path);
  try {
    const found = statSync(path);
    const isFolder = right === "u+rwx";
    const needed = isFolder ? 0o700 : 0o600;
    const isOwn = found.uid === process.getuid?.();
    const isClosed = isOwn && (found.mode & needed) !== needed;
    if (isFolder && !found.isDirectory()) {
      // A device, as in XDG_STATE_HOME=/dev/null, belongs where it is.
      return isOwn && found.isFile() ? commandLine(["mv", path, `${path}.old`]) : undefined;
    }
    if (isClosed) return commandLine(["chmod", right, path]);
    return isFolder ? undefined : accessHint(above, "u+rwx");
  } catch (error) {
    const isLoop = (error as NodeJS.ErrnoException).code === "ELOOP";
    const hint = path === above ? undefined : accessHint(above, "u+rwx");
    return hint ?? (isLoop ? commandLine(["rm", path]) : undefined);
  }
}

/** Returns undefined for a file of this user. */
export function foreignOwnerHint(path: string, folder: string): string | undefined {
  const uid = ownerOf(path) ?? ownerOf(dirname(path)) ?? ownerOf(folder);
  if (uid === undefined || uid === process.getuid?.()) return undefined;
  return `it belongs to user ${uid}; sudo chown -R "$(id -un)" ${folder}`;
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}
