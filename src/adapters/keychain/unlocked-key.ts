// The derived key of an unlocked sealed file: in this process, and 0600 in the folder the system empties
// at the end of the login, where that folder is the user's own. It belongs to one store's salt.

import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import type { SealedHeader } from "../../model/keychain/sealed-file.ts";
import { writeWholeFile } from "../file/whole-file.ts";
import { type DerivedKey, opens } from "./sealed-cipher.ts";

export interface UnlockedKey {
  find(header: SealedHeader): DerivedKey | undefined;
  keep(salt: Buffer, key: DerivedKey): void;
  forget(): void;
}

export function openUnlockedKey(runtime: string | undefined): UnlockedKey {
  const path = runtime === undefined ? undefined : `${runtime}/keychain-unlocked`;
  let own: DerivedKey | undefined;
  return {
    find: (header) => {
      if (own !== undefined && opens(own, header)) return own;
      const kept = path === undefined ? undefined : readKept(path, header.salt);
      if (kept === undefined || !opens(kept, header)) return undefined;
      own = kept;
      return own;
    },
    keep: (salt, key) => {
      own = key;
      if (runtime === undefined || path === undefined || !isMadePrivate(runtime)) return;
      const text = `${salt.toString("base64")} ${key.toString("base64")}\n`;
      try {
        writeWholeFile(path, text, { mode: 0o600 });
      } catch {
        // Each process then unlocks for itself.
      }
    },
    forget: () => {
      own = undefined;
      if (path !== undefined) rmSync(path, { force: true });
    },
  };
}

function readKept(path: string, salt: Buffer): DerivedKey | undefined {
  try {
    const found = lstatSync(path);
    if (!found.isFile() || !isOwn(found) || (found.mode & 0o077) !== 0 || found.size > 1000) {
      return undefined;
    }
    const fd = openSync(path, "r");
    try {
      const [itsSalt, key = ""] = readFileSync(fd, "utf8").trim().split(" ");
      return itsSalt === salt.toString("base64") ? Buffer.from(key, "base64") : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function isMadePrivate(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory() || !isOwn(found)) return false;
    chmodSync(folder, 0o700);
    return true;
  } catch {
    return false;
  }
}

function isOwn({ uid }: { uid: number }): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
