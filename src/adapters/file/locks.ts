// Locks between processes: one file each, which is deleted under its lock alone (unused-locks.ts). The kernel releases a
// lock when its owner dies. The lock belongs to the open file, so two parts of one process exclude each other as well.
// The file's text names the owner, for those who wait; the text does not affect the lock.

import { spawnSync } from "node:child_process";
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { tryLockFile, unlockFile } from "#native";
import { AwstError } from "../../model/errors.ts";
import type { LockName } from "../../model/lock-names.ts";
import { fileNameFor } from "../../model/text/file-name.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";
import type { Lock, Locks } from "../../ports.ts";
import { openStopGuard, type PausableMessages } from "../terminal/stop-guard.ts";
import { createFolder, foreignStateHint, prepareFile } from "./owned-files.ts";
import { isStillAt, removeUnusedLocks } from "./unused-locks.ts";

/** Longer owner texts are cut. */
const ownerBytes = 200;

/** How long locks wait, in milliseconds on a clock that never jumps. */
export interface LockTimes {
  /** A silent wait prints its line after this time. */
  readonly silence: number;
  /** A wait without a limit of its own ends after this time: a user may be typing a code elsewhere. */
  readonly longest: number;
  /** A silent wait is for a lock that is released after milliseconds. */
  readonly longestSilent: number;
  /** A stopped owner releases no lock, so a wait for it ends after this time. */
  readonly stoppedOwner: number;
}

const defaultTimes: LockTimes = {
  silence: 2_000,
  longest: 120_000,
  longestSilent: 15_000,
  stoppedOwner: 5_000,
};

export interface Messages extends PausableMessages {
  say(line: string): void;
}

const silent: Messages = { say() {}, pauseMessages() {}, resumeMessages() {} };

export function openLocks(
  dir: string,
  messages: Messages = silent,
  times: LockTimes = defaultTimes,
): Locks {
  const guard = openStopGuard(messages);
  const open = async (name: LockName, request: Request): Promise<Lock> => {
    const path = `${dir}/${fileNameFor(name)}`;
    const { fd, waitedSince } = await waitForLock(dir, path, name, request);
    guard.enter();
    let isReleased = false;
    const release = async () => {
      if (isReleased) return;
      isReleased = true;
      try {
        unlock(fd);
      } finally {
        guard.leave();
      }
    };
    const retire = () => {
      try {
        // Where another program emptied the folder, the file there is another owner's lock.
        if (isStillAt(fd, path)) rmSync(path, { force: true });
      } catch {
        // It stays until it was not used for a day.
      }
    };
    return { waitedSince, retire, release, [Symbol.asyncDispose]: release };
  };
  return {
    acquire: (name, { owner, waitMs, isSilent }) =>
      open(name, {
        ownerText: `${owner} (process ${process.pid})`,
        waitMs: waitMs ?? (isSilent ? times.longestSilent : times.longest),
        silentMs: isSilent ? times.silence : 0,
        stoppedMs: times.stoppedOwner,
        onWait: (other) => messages.say(`waiting for ${other ?? "another awst"} to finish`),
      }),
    removeUnused: () => removeUnusedLocks(dir),
  };
}

interface Request {
  readonly ownerText: string;
  readonly waitMs: number;
  readonly silentMs: number;
  readonly stoppedMs: number;
  readonly onWait: (other: string | undefined) => void;
}

