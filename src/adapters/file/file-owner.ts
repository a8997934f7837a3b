// Who can change a file besides this user and the administrator: someone else who owns it, or may write it or its folder.

import { type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { followLinks } from "./whole-file.ts";

/** Who owns a file, and who may write it. */
type Ownership = Pick<Stats, "uid" | "gid" | "mode">;

/**
 * Returns why others can change the file, for a message; undefined where they cannot, and on Windows, whose rights are
 * not read. A group counts as others unless it is the user's own group of the same number. `owners`: besides root.
 */
export function whyOthersCanChange(
  path: string,
  owners: readonly (number | undefined)[] = [process.getuid?.()],
  stat: (path: string) => Stats | undefined = statOf,
): string | undefined {
  const users = owners.filter((id) => id !== undefined);
  if (users.length === 0) return undefined;
  const file = targetOf(path);
  if (file === undefined) return undefined;
  const folder = dirname(file);
  const [ofFile, ofFolder] = [stat(file), stat(folder)];
  return (
    (ofFile && whyOthersCanWrite(file, ofFile, users)) ??
    (ofFolder && !isSticky(ofFolder) ? whyOthersCanWrite(folder, ofFolder, users) : undefined)
  );
}

/** Returns this user; with sudo also the one who typed the command, in whose folders root writes. [] on Windows. */
export function ownUsers(): readonly number[] {
  const user = process.getuid?.();
  const sudo = user === 0 ? process.env["SUDO_UID"] : undefined;
  const isId = sudo !== undefined && /^\d{1,10}$/.test(sudo);
  return [...(user === undefined ? [] : [user]), ...(isId ? [Number(sudo)] : [])];
}

/** Returns why someone besides root and `owners` can write this file or folder, for a message. */
export function whyOthersCanWrite(
  path: string,
  found: Ownership,
  owners: readonly number[],
): string | undefined {
  const { gid, mode } = found;
  const foreign = whyForeign(path, found, owners);
  if (foreign !== undefined) return foreign;
  if ((mode & 0o002) !== 0)
    return `other users can write ${path}; to prevent it: chmod o-w ${path}`;
  if ((mode & 0o020) !== 0 && gid !== 0 && !owners.includes(gid)) {
    return `a group can write ${path}; to prevent it: chmod g-w ${path}`;
  }
  return undefined;
}

export function whyForeign(
  path: string,
  { uid }: Ownership,
  owners: readonly number[],
): string | undefined {
  return uid === 0 || owners.includes(uid) ? undefined : `${path} belongs to another user`;
}

/** In such a folder, as /tmp, one user cannot replace another user's file. */
export function isSticky({ mode }: Ownership): boolean {
  return (mode & 0o1000) !== 0;
}

/** Returns undefined for a path that this user can't look at: nothing runs from it, and reading it is an error. */
function targetOf(path: string): string | undefined {
  try {
    return followLinks(path);
  } catch {
    return undefined;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
