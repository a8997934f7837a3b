import { mkdtempSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openFileStamps } from "./file-fingerprints.ts";

const files = openFileStamps();
let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "awst-stamps-"));
  path = join(dir, "file");
});

test("a stamp stays while the file stays, and no file has none", () => {
  writeFileSync(path, "one");
  expect(files.stamp(path)).toBe(files.stamp(path));
  expect(files.stamp(join(dir, "none"))).toBeUndefined();
  expect(files.stamp(join(path, "below a file"))).toBeUndefined();
});

test("an edit of the same length and a replacement change the stamp", () => {
  writeFileSync(path, "one");
  const first = files.stamp(path);
  writeFileSync(path, "two");
  const second = files.stamp(path);
  writeFileSync(`${path}.new`, "two");
  renameSync(`${path}.new`, path);
  expect(new Set([first, second, files.stamp(path)]).size).toBe(3);
});

test("a path that cannot be looked at is an error, not an absence", () => {
  symlinkSync("loop", join(dir, "loop"));
  expect(() => files.stamp(join(dir, "loop"))).toThrow("is a symlink to itself");
});

test("text is read without its BOM", async () => {
  writeFileSync(path, "\ufeffÄ\r\n");
  expect(await files.readText(path)).toBe("Ä\r\n");
});

test.each([
  ["too much", Buffer.alloc(1024 * 1024 + 1, "x"), "is larger than 1 MiB"],
  ["not text", Buffer.from([0xff, 0xfe, 0x41, 0x00]), "is not UTF-8 text"],
])("%s is refused", async (_, bytes, message) => {
  writeFileSync(path, bytes);
  await expect(files.readText(path)).rejects.toMatchObject({
    code: "FILE_UNREADABLE",
    message: `${path} ${message}`,
  });
});

test("a missing file and a folder are named", async () => {
  await expect(files.readText(path)).rejects.toThrow(`${path} does not exist`);
  await expect(files.readText(dir)).rejects.toThrow(`${dir} is a folder`);
});
