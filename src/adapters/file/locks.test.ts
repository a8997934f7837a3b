import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openLocks } from "./locks.ts";

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "awst-locks-")), "locks");
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test("one at a time, and the second is told by whom and since when it waited", async () => {
  const order: string[] = [];
  const told: unknown[] = [];
  const before = Date.now();
  const first = openLocks(dir).hold(
    "a",
    { holder: "assume x (pid 1)" },
    async ({ waitedSince }) => {
      expect(waitedSince).toBeUndefined();
      order.push("first in");
      await pause(150);
      order.push("first out");
    },
  );
  const how = { holder: "second", onWait: (word: string | undefined) => told.push(word) };
  await openLocks(dir).hold("a", how, async ({ waitedSince }) => {
    expect(waitedSince?.getTime()).toBeGreaterThanOrEqual(before);
    order.push("second in");
  });
  await first;
  expect(order).toEqual(["first in", "first out", "second in"]);
  expect(told).toEqual(["assume x (pid 1)"]);
});

test("other names do not wait, and the result comes back", async () => {
  const locks = openLocks(dir);
  const result = await locks.hold("a", { holder: "x" }, () =>
    locks.hold("b", { holder: "y", waitMs: 0 }, async () => 7),
  );
  expect(result).toBe(7);
});

test("waitMs ends the wait and names the holder", async () => {
  const locks = openLocks(dir);
  await locks.hold("a", { holder: "assume x (pid 1)" }, async () => {
    const wait = locks.hold("a", { holder: "y", waitMs: 60 }, async () => "in");
    await expect(wait).rejects.toMatchObject({
      code: "WAIT_TIMED_OUT",
      message: "waited too long for another awst: assume x (pid 1)",
    });
  });
  await locks.hold("a", { holder: "y", waitMs: 0 }, async () => "free again");
});

test("work that throws lets go", async () => {
  const locks = openLocks(dir);
  const failing = locks.hold("a", { holder: "x" }, async () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await locks.hold("a", { holder: "y", waitMs: 0 }, async () => 1)).toBe(1);
});

test("a long word with control characters is cut and made plain", async () => {
  const locks = openLocks(dir);
  const told: (string | undefined)[] = [];
  await locks.hold("a", { holder: `x\u001b[2J${"y".repeat(500)}` }, async () => {
    const how = { holder: "", waitMs: 60, onWait: (word: string | undefined) => told.push(word) };
    await locks.hold("a", how, async () => {}).catch(() => {});
  });
  expect(told[0]).toMatch(/^x \[2Jy+$/);
  expect(told[0]?.length).toBeLessThanOrEqual(200);
});

test("the file stays, 0600 and empty, in a folder of 0700", async () => {
  await openLocks(dir).hold("Odd name/..", { holder: "x" }, async () => {});
  const [name = ""] = readdirSync(dir);
  expect(readFileSync(join(dir, name), "utf8")).toBe("");
  expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test("a waiter whose file was taken away turns to the one that is there", async () => {
  const locks = openLocks(dir);
  let second: Promise<void> | undefined;
  const order: string[] = [];
  await locks.hold("a", { holder: "x" }, async () => {
    second = locks.hold("a", { holder: "y" }, async () => {
      await locks
        .hold("a", { holder: "z", waitMs: 0 }, async () => order.push("both"))
        .catch(() => order.push("alone"));
    });
    await pause(30);
    rmSync(dir, { recursive: true });
  });
  await second;
  expect(order).toEqual(["alone"]);
});

test("a folder that cannot be made is an error that names the file", async () => {
  const work = openLocks("/dev/null/locks").hold("a", { holder: "x" }, async () => {});
  await expect(work).rejects.toMatchObject({ code: "FILE_UNWRITABLE" });
});
