// A process that takes a lock: for tests that put several of them, on Node and Bun, against each other.
//   hold FOLDER NAME          takes it, prints "locked", and does not release it until it is killed (60 s at most)
//   try FOLDER NAME           says "free" or "taken"
//   count FOLDER NAME FILE N  adds 1 to the number in FILE, N times

import { readFileSync, writeFileSync } from "node:fs";
import { openLocks } from "../../src/adapters/file/locks.ts";
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
} else {
  for (let left = Number(times); left > 0; left--) {
    const lock = await locks.acquire(name as LockName, options);
    const number = Number(readFileSync(file, "utf8"));
    await new Promise((resolve) => setTimeout(resolve, 1));
    writeFileSync(file, String(number + 1));
    await lock.release();
  }
}
