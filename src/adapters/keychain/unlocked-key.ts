// Caches the derived key of an unlocked sealed file: in this process, and with mode 0600 in the user's runtime
// folder, which the system clears at logout. A cached key is valid for one store's salt only.

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
import { type DerivedKey, verifyKey } from "./sealed-cipher.ts";

export interface UnlockedKey {
  find(header: SealedHeader): DerivedKey | undefined;
  store(salt: Buffer, key: DerivedKey): void;
  forget(): void;
}

export function openUnlockedKey(runtime: string | undefined): UnlockedKey {
  const path = runtime === undefined ? undefined : `${runtime}/keychain-unlocked`;
  let own: DerivedKey | undefined;
  return {
    find: (header) => {
      if (own !== undefined && verifyKey(own, header)) return own;
      const cached = path === undefined ? undefined : readCachedKey(path, header.salt);
      if (cached === undefined || !verifyKey(cached, header)) return undefined;
      own = cached;
      return own;
    },
    store: (salt, key) => {
      own = key;
      if (runtime === undefined || path === undefined || !makePrivateFolder(runtime)) return;
      const text = `${salt.toString("base64")} ${key.toString("base64")}\n`;
      try {
        writeWholeFile(path, text, { mode: 0o600 });
      } catch {
        // Each process then has to unlock the file itself.
      }
    },
    forget: () => {
      own = undefined;
      if (path !== undefined) rmSync(path, { force: true });
    },
  };
}

function readCachedKey(path: string, salt: Buffer): DerivedKey | undefined {
  try {
    const found = lstatSync(path);
    if (
      !found.isFile() ||
      !isOwnedByUser(found) ||
      (found.mode & 0o077) !== 0 ||
      found.size > 1000
    ) {
      return undefined;
    }
    const fd = openSync(path, "r");
    try {
      const [cachedSalt, key = ""] = readFileSync(fd, "utf8").trim().split(" ");
      return cachedSalt === salt.toString("base64") ? Buffer.from(key, "base64") : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function makePrivateFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory() || !isOwnedByUser(found)) return false;
    chmodSync(folder, 0o700);
    return true;
  } catch {
    return false;
  }
}

function isOwnedByUser({ uid }: { uid: number }): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
