import { renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import { openFileFingerprints } from "./file-fingerprints.ts";

const files = openFileFingerprints();
let dir: string;
let path: string;

beforeEach(() => {
  dir = makeTemporaryFolder("fingerprints");
  path = join(dir, "file");
});

test("a fingerprint is stable while the file is unchanged; a missing file has none", () => {
  writeFileSync(path, "one");
  expect(files.fileFingerprint(path)).toBe(files.fileFingerprint(path));
  expect(files.fileFingerprint(join(dir, "none"))).toBeUndefined();
  expect(files.fileFingerprint(join(path, "below a file"))).toBeUndefined();
});

test("an edit of the same length and a replacement change the fingerprint", () => {
  writeFileSync(path, "one");
  const first = files.fileFingerprint(path);
  writeFileSync(path, "two");
  const second = files.fileFingerprint(path);
  writeFileSync(`${path}.new`, "two");
  renameSync(`${path}.new`, path);
  expect(new Set([first, second, files.fileFingerprint(path)]).size).toBe(3);
});

test("a path that cannot be looked at is not absent, and reading it is an error", async () => {
  const loop = join(dir, "loop");
  symlinkSync("loop", loop);
  expect(files.fileFingerprint(loop)).toBe("ELOOP");
  await expect(files.readText(loop)).rejects.toThrow("is a symbolic link to itself");
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
