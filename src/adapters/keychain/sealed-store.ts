// The sealed file: all items in one encrypted file, `keychain.sealed` in the state folder. A write replaces the
// whole file under a lock. A file that can't be opened is never overwritten.

import { closeSync, existsSync, fstatSync, openSync, readFileSync } from "node:fs";
import { AwstError } from "../../model/errors.ts";
import {
  maximumSealedBytes,
  parseSealedText,
  type SealedText,
} from "../../model/keychain/sealed-file.ts";
import { writeWholeFile } from "../file/whole-file.ts";
import { questionMs } from "./passphrase.ts";
import { type DerivedKey, type Items, seal, unseal } from "./sealed-cipher.ts";
import { openUnlock, type UnlockSources } from "./sealed-unlock.ts";
import type { Store } from "./system-store.ts";

export interface SealedStore extends Store {
  exists(): boolean;
  /** Deletes the cached key. */
  lock(): void;
}

export function openSealedStore(
  folder: string,
  sources: Omit<UnlockSources, "keyFile">,
): SealedStore {
  const path = `${folder}/keychain.sealed`;
  const unlock = openUnlock({ ...sources, keyFile: `${folder}/keychain.key` });

  const open = (file: SealedText, key: DerivedKey): Items => {
    const items = unseal(file, key);
    if (items === undefined) throw damaged(path, "was changed by another program");
    return items;
  };

  const openOrMake = async () => {
    const file = readSealed(path);
    if (file === undefined) return { ...(await unlock.makeKey()), items: new Map() as Items };
    const key = await unlock.keyFor(file.header);
    return { params: file.header, key, items: open(file, key) };
  };

  const change = async (edit: (items: Items) => boolean) => {
    // The passphrase is asked for before the lock is acquired, except for a new store.
    const before = readSealed(path);
    if (before !== undefined) await unlock.keyFor(before.header);
    const options = { owner: "the sealed keychain", waitMs: questionMs, isSilent: true };
    const lock = await (await sources.locks()).acquire("keychain-sealed", options);
    try {
      const { params, key, items } = await openOrMake();
      if (!edit(items)) return;
      const text = seal(items, params, key);
      if (text.length > maximumSealedBytes) {
        throw new AwstError("KEYCHAIN_TOO_LARGE", "the sealed keychain is full (8 MiB)");
      }
      writeWholeFile(path, text, { mode: 0o600, alone: true });
    } finally {
      await lock.release();
    }
  };

  return {
    exists: () => existsSync(path),
    read: async (item) => {
      const file = readSealed(path);
      return file && open(file, await unlock.keyFor(file.header)).get(item);
    },
    write: (item, value) => change((items) => items.set(item, value).has(item)),
    remove: async (item) => {
      if (existsSync(path)) await change((items) => items.delete(item));
    },
    lock: unlock.forget,
  };
}

function readSealed(path: string): SealedText | undefined {
  let text: string;
  try {
    const fd = openSync(path, "r");
    try {
      if (fstatSync(fd).size > maximumSealedBytes) {
        throw damaged(path, "is too large to be a sealed keychain");
      }
      text = readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (cause instanceof AwstError) throw cause;
    throw new AwstError("KEYCHAIN_REFUSED", `cannot read the sealed keychain ${path}`, {
      cause,
    });
  }
  const file = parseSealedText(text);
  if (typeof file === "string") throw damaged(path, file);
  return file;
}

function damaged(path: string, what: string): AwstError {
  return new AwstError("KEYCHAIN_DAMAGED", `the sealed keychain ${path} ${what}`, {
    hint: "restore a good copy, or move the file away and type: awst key add",
  });
}
