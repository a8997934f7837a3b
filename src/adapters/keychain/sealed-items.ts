// The half of the sealed store that a warm start does not need: reads and writes the long-term items, which are
// sealed together in one file under a lock, and writes sessions, each into its own file. A file that can't
// be opened is never overwritten; nor is one that took the place of another.

import { AwstError } from "../../model/errors.ts";
import { isAccessKeyItem, isSessionItem } from "../../model/keychain/items.ts";
import { mayGrowTo, type SealedText } from "../../model/keychain/sealed-file.ts";
import {
  findReplacement,
  hadPassphrase,
  type SealedSeen,
  sealedSeenFile,
} from "../../model/keychain/sealed-seen.ts";
import type { PassphraseChange } from "../../ports.ts";
import { writeWholeFile } from "../file/whole-file.ts";
import { questionMs } from "./passphrase.ts";
import type { DerivedKey } from "./sealed-cipher.ts";
import { damaged, readSealed, readSession, type SealedPaths } from "./sealed-files.ts";
import { type Items, type KdfParams, seal, unseal } from "./sealed-keys.ts";
import { openUnlock, type UnlockSources } from "./sealed-unlock.ts";
import {
  copySessions,
  removeSession,
  removeSessionFiles,
  sweepSessions,
  writeSession,
} from "./session-files.ts";
import type { Store } from "./system-store.ts";
import { readUnlockedKey } from "./unlocked-key.ts";

export interface SealedItems extends Store {
  lock(): void;
  /** Seals everything with a key from another passphrase and today's cost of scrypt. `path`: the file that has the
   *  passphrase; undefined: asks for it. Errors: KEYCHAIN_*. */
  changePassphrase(path: string | undefined): Promise<PassphraseChange>;
}

interface OpenFile {
  readonly params: KdfParams;
  readonly key: DerivedKey;
  readonly items: Items;
  readonly writes: number;
  readonly version: 0 | 1 | 2;
  readonly size: number;
}

