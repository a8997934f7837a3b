// The two native modules, for Node. Each is loaded at its first use, so that a run that needs one does not
// load the other. And the cipher of a session's file. `native.bun.ts` has the same exports for the stand-alone
// program; package.json's `imports` chooses.

import { createDecipheriv } from "node:crypto";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as Keyring from "@napi-rs/keyring";
import { tagBytes } from "../model/keychain/sealed-file.ts";

/** The part of `fs-native-extensions` that its binary implements. */
interface FileLocks {
  /** Throws EAGAIN or EBUSY where another process has the lock. */
  tryLock(fd: number, offset: number, length: number, isExclusive: boolean): void;
  unlock(fd: number, offset: number, length: number): void;
}

/** One item of the system's keychain. Every call may block for 2 s, and throws the system's error. */
export interface SystemItem {
  get(): string | undefined;
  set(value: string): void;
  /** An absent item is not an error. */
  remove(): void;
}

// Made when it is used: a warm start with the sealed file needs none.
const requireHere = () => createRequire(import.meta.url);

// On Windows other processes cannot read a locked range, so it is one byte far behind the text. macOS
// locks the whole file or nothing.
const [start, length] = process.platform === "win32" ? [2 ** 30, 1] : [0, 0];

let fileLocks: FileLocks | undefined;

/** Takes the kernel's exclusive lock on a file opened for writing; false where another process has it. */
export function tryLockFile(fd: number): boolean {
  fileLocks ??= loadFileLocks();
  try {
    fileLocks.tryLock(fd, start, length, true);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN" || code === "EBUSY") return false;
    throw error;
  }
}

// The package looks for its binary with 40 KB of resolution rules, which take longer than all locks of a run.
function loadFileLocks(): FileLocks {
  const require = requireHere();
  const folder = dirname(require.resolve("fs-native-extensions"));
  const system = `${process.platform}-${process.arch}`;
  return require(`${folder}/prebuilds/${system}/fs-native-extensions.node`) as FileLocks;
}

export function unlockFile(fd: number): void {
  fileLocks?.unlock(fd, start, length);
}

let keyring: typeof Keyring | undefined;

// Without this, the binding uses the kernel's keyring, which loses its items at reboot.
const pinned: Keyring.EntryOptions = { linux: { store: "secret-service" } };

export function openSystemItem(service: string, user: string): SystemItem {
  keyring ??= requireHere()("@napi-rs/keyring") as typeof Keyring;
  const entry = new keyring.Entry(service, user, pinned);
  return {
    get: () => entry.getPassword() ?? undefined,
    set: (value) => entry.setPassword(value),
    remove: () => {
      entry.deleteCredential();
    },
  };
}

export interface AesGcmKey {
  /** 32 bytes. */
  readonly key: Buffer;
  /** 12 bytes. */
  readonly nonce: Buffer;
  readonly additionalData: Buffer;
}

/** `sealed`: the ciphertext, followed by the tag. Returns undefined when anything was changed. */
export async function decryptAesGcm(by: AesGcmKey, sealed: Buffer): Promise<Buffer | undefined> {
  if (sealed.length < tagBytes) return undefined;
  const decipher = createDecipheriv("aes-256-gcm", by.key, by.nonce, { authTagLength: tagBytes });
  decipher.setAAD(by.additionalData);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    const plain = decipher.update(sealed.subarray(0, -tagBytes));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}
