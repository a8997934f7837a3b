// A process that takes a lock: for tests that put several of them, on Node and Bun, against each other.
//   hold FOLDER NAME          takes it, prints "locked", and does not release it until it is killed (60 s at most)
//   try FOLDER NAME           says "free" or "taken"
//   count FOLDER NAME FILE N  adds 1 to the number in FILE, N times
//   retire FOLDER NAME FILE N the same, and deletes the lock's file each time
//   clean FOLDER              prints "cleaning", and deletes unused locks until it is killed, as if a day had passed

import { readFileSync, writeFileSync } from "node:fs";
import { openLocks } from "../../src/adapters/file/locks.ts";
import { removeUnusedLocks } from "../../src/adapters/file/unused-locks.ts";
import { isAwstError } from "../../src/model/errors.ts";
import type { LockName } from "../../src/model/lock-names.ts";

const [action, folder = "", name = "", file = "", times = "1"] = process.argv.slice(2);
const locks = openLocks(folder);
const options = { owner: action ?? "" };

if (action === "hold") {
  await locks.acquire(name as LockName, options);
  console.log("locked");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
} else if (action === "try") {
  try {
    const lock = await locks.acquire(name as LockName, { ...options, waitMs: 0 });
    console.log("free");
    await lock.release();
  } catch (error) {
    if (!isAwstError(error, "WAIT_TIMED_OUT")) throw error;
    console.log("taken");
  }
} else if (action === "clean") {
  const later = Date.now() + 2 * 24 * 3600 * 1000;
  for (let rounds = 0; ; rounds++) {
    removeUnusedLocks(folder, later);
    if (rounds === 0) console.log("cleaning");
    if (rounds % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
} else {
  for (let left = Number(times); left > 0; left--) {
    const lock = await locks.acquire(name as LockName, options);
    const number = Number(readFileSync(file, "utf8"));
    await new Promise((resolve) => setTimeout(resolve, 1));
    writeFileSync(file, String(number + 1));
    if (action === "retire") lock.retire();
    await lock.release();
  }
}
