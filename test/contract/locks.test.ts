import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openLocks } from "../../src/adapters/file/locks.ts";
import { findBun } from "../../tools/find-bun.mjs";
import { type Bundle, bundleForNode } from "../support/bundle.ts";
import { root, runProcess, startProcess } from "../support/processes.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";

const source = "test/contract/locks-probe.ts";
const bun = findBun();
const env = { PATH: process.env.PATH ?? "", HOME: tmpdir(), TMPDIR: tmpdir() };
let bundle: Bundle;
let folder: string;

type Runtime = "node" | "bun";
const runtimes: readonly Runtime[] = bun ? ["node", "bun"] : ["node"];
if (runtimes.length === 1) console.log("bun: skipped: not installed");
const commandOf = (runtime: Runtime) =>
  runtime === "node" ? [process.execPath, bundle.path] : [bun ?? "bun", join(root, source)];

beforeAll(async () => {
  bundle = await bundleForNode(source);
});
afterAll(() => bundle.remove());
beforeEach(() => {
  folder = makeTemporaryFolder("locks");
});

async function startOwner(runtime: Runtime) {
  const args = [...commandOf(runtime), "hold", folder, "state-one"];
  const { child, finished } = startProcess(args, { env });
  const [messages] = await once(child.stdout!, "data");
  expect(String(messages)).toBe("locked\n");
  return { child, finished };
}

async function tryIt(runtime: Runtime) {
  const { stdout, stderr } = await runProcess([...commandOf(runtime), "try", folder, "state-one"], {
    env,
  });
  return stdout.trim() || stderr;
}

describe.each(runtimes)("owned by %s", (ownerRuntime) => {
  test.each(runtimes)("%s finds it taken, and free when the owner is killed", async (other) => {
    const { child, finished } = await startOwner(ownerRuntime);
    expect(await tryIt(other)).toBe("taken");
    child.kill("SIGKILL");
    await finished;
    expect(await tryIt(other)).toBe("free");
  });

  test("a waiting process gets it after the owner's SIGKILL, and prints the owner's name", async () => {
    const { child } = await startOwner(ownerRuntime);
    let message: string | undefined;
    const say = (line: string) => {
      message = line;
      child.kill("SIGKILL");
    };
    const locks = openLocks(folder, { say, pauseMessages() {}, resumeMessages() {} });
    await (await locks.acquire("state-one", { owner: "me" })).release();
    expect(child.signalCode ?? "SIGKILL").toBe("SIGKILL");
    expect(message).toBe(`waiting for hold (process ${child.pid}) to finish`);
  });
});

test.skipIf(process.platform === "win32")(
  "a stopped owner is named as stopped, with what continues it",
  async () => {
    const { child, finished } = await startOwner("node");
    child.kill("SIGSTOP");
    const times = { silence: 10, longest: 60_000, longestSilent: 60_000, stoppedOwner: 50 };
    const locks = openLocks(folder, { say() {}, pauseMessages() {}, resumeMessages() {} }, times);
    try {
      await expect(locks.acquire("state-one", { owner: "me" })).rejects.toMatchObject({
        code: "WAIT_TIMED_OUT",
        message: expect.stringContaining("which is stopped"),
        hint: expect.stringContaining(`kill -CONT ${child.pid}`),
      });
    } finally {
      child.kill("SIGKILL");
      await finished;
    }
  },
);

test("20 processes of both kinds, one counter: none is lost", async () => {
  const file = join(folder, "counter");
  writeFileSync(file, "0");
  const all = Array.from({ length: 20 }, (_, number) => {
    const runtime = runtimes[number % runtimes.length] ?? "node";
    return runProcess([...commandOf(runtime), "count", folder, "state-one", file, "5"], { env });
  });
  for (const { status, stderr } of await Promise.all(all)) {
    expect(stderr).toBe("");
    expect(status).toBe(0);
  }
  expect(readFileSync(file, "utf8")).toBe("100");
});

describe("a lock's file is deleted while others compete for the lock", () => {
  test.each([
    ["by a third process, again and again", ["count", "count"], true],
    ["by each owner in turn", ["retire", "retire"], false],
    ["by one of the owners and a third process", ["retire", "count"], true],
  ] as const)("%s: no two own it at once", async (_, actions, cleans) => {
    const file = join(folder, "counter");
    writeFileSync(file, "0");
    const locks = join(folder, "locks");
    const cleaner = cleans
      ? startProcess([...commandOf("node"), "clean", locks], { env })
      : undefined;
    if (cleaner !== undefined) await once(cleaner.child.stdout!, "data");
    try {
      const all = actions.map((action, number) => {
        const runtime = runtimes[number % runtimes.length] ?? "node";
        return runProcess([...commandOf(runtime), action, locks, "role-x@1", file, "150"], { env });
      });
      for (const { status, stderr } of await Promise.all(all)) {
        expect(stderr.replaceAll(/^awst: waiting for .*\n/gm, "")).toBe("");
        expect(status).toBe(0);
      }
      expect(readFileSync(file, "utf8")).toBe("300");
    } finally {
      cleaner?.child.kill("SIGKILL");
      await cleaner?.finished;
    }
  });
});
