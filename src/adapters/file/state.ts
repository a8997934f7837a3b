// State files: small JSON files without secrets, NAME.json in a folder with mode 0700, and NAME.txt for
// what shells read. A write replaces the whole file by a rename, so a reader never sees half of one.

import {
  type BigIntStats,
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { type Clock, clockAt, clockFile, clockRemark, correctedClock } from "../../model/clock.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { StateFile } from "../../model/state-file.ts";
import { fileNameFor } from "../../model/text/file-name.ts";
import type { Lock, Locks, State } from "../../ports.ts";
import { createFile, createFolder, foreignStateHint, prepareFile } from "./owned-files.ts";

const maxBytes = 4 * 1024 * 1024;
const maxHistoryBytes = 1024 * 1024;

export interface StateOptions {
  readonly folder: string;
  /** For files that all configurations share; by default the same folder. */
  readonly sharedFolder?: string;
  /** The command, for the history. */
  readonly command: string;
  now(): Date;
  locks(): Promise<Locks>;
  debug(line: string): void;
}

export function openState(options: StateOptions): State {
  const { folder, sharedFolder = folder, command, now, locks, debug } = options;
  const cache = openCache(debug);
  const folderOf = ({ isShared }: { readonly isShared?: true }) =>
    isShared ? sharedFolder : folder;
  const pathOf = (file: Named) => `${folderOf(file)}/${fileNameFor(file.name)}.json`;
  const attempt = (path: string, write: () => void) => {
    try {
      makePrivate(folder);
      write();
    } catch (error) {
      debug(`${path} cannot be written: ${(error as Error).message}`);
    }
  };
  const writeJson = (file: Named, value: () => unknown) => {
    const path = pathOf(file);
    attempt(path, () => {
      makePrivate(folderOf(file));
      const text = `${JSON.stringify(value())}\n`;
      cache.keep(path, text, replaceWhole(path, text));
    });
  };
  const state: State = {
    read: (file) => decodeStored(file, cache.read(pathOf(file)), clock),
    write: (file, value) => writeJson(file, () => encodeStored(file, value)),
    replaceText: (name, text) => {
      const path = `${folder}/${fileNameFor(name)}.txt`;
      attempt(path, () => void replaceWhole(path, text));
    },
    removeOld: (prefix, ageMs) => {
      attempt(folder, () => {
        const files = readdirSync(folder)
          .filter((name) => name.startsWith(prefix) && name.endsWith(".json"))
          .map((name) => `${folder}/${name}`)
          .map((path) => [path, statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0] as const);
        const oldest = Math.max(...files.map(([, written]) => written)) - ageMs;
        for (const [path, written] of files) if (written < oldest) rmSync(path, { force: true });
      });
    },
    update: async (file, change) => {
      const { name } = file;
      const options = { owner: `state ${name}`, isSilent: true };
      let lock: Lock | undefined;
      try {
        lock = await (await locks()).acquire(`state-${name}`, options);
        const changed = change(state.read(file));
        if (changed !== undefined) state.write(file, changed);
      } catch (error) {
        if (!isAwstError(error)) throw error;
        debug(`${pathOf(file)} is not updated: ${error.message}`);
      } finally {
        await lock?.release();
      }
    },
    record: (event, facts) => {
      const path = `${folder}/history.jsonl`;
      const line = JSON.stringify({ at: new Date().toISOString(), event, command, ...facts });
      attempt(path, () => {
        trimHistory(path);
        prepareFile(path);
        writeFileSync(path, `${line}\n`, { flag: "a", mode: 0o600 });
      });
    },
  };
  const { clock } = openClock({ state, now, say: () => {} });
  return state;
}

type Named = Pick<StateFile<unknown>, "name" | "isShared">;

/** Returns the value of a state file. `stored`: its parsed JSON; undefined for none. */
export function decodeStored<T>(file: StateFile<T>, stored: unknown, clock: () => Clock): T {
  if (file.version === undefined) return file.decode(stored, clock);
  const { version, ...rest } = Object(stored) as Record<string, unknown>;
  return file.decode(version === file.version ? rest : undefined, clock);
}

/** Returns what is written into a state file, as JSON takes it. */
export function encodeStored<T>(file: StateFile<T>, value: T): unknown {
  const encoded = file.encode === undefined ? value : file.encode(value);
  if (file.version === undefined || encoded === null) return encoded;
  return { version: file.version, ...(encoded as object) };
}

export interface OpenClock {
  clock(): Clock;
  /** Stores the time of a response of AWS, and reports a clock that is wrong by a minute, once per change. */
  recordTime(awsTime: Date, isLocal?: boolean): void;
}

export function openClock(context: {
  readonly state: Pick<State, "read" | "write">;
  now(): Date;
  say(line: string): void;
}): OpenClock {
  const clock = () => {
    const { skewMs, isLocal } = context.state.read(clockFile);
    return clockAt(context.now(), skewMs, isLocal);
  };
  return {
    clock,
    recordTime: (awsTime, isLocal = false) => {
      const corrected = correctedClock(clock(), awsTime);
      if (corrected === undefined) return;
      context.state.write(clockFile, { skewMs: corrected.skewMs, isLocal });
      const remark = clockRemark(corrected);
      if (remark !== undefined) context.say(remark);
    },
  };
}

interface Cache {
  /** Returns the parsed JSON; undefined for a file that is missing, too large or not JSON. FILE_UNREADABLE. */
  read(path: string): unknown;
  /** Remembers what this process wrote; `written`: the new file, before it was renamed to `path`. */
  keep(path: string, text: string, written: BigIntStats): void;
}

// A file is read again only when another one is at its path. Every write makes a new file, so a change by
// another process shows in the inode number and in the times.
function openCache(debug: (line: string) => void): Cache {
  const cached = new Map<string, { readonly identity: string; readonly value: unknown }>();
  const find = (path: string) => statSync(path, { bigint: true, throwIfNoEntry: false });
  return {
    read: (path) => {
      const found = attemptRead(path, () => find(path));
      if (found === undefined) return undefined;
      const known = cached.get(path);
      if (known?.identity === identityOf(found)) return known.value;
      // Reading a pipe might never end.
      if (!found.isFile()) throw unreadable(path, "is not an ordinary file", `rm -r ${path}`);
      const { value, identity } = readJson(path, debug);
      if (identity !== undefined) cached.set(path, { identity, value });
      return value;
    },
    keep: (path, text, written) => {
      cached.delete(path);
      const found = written.size > maxBytes ? undefined : find(path);
      if (found?.ino !== written.ino || found.mtimeNs !== written.mtimeNs) return;
      cached.set(path, { identity: identityOf(found), value: JSON.parse(text) });
    },
  };
}

function identityOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function readJson(
  path: string,
  debug: (line: string) => void,
): { value: unknown; identity: string | undefined } {
  const fd = attemptRead(path, () => openSync(path, "r"));
  if (fd === undefined) return { value: undefined, identity: undefined };
  try {
    const found = fstatSync(fd, { bigint: true });
    if (found.size > maxBytes) throw new Error("too large");
    return { value: JSON.parse(readFileSync(fd, "utf8")), identity: identityOf(found) };
  } catch {
    debug(`${path} is damaged and counts as empty`);
    return { value: undefined, identity: undefined };
  } finally {
    closeSync(fd);
  }
}

/** Returns undefined for a missing file. A file that another user owns is not missing: FILE_UNREADABLE. */
function attemptRead<T>(path: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(path, `can't be read (${code})`, foreignStateHint(path, dirname(path)));
  }
}

