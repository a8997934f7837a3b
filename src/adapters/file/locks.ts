// Locks that the kernel releases when their holder dies. One file each, never deleted; the lock is on
// the open file, so two holds in one process exclude each other as well. What the file says is who
// holds it: advice for those who wait, never the truth.

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
import { systemErrorWords } from "../../model/text/system-error-words.ts";
import type { LockHow, Locks } from "../../ports.ts";
import { openStopGuard, type Talk } from "../terminal/stop-guard.ts";

const wordBytes = 200;

export function openLocks(dir: string, talk: Talk = { holdBack() {}, letGo() {} }): Locks {
  const guard = openStopGuard(talk);
  return {
    hold: async (name, how, work) => {
      const path = `${dir}/${fileNameFor(name)}`;
      const { fd, waitedSince } = await take(dir, path, name, how);
      guard.enter();
      try {
        return await work({ waitedSince });
      } finally {
        release(fd);
        guard.leave();
      }
    },
  };
}

async function take(dir: string, path: string, name: string, how: LockHow) {
  let waitedSince: Date | undefined;
  const announce = announceOnce(how);
  for (let tries = 1; ; tries++) {
    const fd = openLockFile(dir, path);
    try {
      for (; !tryLock(fd, path); tries++) {
        waitedSince ??= new Date();
        announce(fd, tries);
        const left = millisecondsLeft(waitedSince, how.waitMs);
        if (left <= 0) throw waitTimedOut(fd, name);
        await pause(Math.min(left, 10 + Math.random() * Math.min(40, 5 * tries)));
      }
      if (isStillAt(fd, path)) {
        writeWord(fd, how.holder);
        return { fd, waitedSince };
      }
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
  }
}

function release(fd: number): void {
  writeWord(fd, "");
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
    const reason = systemErrorWords(cause);
    throw new AwstError("FILE_UNWRITABLE", `cannot open the lock ${path}: ${reason}`, { cause });
  }
}

function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    // ENOENT stands for whatever keeps a folder above it from being made.
    const isVague = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const reason = isVague ? "the folder above it takes none" : systemErrorWords(cause);
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

// Somebody emptied the folder meanwhile: the lock is then on a file nobody else will open.
function isStillAt(fd: number, path: string): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  return there !== undefined && there.ino === fstatSync(fd, { bigint: true }).ino;
}

// The holder writes its word just after it took the lock: a waiter that comes in between looks again.
function announceOnce({ onWait }: LockHow): (fd: number, tries: number) => void {
  let isDone = onWait === undefined;
  return (fd, tries) => {
    if (isDone) return;
    const holder = readWord(fd);
    if (holder === undefined && tries < 3) return;
    isDone = true;
    onWait?.(holder);
  };
}

function millisecondsLeft(waitedSince: Date, waitMs: number | undefined): number {
  if (waitMs === undefined) return Number.POSITIVE_INFINITY;
  return waitMs - (Date.now() - waitedSince.getTime());
}

function waitTimedOut(fd: number, name: string): AwstError {
  const holder = readWord(fd) ?? name;
  return new AwstError("WAIT_TIMED_OUT", `waited too long for another awst: ${holder}`);
}

function readWord(fd: number): string | undefined {
  const bytes = Buffer.alloc(wordBytes);
  try {
    const text = bytes.toString("utf8", 0, readSync(fd, bytes, 0, wordBytes, 0));
    const word = text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
    return word === "" ? undefined : word;
  } catch {
    return undefined;
  }
}

function writeWord(fd: number, word: string): void {
  try {
    ftruncateSync(fd, 0);
    const bytes = Buffer.from(word).subarray(0, wordBytes);
    if (bytes.length > 0) writeSync(fd, bytes, 0, bytes.length, 0);
  } catch {
    // A full disk takes nothing from the lock itself.
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
