// Gets the key of a sealed store from the first of: the memory of this process, the key cached until logout, a
// passphrase from the environment, a prompt. A store with a passphrase never uses a key file. Of several
// processes one prompts, and the others wait for it.

import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type { SealedHeader } from "../../model/keychain/sealed-file.ts";
import { lockAfterFile } from "../../model/keychain/sealed-seen.ts";
import type { Terminal } from "../../ports/prompts.ts";
import type { Locks, State } from "../../ports.ts";
import { writeWholeFile } from "../file/whole-file.ts";
import { makeKeyFile, readKeyFile } from "./key-file.ts";
import {
  askNewPassphrase,
  askPassphrase,
  findGivenPassphrase,
  findTerminal,
  noKeychainLine,
  type PassphraseSources,
  questionMs,
  readPassphraseFile,
} from "./passphrase.ts";
import { type DerivedKey, verifyKey } from "./sealed-cipher.ts";
import {
  deriveFromKeyFile,
  deriveFromPassphrase,
  type KdfParams,
  newKdfParams,
} from "./sealed-keys.ts";
import { readUnlockedKey } from "./unlocked-key.ts";

export interface UnlockSources extends PassphraseSources {
  /** The user's folder in memory; undefined where there is none. */
  readonly runtime: string | undefined;
  /** The file of the cached key. */
  readonly unlockedPath: string | undefined;
  readonly keyFile: string;
  readonly locks: () => Promise<Locks>;
  readonly state: Pick<State, "read" | "write">;
}

export interface Unlock {
  /** Errors: KEYCHAIN_PASSPHRASE_NEEDED, _REFUSED (wrong passphrase), _DAMAGED (key file). */
  keyFor(header: SealedHeader): Promise<DerivedKey>;
  /** Makes a key for a new store. The caller has the lock for making it. `mayUseKeyFile`: false where a store
   *  with a passphrase was there before. Errors: KEYCHAIN_PASSPHRASE_NEEDED. */
  makeKey(mayUseKeyFile: boolean): Promise<NewKey>;
  /** Caches the key until logout, with the number of writes that this machine has seen. */
  remember(header: CachedHeader & Pick<SealedHeader, "keyFrom">, key: DerivedKey): void;
  /** Raises that number where the key is cached. */
  noteWrites(header: CachedHeader): void;
  /** Returns the key from the passphrase, although the store is unlocked. */
  keyOfOwner(header: SealedHeader): Promise<DerivedKey>;
  /** Makes a key from another passphrase. `path`: the file that has it; undefined: asks for it. */
  makeOtherKey(header: SealedHeader, path: string | undefined): Promise<NewKey>;
  forget(): void;
}

export interface NewKey {
  readonly params: KdfParams;
  readonly key: DerivedKey;
}

type CachedHeader = Pick<SealedHeader, "salt" | "writes">;

/** A folder in memory that the system does not empty at logout: keys in it count for half a day. */
const sharedMemory = "/dev/shm/";
const sharedMemorySeconds = 12 * 3600;

