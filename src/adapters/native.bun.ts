// The native modules of the stand-alone program, with the exports of `native.ts`. The keychain's binding is in the
// program; the package's own loader would run whatever NAPI_RS_NATIVE_LIBRARY_PATH names. `fs-native-extensions`
// aborts Bun when a lock is taken, so this file calls the same kernel locks directly. `node:crypto` is JavaScript in Bun,
// which would take a sixth of a warm start; Web Crypto is in the runtime.

import type { webcrypto } from "node:crypto";
import { closeSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Keyring from "@napi-rs/keyring";
import { tagBytes } from "../model/keychain/sealed-file.ts";
import type { AesGcmKey, SystemItem } from "./native.ts";

interface Ffi {
  dlopen(
    library: string,
    symbols: Record<string, { args: readonly string[]; returns: string }>,
  ): { symbols: Record<string, (...values: readonly unknown[]) => number> };
  read: { i32(pointer: number, offset: number): number };
}

type LockCall = (fd: number, kind: "lock" | "unlock") => { taken: boolean; errno: number };

// errno is read after the call, so another call may have changed it: only errors that no retry can solve end the
// wait. EBADF, EINVAL, ENOLCK, ENOSYS, ENOTSUP of Linux and macOS; on Windows ERROR_INVALID_FUNCTION, ACCESS_DENIED,
// INVALID_HANDLE, NOT_SUPPORTED, INVALID_PARAMETER.
const permanent = new Set(
  process.platform === "win32" ? [1, 5, 6, 50, 87] : [9, 22, 37, 38, 45, 77, 78, 95, 102],
);

let call: LockCall | undefined;

export function tryLockFile(fd: number): boolean {
  call ??= openCall();
  const { taken, errno } = call(fd, "lock");
  if (!taken && permanent.has(errno)) throw new Error(`locking failed (errno ${errno})`);
  return taken;
}

export function unlockFile(fd: number): void {
  call?.(fd, "unlock");
}

function openCall(): LockCall {
  const { dlopen, read } = require("bun:ffi") as Ffi;
  if (process.platform === "linux") return openLinuxCall(dlopen, read);
  if (process.platform === "darwin") return openDarwinCall(dlopen, read);
  if (process.platform === "win32") return openWindowsCall(dlopen);
  throw new Error(`the stand-alone program has no locks on ${process.platform}`);
}

// Locks of the open file, as fs-native-extensions takes them on Linux: so Node and the stand-alone exclude each other.
function openLinuxCall(dlopen: Ffi["dlopen"], read: Ffi["read"]): LockCall {
  const setLock = 37; // F_OFD_SETLK
  const { fcntl, __errno_location: errno } = dlopenFirst(dlopen, ["libc.so.6", "libc.so"], {
    fcntl: { args: ["i32", "i32", "ptr"], returns: "i32" },
    __errno_location: { args: [], returns: "ptr" },
  });
  return (fd, kind) => {
    // struct flock: short l_type, short l_whence, (4 bytes), long l_start, long l_len, int l_pid
    const flock = new Uint8Array(32);
    new DataView(flock.buffer).setInt16(0, kind === "lock" ? 1 : 2, true); // F_WRLCK, F_UNLCK
    const result = fcntl?.(fd, setLock, flock);
    return { taken: result === 0, errno: result === 0 ? 0 : read.i32(errno?.() ?? 0, 0) };
  };
}

// flock(2), as fs-native-extensions takes it on macOS.
function openDarwinCall(dlopen: Ffi["dlopen"], read: Ffi["read"]): LockCall {
  const { flock, __error: errno } = dlopenFirst(dlopen, ["libSystem.B.dylib"], {
    flock: { args: ["i32", "i32"], returns: "i32" },
    __error: { args: [], returns: "ptr" },
  });
  return (fd, kind) => {
    const result = flock?.(fd, kind === "lock" ? 2 | 4 : 8); // LOCK_EX | LOCK_NB, LOCK_UN
    return { taken: result === 0, errno: result === 0 ? 0 : read.i32(errno?.() ?? 0, 0) };
  };
}

// LockFileEx, on the byte that fs-native-extensions locks in native.ts. Node's number of an open file means something to
// libuv alone, which is in the program itself.
function openWindowsCall(dlopen: Ffi["dlopen"]): LockCall {
  const { uv_get_osfhandle: handleOf } = dlopen(process.execPath, {
    uv_get_osfhandle: { args: ["i32"], returns: "u64" },
  }).symbols;
  const kernel = dlopen("kernel32.dll", {
    LockFileEx: { args: ["u64", "u32", "u32", "u32", "u32", "ptr"], returns: "i32" },
    UnlockFileEx: { args: ["u64", "u32", "u32", "u32", "ptr"], returns: "i32" },
    GetLastError: { args: [], returns: "u32" },
  }).symbols;
  const exclusiveAtOnce = 2 | 1; // LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY
  return (fd, kind) => {
    const handle = handleOf?.(fd);
    // OVERLAPPED: two pointers for the result, the offset in two halves, an event.
    const overlapped = new Uint8Array(32);
    new DataView(overlapped.buffer).setUint32(16, 2 ** 30, true);
    const done =
      kind === "lock"
        ? kernel["LockFileEx"]?.(handle, exclusiveAtOnce, 0, 1, 0, overlapped)
        : kernel["UnlockFileEx"]?.(handle, 0, 1, 0, overlapped);
    return { taken: done !== 0, errno: done === 0 ? (kernel["GetLastError"]?.() ?? 0) : 0 };
  };
}

function dlopenFirst(
  dlopen: Ffi["dlopen"],
  libraries: readonly string[],
  symbols: Parameters<Ffi["dlopen"]>[1],
) {
  let last: unknown;
  for (const library of libraries) {
    try {
      return dlopen(library, symbols).symbols;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

type KeyringModule = typeof Keyring;

let keyring: KeyringModule | undefined;

const pinned: Keyring.EntryOptions = { linux: { store: "secret-service" } };

export function openSystemItem(service: string, user: string): SystemItem {
  keyring ??= loadKeyring();
  const entry = new keyring.Entry(service, user, pinned);
  return {
    get: () => entry.getPassword() ?? undefined,
    set: (value) => entry.setPassword(value),
    remove: () => {
      entry.deleteCredential();
    },
  };
}

// Bun itself would unpack the binding into TMPDIR, under a name that others know, and leave it there.
function loadKeyring(): KeyringModule {
  const { embeddedFiles } = (globalThis as unknown as { Bun: BunFiles }).Bun;
  const name = embeddedFiles.find((each) => each.name.endsWith(".node"))?.name;
  if (name === undefined) throw new Error("the program contains no keychain binding");
  const binding = readFileSync(`${embeddedRoot}/${name}`);
  return process.platform === "linux" ? loadFromMemory(binding) : loadFromFolder(binding);
}

interface BunFiles {
  readonly embeddedFiles: readonly { readonly name: string }[];
}

const embeddedRoot = process.platform === "win32" ? "B:/~BUN/root" : "/$bunfs/root";

/** Loads it from a file without a name, which works where every folder is mounted `noexec`. */
function loadFromMemory(binding: Buffer): KeyringModule {
  const { dlopen } = require("bun:ffi") as Ffi;
  const { memfd_create: createFile } = dlopenFirst(dlopen, ["libc.so.6", "libc.so"], {
    memfd_create: { args: ["ptr", "u32"], returns: "i32" },
  });
  const closeOnExec = 1; // MFD_CLOEXEC
  const fd = createFile?.(Buffer.from("awst-keyring\0"), closeOnExec) ?? -1;
  if (fd < 0) throw new Error("the system has no memory for the keychain binding");
  try {
    writeFileSync(fd, binding);
    return load(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

function loadFromFolder(binding: Buffer): KeyringModule {
  const folder = mkdtempSync(join(tmpdir(), "awst-keyring-"));
  try {
    const file = join(folder, "keyring.node");
    writeFileSync(file, binding, { mode: 0o700, flag: "wx" });
    return load(file);
  } finally {
    // Windows keeps a loaded file until the process ends.
    if (process.platform !== "win32") rmSync(folder, { recursive: true, force: true });
  }
}

function load(path: string): KeyringModule {
  const module = { exports: {} as KeyringModule };
  process.dlopen(module, path);
  return module.exports;
}

declare const crypto: webcrypto.Crypto;

export async function decryptAesGcm(by: AesGcmKey, sealed: Buffer): Promise<Buffer | undefined> {
  const { nonce: iv, additionalData } = by;
  if (sealed.length < tagBytes) return undefined;
  const key = await crypto.subtle.importKey("raw", by.key, "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv, additionalData, tagLength: 8 * tagBytes };
  try {
    return Buffer.from(await crypto.subtle.decrypt(how, key, sealed));
  } catch {
    return undefined;
  }
}
