// Locks between processes: one file each, never deleted. The kernel releases a lock when its owner dies.
// The lock belongs to the open file, so two parts of one process exclude each other as well. The file's
// text names the owner, for those who wait; the text does not affect the lock.

import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { tryLockFile, unlockFile } from "#native";
import { AwstError } from "../../model/errors.ts";
import { fileNameFor } from "../../model/text/file-name.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";
import type { Lock, Locks } from "../../ports.ts";
import { openStopGuard, type PausableMessages } from "../terminal/stop-guard.ts";

/** Longer owner texts are cut. */
const ownerBytes = 200;

export interface Messages extends PausableMessages {
  say(line: string): void;
}

const silent: Messages = { say() {}, pauseMessages() {}, resumeMessages() {} };

export function openLocks(dir: string, messages: Messages = silent): Locks {
  const guard = openStopGuard(messages);
  const open = async (name: string, request: Request): Promise<Lock> => {
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
    return { waitedSince, release, [Symbol.asyncDispose]: release };
  };
  return {
    acquire: (name, { owner, waitMs, isSilent }) =>
      open(name, {
        ownerText: `${owner} (process ${process.pid})`,
        waitMs,
        onWait: isSilent
          ? undefined
          : (other) => messages.say(`waiting for ${other ?? "another awst"} to finish`),
      }),
  };
}

interface Request {
  readonly ownerText: string;
  readonly waitMs: number | undefined;
  readonly onWait: ((other: string | undefined) => void) | undefined;
}

async function waitForLock(dir: string, path: string, name: string, request: Request) {
  let waitedSince: Date | undefined;
  const announce = announceOnce(request);
  for (let tries = 1; ; tries++) {
    const fd = openLockFile(dir, path);
    try {
      for (; !tryLock(fd, path); tries++) {
        waitedSince ??= new Date();
        announce(fd, tries);
        const left = millisecondsLeft(waitedSince, request.waitMs);
        if (left <= 0) throw waitTimedOut(fd, name);
        const waited = Date.now() - waitedSince.getTime();
        await pause(Math.min(left, pauseAfter(waited, Math.random())));
      }
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
    return openSync(path, "a+", 0o600);
  } catch (cause) {
    const reason = systemErrorText(cause);
    throw new AwstError("FILE_UNWRITABLE", `cannot open the lock ${path}: ${reason}`, { cause });
  }
}

function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    // ENOENT means any reason why a folder above could not be made.
    const isVague = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const reason = isVague ? "the folder above it can't be written" : systemErrorText(cause);
    throw new AwstError("FILE_UNWRITABLE", `cannot make the folder ${dir}: ${reason}`, { cause });
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

// Another program may have emptied the folder meanwhile: then no other process will open this file.
function isStillAt(fd: number, path: string): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  return there !== undefined && there.ino === fstatSync(fd, { bigint: true }).ino;
}

// The owner writes its text just after it took the lock: a process that comes in between reads it again.
function announceOnce({ onWait }: Request): (fd: number, tries: number) => void {
  let isDone = onWait === undefined;
  return (fd, tries) => {
    if (isDone) return;
    const owner = readOwner(fd);
    if (owner === undefined && tries < 3) return;
    isDone = true;
    onWait?.(owner);
  };
}

function millisecondsLeft(waitedSince: Date, waitMs: number | undefined): number {
  if (waitMs === undefined) return Number.POSITIVE_INFINITY;
  return waitMs - (Date.now() - waitedSince.getTime());
}

function waitTimedOut(fd: number, name: string): AwstError {
  const owner = readOwner(fd) ?? name;
  return new AwstError("WAIT_TIMED_OUT", `waited too long for another awst: ${owner}`);
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
const longestPauseMs = 500;

/** Returns how long to pause before the next attempt, in milliseconds: an eighth of the time waited so far. So a lock
 *  that is released after milliseconds costs milliseconds, and hundreds of processes that wait for a user's code
 *  cost next to nothing. `random` from 0 to 1: processes that began together do not stay together. */
export function pauseAfter(waitedMs: number, random: number): number {
  const middle = Math.min(longestPauseMs, Math.max(firstPauseMs, waitedMs / 8));
  return middle * (0.5 + random);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