async function waitForLock(dir: string, path: string, name: LockName, request: Request) {
  const start = performance.now();
  let waitedSince: Date | undefined;
  const announce = announceOnce(request);
  let checkOwnerAt = request.stoppedMs;
  for (let tries = 1; ; tries++) {
    const fd = openLockFile(dir, path);
    try {
      for (; !tryLock(fd, path); tries++) {
        waitedSince ??= new Date();
        const waited = performance.now() - start;
        announce(fd, tries, waited);
        const left = request.waitMs - waited;
        if (left <= 0) throw waitTimedOut(fd, name, waited);
        if (waited >= checkOwnerAt) {
          if (isOwnerStopped(fd)) throw waitTimedOut(fd, name, waited);
          checkOwnerAt = waited + 1_000;
        }
        await pause(Math.min(left, pauseAfter(waited, Math.random())));
      }
      // Else its file was deleted meanwhile, and others lock a new one.
      if (isStillAt(fd, path)) {
        writeOwner(fd, request.ownerText);
        return { fd, waitedSince };
      }
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
  }
}

function unlock(fd: number): void {
  writeOwner(fd, "");
  try {
    unlockFile(fd);
  } finally {
    closeSync(fd);
  }
}

function openLockFile(dir: string, path: string): number {
  makeFolder(dir);
  try {
    prepareFile(path);
    return openSync(path, "a+", 0o600);
  } catch (cause) {
    const reason = systemErrorText(cause);
    throw new AwstError("FILE_UNWRITABLE", `cannot open the lock ${path}: ${reason}`, {
      hint: foreignStateHint(path, dirname(dir)),
      cause,
    });
  }
}

function makeFolder(dir: string): void {
  try {
    createFolder(dir);
  } catch (cause) {
    // ENOENT means any reason why a folder above could not be made.
    const isVague = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const reason = isVague ? "the folder above it can't be written" : systemErrorText(cause);
    throw new AwstError("FILE_UNWRITABLE", `cannot make the folder ${dir}: ${reason}`, {
      hint: foreignStateHint(`${dir}/lock`, dirname(dir)),
      cause,
    });
  }
}

function tryLock(fd: number, path: string): boolean {
  try {
    return tryLockFile(fd);
  } catch (cause) {
    throw new AwstError("FILE_UNWRITABLE", `${path} cannot be locked on this file system`, {
      cause,
    });
  }
}

// The owner writes its text just after it took the lock: a process that comes in between reads it again.
function announceOnce({ onWait, silentMs }: Request) {
  let isDone = false;
  return (fd: number, tries: number, waitedMs: number): void => {
    if (isDone || waitedMs < silentMs) return;
    const owner = readOwner(fd);
    if (owner === undefined && tries < 3) return;
    isDone = true;
    onWait(owner);
  };
}

function waitTimedOut(fd: number, name: string, waitedMs: number): AwstError {
  const owner = readOwner(fd);
  const pid = processOf(owner);
  const seconds = Math.round(waitedMs / 1000);
  const message = `waited ${seconds} s for ${owner ?? `another awst (lock ${name})`}`;
  if (pid !== undefined && isOwnerStopped(fd)) {
    return new AwstError("WAIT_TIMED_OUT", `${message}, which is stopped`, {
      hint: `kill -CONT ${pid} continues that process, kill ${pid} ends it`,
    });
  }
  const hint = pid === undefined ? undefined : `if that process hangs: kill ${pid}`;
  return new AwstError("WAIT_TIMED_OUT", message, { hint });
}

/** Returns the id of the process that an owner text names. */
function processOf(owner: string | undefined): string | undefined {
  return /\(process (\d+)\)$/.exec(owner ?? "")?.[1];
}

/** Whether the owner was stopped: Ctrl-Z, SIGSTOP, a debugger. False where that is unknown. */
function isOwnerStopped(fd: number): boolean {
  const pid = processOf(readOwner(fd));
  if (pid === undefined || process.platform === "win32") return false;
  return /^[Tt]/.test(processState(pid));
}

function processState(pid: string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2);
  } catch {
    if (process.platform === "linux") return "";
    return spawnSync("/bin/ps", ["-o", "state=", "-p", pid], { encoding: "utf8" }).stdout ?? "";
  }
}

function readOwner(fd: number): string | undefined {
  const bytes = Buffer.alloc(ownerBytes);
  try {
    const text = bytes.toString("utf8", 0, readSync(fd, bytes, 0, ownerBytes, 0));
    const owner = text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
    return owner === "" ? undefined : owner;
  } catch {
    return undefined;
  }
}

function writeOwner(fd: number, owner: string): void {
  try {
    ftruncateSync(fd, 0);
    const bytes = Buffer.from(owner).subarray(0, ownerBytes);
    if (bytes.length > 0) writeSync(fd, bytes, 0, bytes.length, 0);
  } catch {
    // The lock also works on a full disk.
  }
}

const firstPauseMs = 2;
const maxPauseMs = 500;

/** Returns how long to pause before the next attempt, in milliseconds: an eighth of the time waited so far. So a lock
 *  that is released after milliseconds costs milliseconds, and hundreds of processes that wait for a user's code
 *  cost next to nothing. `random` from 0 to 1: processes that began together do not stay together. */
export function pauseAfter(waitedMs: number, random: number): number {
  const middle = Math.min(maxPauseMs, Math.max(firstPauseMs, waitedMs / 8));
  return middle * (0.5 + random);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
