// Files and folders that awst makes: with sudo they belong to the user whose home it is, whose next run needs them. And
// what to type where a file belongs to another user.

import { closeSync, fchownSync, lchownSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
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

/** What helps where a file in the state folder belongs to another user, or can't be written. Another folder hides stored
 *  keys and sessions, so it is named last. */
export function foreignStateHint(path: string, folder: string): string {
  const other = 'export XDG_STATE_HOME="$(mktemp -d)"';
  const owner = foreignOwnerHint(path, folder);
  if (owner !== undefined) return `${owner}, or for another folder: ${other}`;
  const closed = closedFolder(path);
  return closed === undefined ? other : commandLine(["chmod", "u+rwx", closed]);
}

/** Returns the nearest folder of a path that can be read, if it is this user's and its mode keeps the user out. */
function closedFolder(path: string): string | undefined {
  const folder = dirname(path);
  try {
    const { uid, mode } = statSync(folder);
    return uid === process.getuid?.() && (mode & 0o700) !== 0o700 ? folder : undefined;
  } catch {
    return folder === dirname(folder) ? undefined : closedFolder(folder);
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
