import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeTextFile } from "../../adapters/file/text-file.ts";
import { openReadingStore } from "./reading-store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/awst-readings-`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const alice = "arn:aws:sts::111111111111:assumed-role/AdminAccess/alice";
const bob = "arn:aws:sts::111111111111:assumed-role/AdminAccess/bob";

function open(accountId = "111111111111", caller = alice, now = new Date()) {
  const context = {
    paths: { state: folder },
    writeText: async (...args: Parameters<typeof writeTextFile>) => writeTextFile(...args),
    debug: () => {},
    now: () => now,
  } as unknown as Parameters<typeof openReadingStore>[0];
  return openReadingStore(context, accountId, caller);
}

test("what was appended is read by the same caller in the same account alone", async () => {
  await open().append("one");
  await open().append("two");
  expect(await open().read()).toBe("onetwo");
  expect(await open("111111111111", bob).read()).toBeUndefined();
  expect(await open("222222222222").read()).toBeUndefined();
  await open("111111111111", bob).remove();
  expect(await open().read()).toBe("onetwo");
  await open().remove();
  expect(await open().read()).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(process.platform === "win32")("the file is readable by its owner alone", async () => {
  await open().append("one");
  expect(statSync(`${folder}/${readdirSync(folder)[0]}`).mode & 0o777).toBe(0o600);
});

test("every file that is older than an hour is deleted, and no other file", async () => {
  await open().append("one");
  await open("222222222222").append("two");
  const [first = "", second = ""] = readdirSync(folder).sort();
  writeTextFile(`${folder}/grants-111111111111.jsonl`, "{}");
  const old = new Date(Date.now() - 3_700_000);
  utimesSync(`${folder}/${first}`, old, old);
  utimesSync(`${folder}/grants-111111111111.jsonl`, old, old);
  expect(await open("222222222222").read()).toBe("two");
  expect(existsSync(`${folder}/${first}`)).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(["grants-111111111111.jsonl", second].sort());
});
