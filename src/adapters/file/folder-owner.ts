// Who can replace a folder by another one besides this user and the administrator: someone who owns or may write a folder
// on the way to it.
// In a rootless container, the folders above the home folder belong to users of the machine outside, and Linux shows
// one number for all of them. These folders count as the administrator's: who can replace the home folder already
// decides what this user's shell runs. Elsewhere the same number may be any user.

import { lstatSync, readFileSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, resolve } from "node:path";
import { isSticky, whyForeign, whyOthersCanWrite } from "./file-owner.ts";

/** Users outside this process's user namespace, and the folders in which they count as the administrator. */
export interface OutsideUsers {
  /** The number that Linux shows for each of them; undefined where no user is outside. */
  readonly uid: number | undefined;
  /** Absolute paths. */
  readonly folders: ReadonlySet<string>;
}

export interface FolderOwnerOptions {
  readonly stat?: (path: string) => Stats | undefined;
  readonly outside?: OutsideUsers;
}

/**
 * Returns why others can replace this folder by another one, for a message: they own a folder or a link on the
 * way to it, or may write such a folder. In sticky folders as /tmp they can't. `owners`: besides root.
 */
export function whyOthersCanReplace(
  folder: string,
  owners: readonly number[],
  { stat = lstatOf, outside = findOutsideUsers() }: FolderOwnerOptions = {},
): string | undefined {
  const path = resolve(folder);
  const around = dirname(path);
  const found = stat(path);
  const whyAt = (other: string) => whyOthersCanReplace(other, owners, { stat, outside });
  const above = around === path ? undefined : whyAt(around);
  if (above !== undefined || found === undefined) return above;
  const isOutside = found.uid === outside.uid && outside.folders.has(path);
  const judged = { uid: isOutside ? 0 : found.uid, gid: found.gid, mode: found.mode };
  if (!found.isSymbolicLink()) {
    return isSticky(found)
      ? whyForeign(path, judged, owners)
      : whyOthersCanWrite(path, judged, owners);
  }
  return (
    whyForeign(path, judged, owners) ??
    // A relative link leads from the folder that is reached, not from the one that was typed.
    whyAt(resolve(realpathSync(around), readlinkSync(path)))
  );
}

/**
 * Returns the number that Linux shows for users outside this process's user namespace; undefined where no user is
 * outside, and on other systems. The arguments: the text of /proc/self/uid_map and /proc/sys/kernel/overflowuid.
 */
export function outsideUserId(
  map: string | undefined,
  overflow: string | undefined,
): number | undefined {
  // A line for each range of users: the first one inside, the first one outside, their number.
  if (map === undefined || !/^(?:\s*\d+\s+\d+\s+\d+\n)+$/.test(map)) return undefined;
  const isWholeMachine = /^\s*0\s+0\s+4294967295\n$/.test(map);
  if (isWholeMachine || !/^[1-9]\d{0,9}\n$/.test(overflow ?? "")) return undefined;
  return Number(overflow);
}

/** Returns every folder above this one. */
export function foldersAbove(path: string): readonly string[] {
  const around = dirname(path);
  return around === path ? [] : [around, ...foldersAbove(around)];
}

function findOutsideUsers(): OutsideUsers {
  const none = { uid: undefined, folders: new Set<string>() };
  if (process.platform !== "linux") return none;
  const uid = outsideUserId(
    readKernelFile("/proc/self/uid_map"),
    readKernelFile("/proc/sys/kernel/overflowuid"),
  );
  const home = homedir();
  if (uid === undefined || !isAbsolute(home)) return none;
  const paths = [resolve(home), realPathOf(home)];
  return { uid, folders: new Set(paths.flatMap(foldersAbove)) };
}

function readKernelFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function lstatOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