export function openSealedItems(paths: SealedPaths, sources: UnlockSources): SealedItems {
  const { state, unlockedPath, say } = sources;
  const unlock = openUnlock(sources);

  /** What was seen of the store before the file is read: a write of another process raises both. */
  const readSeen = (): readonly SealedSeen[] => {
    const cached = unlockedPath === undefined ? undefined : readUnlockedKey(unlockedPath);
    const inMemory = cached && ({ keyFrom: "passphrase", writes: cached.writes } as const);
    const inState = state.read(sealedSeenFile);
    return [inMemory, inState].filter((each) => each !== undefined);
  };

  const readFile = (): SealedText | undefined => {
    const seen = readSeen();
    const file = readSealed(paths.main);
    const replaced = file && findReplacement(seen, file.header);
    if (replaced !== undefined) throw wasReplaced(paths.main, replaced);
    return file;
  };

  const openItems = (file: SealedText, key: DerivedKey): Items => {
    const items = unseal(file, key);
    if (items === undefined) throw damaged(paths.main, "was changed by another program");
    return items;
  };

  const openOrMake = async (): Promise<OpenFile> => {
    const file = readFile();
    if (file === undefined) {
      const made = await unlock.makeKey(!hadPassphrase(readSeen()));
      return { ...made, items: new Map(), writes: 0, version: 0, size: 0 };
    }
    const { header, size } = file;
    const key = await unlock.keyFor(header);
    const { writes, version } = header;
    return { params: header, key, items: openItems(file, key), writes, version, size };
  };

  const writeFile = ({ params, key, items, ...before }: OpenFile, item: string | undefined) => {
    const writes = before.writes + 1;
    const text = seal(items, params, key, writes);
    if (!mayGrowTo(text.length, before.size, item !== undefined && isAccessKeyItem(item))) {
      throw new AwstError("KEYCHAIN_TOO_LARGE", "the sealed keychain is full (8 MiB)");
    }
    const { salt, keyFrom } = params;
    // A new store starts to count again, and must never look like an older copy of the one before.
    if (before.version === 0) {
      unlock.remember({ salt, keyFrom, writes: 0 }, key);
      state.write(sealedSeenFile, { keyFrom, writes: 0 });
    }
    writeWholeFile(paths.main, text, { mode: 0o600, alone: true });
    unlock.noteWrites({ salt, writes });
    state.write(sealedSeenFile, { keyFrom, writes });
  };

  /** A new store is made, and one of version 1 is changed, even if `edit` changes nothing. */
  const change = async (item: string | undefined, edit: (items: Items) => boolean) => {
    // The passphrase is asked for before the lock is acquired, except for a new store.
    const before = readFile();
    if (before !== undefined) await unlock.keyFor(before.header);
    const options = { owner: "the sealed keychain", waitMs: questionMs, isSilent: true };
    const lock = await (await sources.locks()).acquire("keychain-sealed", options);
    try {
      const opened = await openOrMake();
      if (opened.version === 1) await moveSessionsToFiles(paths, opened);
      if (edit(opened.items) || opened.version !== 2) writeFile(opened, item);
    } finally {
      await lock.release();
    }
  };

  const changePassphrase = async (path: string | undefined): Promise<PassphraseChange> => {
    const file = readFile();
    if (file === undefined) throw noStore();
    const old = await unlock.keyOfOwner(file.header);
    const { params, key } = await unlock.makeOtherKey(file.header, path);
    const options = { owner: "a change of the passphrase", waitMs: questionMs, isSilent: true };
    const lock = await (await sources.locks()).acquire("keychain-sealed", options);
    try {
      const now = readFile();
      if (now === undefined || !now.header.salt.equals(file.header.salt)) throw changedMeanwhile();
      const opened = { ...now.header, params, key, items: openItems(now, old), size: now.size };
      if (opened.version === 1) await moveSessionsToFiles(paths, { ...opened, key: old });
      const copied = await copySessions(paths.sessions, old, key);
      writeFile(opened, undefined);
      unlock.remember({ ...params, writes: opened.writes + 1 }, key);
      // Those that were written with the old key meanwhile.
      const late = await copySessions(paths.sessions, old, key);
      removeSessionFiles(paths.sessions, [...copied, ...late]);
    } finally {
      await lock.release();
    }
    return { keyFile: file.header.keyFrom === "file" ? paths.keyFile : undefined };
  };

  /** Makes the store, or brings it to the version that has a file for each session. */
  const prepare = async (): Promise<SealedText> => {
    const file = readFile();
    if (file?.header.version === 2) return file;
    await change(undefined, () => false);
    return readSealed(paths.main) ?? prepare();
  };

  const writeOneSession = async (item: string, value: string) => {
    // A change of the passphrase takes no session with it that is written after its list was read.
    for (let file = await prepare(); ; ) {
      writeSession(paths.sessions, item, value, await unlock.keyFor(file.header));
      const now = await prepare();
      if (now.header.salt.equals(file.header.salt)) break;
      file = now;
    }
    sweepSessions(paths.sessions);
  };

  const removeOneSession = async (item: string) => {
    const file = readSealed(paths.main);
    if (file === undefined) return;
    if (file.header.version === 1 && findReplacement(readSeen(), file.header) === undefined) {
      await change(undefined, (items) => items.delete(item));
    }
    removeSession(paths.sessions, item, await unlock.keyFor(file.header));
  };

  const readOneSession = async (file: SealedText, key: DerivedKey, item: string) => {
    const found = await readSession(paths.sessions, item, key);
    if (found === "changed") {
      say(`warning: the stored session ${item} was changed by another program and is not used`);
    }
    if (typeof found === "object") return found.value;
    return file.header.version === 1 ? openItems(file, key).get(item) : undefined;
  };

  return {
    read: async (item) => {
      const file = readFile();
      if (file === undefined) return undefined;
      const key = await unlock.keyFor(file.header);
      return isSessionItem(item) ? readOneSession(file, key, item) : openItems(file, key).get(item);
    },
    write: (item, value) =>
      isSessionItem(item)
        ? writeOneSession(item, value)
        : change(item, (items) => items.set(item, value).has(item)),
    remove: (item) =>
      isSessionItem(item) ? removeOneSession(item) : change(item, (items) => items.delete(item)),
    changePassphrase,
    lock: () => {
      unlock.forget();
      // `logout --all` locks the keychain, and accepts the file that exists then.
      const { keyFrom, writes } = readSealed(paths.main)?.header ?? {};
      const isThere = keyFrom !== undefined && writes !== undefined;
      if (state.read(sealedSeenFile) === undefined && !isThere) return;
      state.write(sealedSeenFile, isThere ? { keyFrom, writes } : undefined);
    },
  };
}

/** Writes the sessions of a file of version 1 into their own files. A kill leaves the file of version 1, and the
 *  next write does the same again; sessions that are there already are newer. */
async function moveSessionsToFiles(
  { sessions }: SealedPaths,
  { items, key }: OpenFile,
): Promise<void> {
  for (const [item, value] of [...items].filter(([name]) => isSessionItem(name))) {
    if (typeof (await readSession(sessions, item, key)) !== "object") {
      writeSession(sessions, item, value, key);
    }
    items.delete(item);
  }
}

function noStore(): AwstError {
  return new AwstError("KEYCHAIN_REFUSED", "there is no sealed keychain yet", {
    hint: "awst key add, or awst key import, makes one where there is no system keychain",
  });
}

function changedMeanwhile(): AwstError {
  const message = "another process changed the passphrase at the same time; nothing was changed";
  return new AwstError("KEYCHAIN_REFUSED", message, { hint: "awst keychain passphrase" });
}

function wasReplaced(path: string, what: string): AwstError {
  return new AwstError("KEYCHAIN_REFUSED", `the sealed keychain ${path} ${what}`, {
    hint: "restore the right file; to use this one, type: awst logout --all",
  });
}
