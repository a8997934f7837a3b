// The key of an unlocked sealed store, cached for later processes in the user's folder in memory (paths.ts) with
// mode 0600. The file is never reached through a link, and counts for one store only. This half reads;
// `sealed-unlock.ts` writes.

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { fileNameFor } from "../../model/text/file-name.ts";
import type { DerivedKey } from "./sealed-cipher.ts";

export interface UnlockedKey {
  /** Base64. */
  readonly salt: string;
  readonly key: DerivedKey;
  /** When the key stops counting, in milliseconds since 1970; 0: at logout. */
  readonly lockAt: number;
  /** How often the store had been written when this machine last used it. */
  readonly writes: number;
}

/** `folder`: the state folder, one store each. */
export function unlockedKeyPath(runtime: string, folder: string): string {
  return `${runtime}/keychain-unlocked-${fileNameFor(folder)}`;
}

/** Returns undefined for a file that is missing, not private, of another form, or whose time is over. */
export function readUnlockedKey(path: string, now = Date.now()): UnlockedKey | undefined {
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
    const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const { mode, uid, size } = fstatSync(fd);
      const isOwn = process.getuid === undefined || uid === process.getuid();
      if ((mode & 0o170077) !== constants.S_IFREG || !isOwn || size > 1000) return undefined;
      const [salt = "", key = "", lockAt = "", writes = ""] = readFileSync(fd, "utf8").split(" ");
      const found = { salt, key: Buffer.from(key, "base64"), lockAt: +lockAt, writes: +writes };
      const isOver = !(found.lockAt === 0 || now < found.lockAt);
      return found.writes >= 0 && !isOver ? found : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