function unreadable(path: string, why: string, hint?: string): AwstError {
  return new AwstError("FILE_UNREADABLE", `awst's state file ${path} ${why}`, { hint });
}

/** Returns the new file's identity, as it was before the rename. */
function replaceWhole(path: string, text: string): BigIntStats {
  const temporary = `${path}.${process.pid}-${Math.random().toString(36).slice(2, 8)}.tmp`;
  try {
    const fd = createFile(temporary);
    let written: BigIntStats;
    try {
      writeFileSync(fd, text);
      syncFile(fd);
      written = fstatSync(fd, { bigint: true });
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
    return written;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Some file systems can't sync a file. Errors about its contents are thrown: a full disk, a broken one. */
export function syncFile(file: number): void {
  try {
    fsyncSync(file);
  } catch (error) {
    if (!/^(EINVAL|ENOSYS|ENOTSUP|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? "")) {
      throw error;
    }
  }
}

function makePrivate(folder: string): void {
  createFolder(folder);
  if (process.platform === "win32" || (statSync(folder).mode & 0o077) === 0) return;
  try {
    chmodSync(folder, 0o700);
  } catch {
    // Mounted disks of other systems have no modes.
  }
}

// Two processes that do this at the same moment lose the older half of the history, and nothing else.
function trimHistory(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  // Opening a pipe might never end.
  if (found?.isFile() === false) throw new Error("it is not an ordinary file");
  if ((found?.size ?? 0) > maxHistoryBytes) renameSync(path, path.replace(/\.jsonl$/, ".1.jsonl"));
}
