import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { tryLockFile } from "#native";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import type { LockName } from "../../model/lock-names.ts";
import { openLocks, pauseAfter } from "./locks.ts";
import { removeUnusedLocks } from "./unused-locks.ts";

let dir: string;
beforeEach(() => {
  dir = join(makeTemporaryFolder("locks"), "locks");
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const silent = { pauseMessages() {}, resumeMessages() {} };
const me = `(process ${process.pid})`;

/** Locks, and the lines they print. */
function open() {
  const messages: string[] = [];
  return { ...openLocks(dir, { ...silent, say: (line) => messages.push(line) }), messages };
}

test("one at a time; the second gets the owner and when its wait began", async () => {
  const order: string[] = [];
  const before = Date.now();
  const first = await open().acquire("state-a", { owner: "assume x" });
  expect(first.waitedSince).toBeUndefined();
  const other = open();
  const second = other.acquire("state-a", { owner: "second" }).then((lock) => {
    order.push("second in");
    return lock;
  });
  await pause(150);
  order.push("first out");
  await first.release();
  expect((await second).waitedSince?.getTime()).toBeGreaterThanOrEqual(before);
  await (await second).release();
  expect(order).toEqual(["first out", "second in"]);
  expect(other.messages).toEqual([`waiting for assume x ${me} to finish`]);
});

test("a silent wait prints nothing", async () => {
  const locks = open();
  const first = await locks.acquire("state-a", { owner: "x" });
  const second = locks.acquire("state-a", { owner: "y", isSilent: true });
  await pause(60);
  await first.release();
  await (await second).release();
  expect(locks.messages).toEqual([]);
});

test("other names do not wait", async () => {
  const locks = openLocks(dir);
  await using _a = await locks.acquire("state-a", { owner: "x" });
  await using b = await locks.acquire("state-b", { owner: "y", waitMs: 0 });
  expect(b.waitedSince).toBeUndefined();
});

test("a silent wait that lasts names the owner, and every wait ends", async () => {
  const messages: string[] = [];
  const times = { silence: 40, longest: 200, longestSilent: 120, stoppedOwner: 1_000 };
  const locks = openLocks(dir, { ...silent, say: (line) => messages.push(line) }, times);
  await using _lock = await locks.acquire("state-a", { owner: "x" });
  const ends = { code: "WAIT_TIMED_OUT" };
  await expect(locks.acquire("state-a", { owner: "y", isSilent: true })).rejects.toMatchObject(
    ends,
  );
  expect(messages).toEqual([`waiting for x ${me} to finish`]);
  await expect(locks.acquire("state-a", { owner: "y" })).rejects.toMatchObject(ends);
});

test("a clock that is set back does not make a wait longer", async () => {
  const locks = openLocks(dir);
  await using _lock = await locks.acquire("state-a", { owner: "x" });
  const waiting = locks.acquire("state-a", { owner: "y", waitMs: 100 });
  vi.setSystemTime(Date.now() - 24 * 3600 * 1000);
  try {
    await expect(waiting).rejects.toMatchObject({ code: "WAIT_TIMED_OUT" });
  } finally {
    vi.useRealTimers();
  }
});

test("waitMs ends the wait and names the owner", async () => {
  const locks = openLocks(dir);
  const lock = await locks.acquire("state-a", { owner: "assume x" });
  await expect(locks.acquire("state-a", { owner: "y", waitMs: 60 })).rejects.toMatchObject({
    code: "WAIT_TIMED_OUT",
    message: `waited 0 s for assume x ${me}`,
    hint: `if that process hangs: kill ${process.pid}`,
  });
  await lock.release();
  await (await locks.acquire("state-a", { owner: "y", waitMs: 0 })).release();
});

test("an error in the block that took the lock releases it; releasing twice does nothing", async () => {
  const locks = openLocks(dir);
  const failing = async () => {
    await using lock = await locks.acquire("state-a", { owner: "x" });
    await lock.release();
    await lock.release();
    await using _again = await locks.acquire("state-a", { owner: "x", waitMs: 0 });
    throw new Error("no");
  };
  await expect(failing()).rejects.toThrow("no");
  await (await locks.acquire("state-a", { owner: "y", waitMs: 0 })).release();
});

test("a long owner text with control characters is cut and made plain", async () => {
  const locks = open();
  await using _lock = await locks.acquire("state-a", { owner: `x\u001b[2J${"y".repeat(500)}` });
  await locks.acquire("state-a", { owner: "", waitMs: 60 }).catch(() => {});
  expect(locks.messages[0]).toMatch(/^waiting for x \[2Jy+ to finish$/);
  expect(locks.messages[0]?.length).toBeLessThanOrEqual(200 + "waiting for  to finish".length);
});

test("the file stays, 0600 and empty, in a folder of 0700", async () => {
  await (await openLocks(dir).acquire("state-Odd name/..", { owner: "x" })).release();
  const [name = ""] = readdirSync(dir);
  expect(readFileSync(join(dir, name), "utf8")).toBe("");
  expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test("a process that waits on a deleted file turns to the new one", async () => {
  const locks = openLocks(dir);
  const first = await locks.acquire("state-a", { owner: "x" });
  const second = locks.acquire("state-a", { owner: "y" });
  await pause(30);
  rmSync(dir, { recursive: true });
  await first.release();
  await using _second = await second;
  const third = locks.acquire("state-a", { owner: "z", waitMs: 0 });
  await expect(third).rejects.toMatchObject({ code: "WAIT_TIMED_OUT" });
});

test("a folder that cannot be made is an error that names the file", async () => {
  const lock = openLocks("/dev/null/locks").acquire("state-a", { owner: "x" });
  await expect(lock).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
});

test.each([
  [0, 1, 3],
  [8, 1, 3],
  [80, 5, 15],
  [800, 50, 150],
  [4_000, 250, 750],
  [60_000, 250, 750],
  [-60_000, 1, 3],
])("after %d ms of waiting, the next attempt is in %d to %d ms", (waited, least, most) => {
  expect([0, 1].map((random) => pauseAfter(waited, random))).toEqual([least, most]);
});

test("a wait of a minute takes few attempts", () => {
  let attempts = 0;
  for (let waited = 0; waited < 60_000; attempts++) waited += pauseAfter(waited, 0.5);
  expect(attempts).toBeLessThan(200);
});

describe("locks that are no longer used", () => {
  const filesIn = () => readdirSync(dir).sort();
  const later = Date.now() + 25 * 3600 * 1000;
  const use = async (...names: LockName[]) => {
    for (const name of names) await (await open().acquire(name, { owner: "x" })).release();
  };

  test("of role sessions are deleted after a day; all others, and those in use, stay", async () => {
    await use("role-a", "role-session/m/a/Dev@0123" as LockName, "role-b", "code-m", "state-x");
    removeUnusedLocks(dir, Date.now() + 23 * 3600 * 1000);
    expect(filesIn()).toHaveLength(5);
    await using owned = await open().acquire("role-b", { owner: "x" });
    removeUnusedLocks(dir, later);
    expect(filesIn()).toEqual(["code-m", "role-b", "state-x"]);
    expect(await isTaken("role-b")).toBe(true);
    await owned.release();
    expect(await isTaken("role-b")).toBe(false);
  });

  test("stay where another process put a new file in the place, and may own its lock", async () => {
    await use("role-a");
    removeUnusedLocks(dir, later, (fd) => {
      rmSync(join(dir, "role-a"));
      writeFileSync(join(dir, "role-a"), "another process");
      return tryLockFile(fd);
    });
    expect(filesIn()).toEqual(["role-a"]);
  });

  test("are none where there is no folder, and a folder of that name stays", async () => {
    removeUnusedLocks(`${dir}/none`, later);
    await use("role-a");
    mkdirSync(join(dir, "role-folder"));
    removeUnusedLocks(dir, later);
    expect(filesIn()).toEqual(["role-folder"]);
  });

  test("a lock that is retired leaves nothing; who waits for it gets a lock of its own file", async () => {
    const first = await open().acquire("role-a", { owner: "logout" });
    const second = open().acquire("role-a", { owner: "assume" });
    await pause(30);
    first.retire();
    const third = await open().acquire("role-a", { owner: "new file" });
    await first.release();
    await pause(30);
    expect(await isTaken("role-a")).toBe(true);
    await third.release();
    await (await second).release();
    (await open().acquire("role-a", { owner: "x" })).retire();
    expect(filesIn()).toEqual([]);
  });

  test("where another program emptied the folder, the lock of another owner stays", async () => {
    const first = await open().acquire("role-a", { owner: "logout" });
    rmSync(join(dir, "role-a"));
    const second = await open().acquire("role-a", { owner: "assume" });
    first.retire();
    await first.release();
    expect(await isTaken("role-a")).toBe(true);
    await second.release();
  });

  async function isTaken(name: LockName): Promise<boolean> {
    try {
      await (await open().acquire(name, { owner: "x", waitMs: 0 })).release();
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: "WAIT_TIMED_OUT" });
      return true;
    }
  }
});