export function openUnlock(sources: UnlockSources): Unlock {
  const { env, locks, keyFile, say, unlockedPath } = sources;
  let own: DerivedKey | undefined;

  const find = (header: SealedHeader): DerivedKey | undefined => {
    if (own !== undefined && verifyKey(own, header)) return own;
    const cached = unlockedPath === undefined ? undefined : readUnlockedKey(unlockedPath);
    if (cached?.salt !== header.salt.toString("base64")) return undefined;
    if (!verifyKey(cached.key, header)) return undefined;
    own = cached.key;
    return own;
  };

  const cache = (key: DerivedKey, { salt, writes }: CachedHeader, lockAt: number) => {
    const folder = unlockedPath === undefined ? undefined : dirname(unlockedPath);
    if (unlockedPath === undefined || folder === undefined || !makePrivateFolder(folder)) return;
    const text = `${salt.toString("base64")} ${key.toString("base64")} ${lockAt} ${writes}\n`;
    try {
      removeEnded(folder);
      // The writer follows links, which is right for files that a user may move, and wrong here.
      const there = lstatSync(unlockedPath, { throwIfNoEntry: false });
      if (there?.isSymbolicLink()) rmSync(unlockedPath);
      writeWholeFile(unlockedPath, text, { mode: 0o600 });
    } catch {
      // Each process then has to unlock the store itself.
    }
  };

  const remember: Unlock["remember"] = (header, key) => {
    own = key;
    const isShared = unlockedPath?.startsWith(sharedMemory) ?? false;
    const seconds = sources.state.read(lockAfterFile) ?? (isShared ? sharedMemorySeconds : 0);
    const lockAt = seconds === 0 ? 0 : Date.now() + seconds * 1000;
    if (header.keyFrom === "passphrase") cache(key, header, lockAt);
  };

  const noteWrites: Unlock["noteWrites"] = (header) => {
    const cached = unlockedPath === undefined ? undefined : readUnlockedKey(unlockedPath);
    if (cached?.salt === header.salt.toString("base64")) cache(cached.key, header, cached.lockAt);
  };

  const tryPassphrase = async (text: string, header: SealedHeader) => {
    const key = await deriveFromPassphrase(text, header);
    if (!verifyKey(key, header)) return undefined;
    remember(header, key);
    return key;
  };

  const readOwnKeyFile = (header: SealedHeader): DerivedKey => {
    const key = deriveFromKeyFile(readKeyFile(keyFile), header);
    if (verifyKey(key, header)) return key;
    throw new AwstError("KEYCHAIN_DAMAGED", `${keyFile} belongs to another sealed keychain`);
  };

  const tryGiven = async (header: SealedHeader) => {
    const given = findGivenPassphrase(env);
    if (given === undefined) return undefined;
    const key = await tryPassphrase(given.text, header);
    if (key !== undefined) return key;
    throw wrongPassphrase(given.from);
  };

  const openTerminal = async () => {
    const terminal = await findTerminal(sources);
    if (terminal === undefined) throw noTerminal(sources.runtime);
    return terminal;
  };

  const prompt = async (terminal: Terminal, header: SealedHeader) => {
    // The wait for another prompt and this one's own end together, before an SDK kills a credential process.
    const end = performance.now() + questionMs;
    const options = { owner: "the passphrase prompt of the keychain", waitMs: questionMs };
    const lock = await (await locks()).acquire("keychain-unlock", options);
    try {
      const known = find(header);
      return (
        known ?? (await askPassphrase(terminal, say, end, (text) => tryPassphrase(text, header)))
      );
    } finally {
      await lock.release();
    }
  };

  return {
    keyFor: async (header) => {
      const known = find(header);
      if (known !== undefined) return known;
      if (header.keyFrom === "file") {
        refuseIgnoredPassphrase(env);
        own = readOwnKeyFile(header);
        return own;
      }
      return (await tryGiven(header)) ?? prompt(await openTerminal(), header);
    },

    keyOfOwner: async (header) => {
      if (header.keyFrom === "file") return readOwnKeyFile(header);
      const given = await tryGiven(header);
      if (given !== undefined) return given;
      const text = "current passphrase of awst's sealed keychain";
      const attempt = (typed: string) => tryPassphrase(typed, header);
      return askPassphrase(
        await openTerminal(),
        say,
        performance.now() + questionMs,
        attempt,
        text,
      );
    },

    makeOtherKey: async (header, path) => {
      // A passphrase in the environment is the current one; a store with a key file has none yet.
      const given = header.keyFrom === "file" ? findGivenPassphrase(env)?.text : undefined;
      const text =
        path === undefined
          ? (given ?? (await askNewPassphrase(await openTerminal(), say)))
          : readPassphraseFile(path, "name a file that has the new passphrase");
      const params = newKdfParams("passphrase");
      return { params, key: await deriveFromPassphrase(text, params) };
    },

    makeKey: async (mayUseKeyFile) => {
      const given = findGivenPassphrase(env);
      const terminal = given === undefined ? await findTerminal(sources) : undefined;
      if (given === undefined && terminal === undefined) {
        if (!mayUseKeyFile) throw noKeyFile();
        const params = newKdfParams("file");
        own = deriveFromKeyFile(makeKeyFile(keyFile), params);
        say(
          `secrets are encrypted with the key in ${keyFile}, which is no safer than ~/.aws/credentials`,
        );
        return { params, key: own };
      }
      if (terminal !== undefined) say(noKeychainLine);
      const text = given?.text ?? (terminal && (await askNewPassphrase(terminal, say))) ?? "";
      const params = newKdfParams("passphrase");
      own = await deriveFromPassphrase(text, params);
      return { params, key: own };
    },

    remember,
    noteWrites,

    forget: () => {
      own = undefined;
      if (unlockedPath === undefined) return;
      rmSync(unlockedPath, { force: true });
      // As earlier versions named it.
      rmSync(`${dirname(unlockedPath)}/keychain-unlocked`, { force: true });
    },
  };
}

/** A user who sets a passphrase relies on it, so a store that is opened by a key file is not used then. */
function refuseIgnoredPassphrase(env: Env): void {
  const given = findGivenPassphrase(env);
  if (given === undefined) return;
  const message = `there is a passphrase from ${given.from}, but the sealed keychain uses a key file`;
  throw new AwstError("KEYCHAIN_REFUSED", message, {
    hint: "awst keychain passphrase seals the keychain with a passphrase",
  });
}

/** Returns false where the folder is not the user's own, or is reached through a link. */
function makePrivateFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    const isOwn = process.getuid === undefined || found.uid === process.getuid();
    if (!found.isDirectory() || !isOwn) return false;
    chmodSync(folder, 0o700);
    return true;
  } catch {
    return false;
  }
}

/** Deletes the keys of other stores whose time is over. */
function removeEnded(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    const isKey = name.startsWith("keychain-unlocked-");
    if (isKey && readUnlockedKey(path) === undefined) rmSync(path, { force: true });
  }
}

function wrongPassphrase(from: string): AwstError {
  const message = `the passphrase from ${from} does not open the sealed keychain`;
  return new AwstError("KEYCHAIN_REFUSED", message, {
    hint: "use the passphrase that the keychain was made with; nothing was changed",
  });
}

function noKeyFile(): AwstError {
  const message =
    "this machine's sealed keychain had a passphrase: a new one needs a passphrase too, and there is no terminal";
  return new AwstError("KEYCHAIN_PASSPHRASE_NEEDED", message, {
    hint: "set AWST_KEYCHAIN_PASSPHRASE_FILE; or type awst logout --all, to use a key file from now on",
  });
}

function noTerminal(runtime: string | undefined): AwstError {
  const message =
    "the sealed keychain needs its passphrase, and there is no terminal to ask for it";
  const named = "set AWST_KEYCHAIN_PASSPHRASE_FILE";
  const hint = runtime === undefined ? named : `type awst assume in a terminal, or ${named}`;
  return new AwstError("KEYCHAIN_PASSPHRASE_NEEDED", message, { hint });
}
