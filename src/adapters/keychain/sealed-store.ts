// The sealed store, for machines without a keychain: the long-term items in one encrypted file, and each session
// in its own. A warm start reads one session with a key that is already unlocked. Everything else is loaded
// by import() when it is needed (docs/decisions/sealed-store.md).

import { existsSync } from "node:fs";
import { isSessionItem } from "../../model/keychain/items.ts";
import type { SealedHeader } from "../../model/keychain/sealed-file.ts";
import { type DerivedKey, verifyKey } from "./sealed-cipher.ts";
import { readSealed, readSession, type SealedPaths } from "./sealed-files.ts";
import type { SealedItems } from "./sealed-items.ts";
import type { UnlockSources } from "./sealed-unlock.ts";
import type { Store } from "./system-store.ts";
import { readUnlockedKey, unlockedKeyPath } from "./unlocked-key.ts";

export interface SealedStore extends Store {
  exists(): boolean;
  /** Deletes the cached key. */
  lock(): Promise<void>;
  changePassphrase: SealedItems["changePassphrase"];
}

export function openSealedStore(
  folder: string,
  sources: Omit<UnlockSources, "keyFile" | "unlockedPath">,
): SealedStore {
  const { runtime } = sources;
  const paths: SealedPaths = {
    main: `${folder}/keychain.sealed`,
    sessions: `${folder}/keychain.sessions`,
    keyFile: `${folder}/keychain.key`,
  };
  const unlockedPath = runtime === undefined ? undefined : unlockedKeyPath(runtime, folder);
  let items: Promise<SealedItems> | undefined;
  const cold = () => {
    items ??= import("./sealed-items.ts").then(({ openSealedItems }) =>
      openSealedItems(paths, { ...sources, keyFile: paths.keyFile, unlockedPath }),
    );
    return items;
  };

  const findKey = (header: SealedHeader): DerivedKey | undefined => {
    const found = unlockedPath === undefined ? undefined : readUnlockedKey(unlockedPath);
    const isForThis = found?.salt === header.salt.toString("base64");
    return isForThis && verifyKey(found.key, header) ? found.key : undefined;
  };

  const readUnlockedSession = async (item: string) => {
    if (!isSessionItem(item)) return undefined;
    const file = readSealed(paths.main);
    const key = file && findKey(file.header);
    const found = key && (await readSession(paths.sessions, item, key));
    return typeof found === "object" ? found.value : undefined;
  };

  return {
    exists: () => existsSync(paths.main),
    read: async (item) => (await readUnlockedSession(item)) ?? (await cold()).read(item),
    write: async (item, value) => (await cold()).write(item, value),
    remove: async (item) => {
      if (existsSync(paths.main)) await (await cold()).remove(item);
    },
    lock: async () => (await cold()).lock(),
    changePassphrase: async (path) => (await cold()).changePassphrase(path),
  };
}
