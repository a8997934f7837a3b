// Who can change a file besides this user and the administrator: someone else who owns it, or may write it or its folder.

import { type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { followLinks } from "./whole-file.ts";

/**
 * Returns why others can change the file, for a message; undefined where they cannot, and on Windows, whose rights are
 * not read. A group counts as others unless it is the user's own group of the same number.
 */
export function whyOthersCanChange(
  path: string,
  user = process.getuid?.(),
  stat: (path: string) => Stats | undefined = statOf,
): string | undefined {
  if (user === undefined) return undefined;
  const file = followLinks(path);
  const folder = dirname(file);
  const [ofFile, ofFolder] = [stat(file), stat(folder)];
  return (
    (ofFile && whyOthersCanWrite(file, ofFile, user)) ??
    (ofFolder && !isSticky(ofFolder) ? whyOthersCanWrite(folder, ofFolder, user) : undefined)
  );
}

function whyOthersCanWrite(
  path: string,
  { uid, gid, mode }: Stats,
  user: number,
): string | undefined {
  if (uid !== user && uid !== 0) return `${path} belongs to another user`;
  if ((mode & 0o002) !== 0)
    return `other users can write ${path}; to prevent it: chmod o-w ${path}`;
  if ((mode & 0o020) !== 0 && gid !== user && gid !== 0) {
    return `a group can write ${path}; to prevent it: chmod g-w ${path}`;
  }
  return undefined;
}

/** In such a folder, as /tmp, one user cannot replace another user's file. */
function isSticky({ mode }: Stats): boolean {
  return (mode & 0o1000) !== 0;
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
