import {
  chmodSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import type { StateFile } from "../../model/state-file.ts";
import { openLocks } from "./locks.ts";
import { openClock, openState } from "./state.ts";

let dir: string;
let messages: string[];
const open = () =>
  openState({
    folder: dir,
    command: "key rotate",
    now: () => new Date(),
    locks: async () => openLocks(`${dir}/locks`),
    debug: (line) => messages.push(line),
  });

function jsonFile(name: string): StateFile<unknown> {
  return { name, decode: (stored) => stored };
}
const cache = jsonFile("learned");

beforeEach(() => {
  dir = join(makeTemporaryFolder("state"), "deep", "awst");
  messages = [];
});

test("what was replaced is read back, by any process", () => {
  open().write(cache, { devices: ["a"] });
  expect(open().read(cache)).toEqual({ devices: ["a"] });
  expect(readdirSync(dir)).toEqual(["learned.json"]);
});

test("old files of a prefix are deleted, by the time of the newest one, and no other file", () => {
  const state = open();
  const hour = 3600_000;
  const ages: Readonly<Record<string, number>> = {
    ...{ "failure-role-a": 0, "failure-role-b": 0.9, "failure-role-c": 1.1, "failure-code-d": 48 },
    ...{ "failures-e": 48, sessions: 48 },
  };
  const newest = Date.now() - 100 * hour;
  for (const [name, age] of Object.entries(ages)) {
    state.write(jsonFile(name), 1);
    const time = (newest - age * hour) / 1000;
    utimesSync(`${dir}/${name}.json`, time, time);
  }
  writeFileSync(`${dir}/failure-notes.txt`, "");
  state.removeOld("failure-", hour);
  expect(readdirSync(dir).sort()).toEqual([
    ...["failure-notes.txt", "failure-role-a.json", "failure-role-b.json"],
    ...["failures-e.json", "sessions.json"],
  ]);
  state.removeOld("none-", hour);
  rmSync(dir, { recursive: true });
  open().removeOld("failure-", hour);
});

test("folders are 0700 and files 0600, also after the folder was opened to others", () => {
  open().write(cache, 1);
  chmodSync(dir, 0o755);
  open().write(cache, 2);
  open().record("issued", {});
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(statSync(`${dir}/learned.json`).mode & 0o777).toBe(0o600);
  expect(statSync(`${dir}/history.jsonl`).mode & 0o777).toBe(0o600);
});

test.each(["", "{", '{"a":1', "\0\0\0"])("a torn file (%j) reads as absent", (text) => {
  open().write(cache, {});
  writeFileSync(`${dir}/learned.json`, text);
  expect(open().read(cache)).toBeUndefined();
});

test("an absent file and an oversized one read as absent", () => {
  expect(open().read(cache)).toBeUndefined();
  expect(messages).toEqual([]);
  open().write(cache, "x".repeat(5 * 1024 * 1024));
  expect(open().read(cache)).toBeUndefined();
});

test("no name leads out of the folder", () => {
  open().write(jsonFile("../../outside"), 1);
  expect(readdirSync(join(dir, "..", ".."))).toEqual(["deep"]);
  expect(open().read(jsonFile("../../outside"))).toBe(1);
});

test("a failed write is reported with --debug and leaves the file unchanged", () => {
  open().write(cache, 1);
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  open().write(cache, cyclic);
  expect(open().read(cache)).toBe(1);
  expect(messages).toHaveLength(1);
});

test("update changes the value, and leaves it unchanged when the change returns undefined", async () => {
  const state = open();
  await state.update(jsonFile("count"), () => 1);
  await state.update(jsonFile("count"), (old) => (old as number) + 1);
  await state.update(jsonFile("count"), () => undefined);
  expect(state.read(jsonFile("count"))).toBe(2);
});

test("updates at the same moment all count", async () => {
  const add = (old: unknown) => ((old as number | undefined) ?? 0) + 1;
  await Promise.all(Array.from({ length: 20 }, () => open().update(jsonFile("count"), add)));
  expect(open().read(jsonFile("count"))).toBe(20);
});

test("history gains a line for every event, and does not grow without end", () => {
  const state = open();
  state.record("issued", { account: "main-account", seconds: 3600 });
  const [line = ""] = readFileSync(`${dir}/history.jsonl`, "utf8").split("\n");
  expect(JSON.parse(line)).toMatchObject({
    event: "issued",
    command: "key rotate",
    account: "main-account",
    seconds: 3600,
  });
  for (let i = 0; i < 5; i++) state.record("long", { text: "x".repeat(600_000) });
  const sizes = ["history.jsonl", "history.1.jsonl"].map((name) => statSync(`${dir}/${name}`).size);
  expect(Math.max(...sizes)).toBeLessThan(2 * 1024 * 1024);
  expect(readdirSync(dir).sort()).toEqual(["history.1.jsonl", "history.jsonl"]);
});

describe("a typed file", () => {
  const file: StateFile<readonly string[]> = {
    name: "typed",
    version: 1,
    decode: (stored) => {
      const { items } = Object(stored) as Record<string, unknown>;
      return Array.isArray(items) ? items : [];
    },
    encode: (items) => ({ items }),
  };

  test("has its version added and checked", async () => {
    const state = open();
    expect(state.read(file)).toEqual([]);
    state.write(file, ["a"]);
    await state.update(file, (items) => [...items, "b"]);
    expect(readFileSync(`${dir}/typed.json`, "utf8")).toBe('{"version":1,"items":["a","b"]}\n');
    expect(open().read(file)).toEqual(["a", "b"]);
    writeFileSync(`${dir}/typed.json`, '{"version":2,"items":["c"]}');
    expect(state.read(file)).toEqual([]);
  });

  test("is read again when another process replaced, overwrote or deleted it, and otherwise not", () => {
    const [mine, other] = [open(), open()];
    for (const items of [["a"], ["b"], ["c"]]) {
      other.write(file, items);
      expect(mine.read(file)).toEqual(items);
    }
    writeFileSync(`${dir}/typed.json`, '{"version":1,"items":["longer"]}');
    expect(mine.read(file)).toEqual(["longer"]);
    expect(mine.read(file)).toBe(mine.read(file));
    rmSync(`${dir}/typed.json`);
    expect(mine.read(file)).toEqual([]);
  });
});

test("AWS's time is stored once it differs by 5 s, and reported once it differs by a minute", () => {
  const state = open();
  const now = new Date("2026-01-01T00:00:00Z");
  const messages: string[] = [];
  const time = openClock({ state, now: () => now, say: (line) => messages.push(line) });
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);
  for (const seconds of [4, 30, 31, 90, 91]) time.recordTime(after(seconds));
  expect(time.clock()).toMatchObject({ now, awsNow: after(90), skewMs: 90_000 });
  expect(messages).toHaveLength(1);
});
