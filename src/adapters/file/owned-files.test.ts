// Hints for a state folder that can't be written.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { accessHint, foreignStateHint } from "./owned-files.ts";

const elsewhere = 'export XDG_STATE_HOME="$(mktemp -d)"';

describe("foreignStateHint()", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "awst-owned-"));
    mkdirSync(join(folder, "locks"));
  });
  afterEach(() => {
    for (const each of [folder, join(folder, "locks")]) chmodSync(each, 0o700);
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["the folder of the file can't be written", "/locks", 0o500, "/locks/a", "/locks"],
    ["the folder of the file can't be searched", "/locks", 0o600, "/locks/a", "/locks"],
    ["the folder of the file is closed to everybody", "/locks", 0o000, "/locks/a", "/locks"],
    ["the folder of a missing folder", "", 0o500, "/new/locks/a", ""],
    ["the folder is open: the disk is full or read-only", "/locks", 0o700, "/locks/a", undefined],
    ["a missing folder in an open one", "", 0o755, "/new/locks/a", undefined],
  ])("%s", (_, changed, mode, path, closed) => {
    chmodSync(`${folder}${changed}`, mode);
    const hint = foreignStateHint(`${folder}${path}`, folder);
    expect(hint).toBe(closed === undefined ? elsewhere : `chmod u+rwx ${folder}${closed}`);
  });

  test("where keys are in the folder, the hint says that another one has none of them", () => {
    writeFileSync(join(folder, "keychain.sealed"), "");
    const hint = foreignStateHint(`${folder}/locks/a`, folder);
    expect(hint).toBe(`make ${folder} writable; without its keys: ${elsewhere}`);
    chmodSync(join(folder, "locks"), 0o500);
    expect(foreignStateHint(`${folder}/locks/a`, folder)).toBe(`chmod u+rwx ${folder}/locks`);
  });
});

describe("accessHint()", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "awst-access-"));
    mkdirSync(join(folder, "a"));
    writeFileSync(join(folder, "a/file"), "");
    symlinkSync("loop", join(folder, "a/loop"));
    symlinkSync("file", join(folder, "a/link"));
    symlinkSync("/dev/null", join(folder, "a/device"));
  });
  afterEach(() => {
    for (const each of [folder, join(folder, "a")]) chmodSync(each, 0o700);
    rmSync(folder, { recursive: true });
  });

  test.each<[string, string, number, string, string | undefined]>([
    ["an open file", "a/file", 0o600, "a/file", undefined],
    ["a file that others read", "a/file", 0o644, "a/file", undefined],
    ["a file closed to everybody", "a/file", 0o000, "a/file", "chmod u+rw a/file"],
    ["a file that can only be read", "a/file", 0o400, "a/file", "chmod u+rw a/file"],
    ["a file that can only be written", "a/file", 0o200, "a/file", "chmod u+rw a/file"],
    ["a link to a closed file", "a/file", 0o000, "a/link", "chmod u+rw a/link"],
    ["a file in a closed folder", "a", 0o000, "a/file", "chmod u+rwx a"],
    ["a file in a folder that can only be listed", "a", 0o600, "a/file", "chmod u+rwx a"],
    ["a file in a folder that can't be written", "a", 0o500, "a/file", "chmod u+rwx a"],
    ["a missing file in a closed folder", "a", 0o000, "a/new", "chmod u+rwx a"],
    ["a missing folder in a closed folder", "a", 0o500, "a/b/c/new", "chmod u+rwx a"],
    ["a link to itself", "a", 0o700, "a/loop", "rm a/loop"],
    ["a file under a link to itself", "a", 0o700, "a/loop/b/c", "rm a/loop"],
    ["a file instead of a folder", "a", 0o700, "a/file/x/y", "mv a/file a/file.old"],
    ["a name that is too long", "a", 0o700, `a/${"x".repeat(300)}`, undefined],
    ["a link to a device instead of a folder", "a", 0o700, "a/device/x", undefined],
  ])("%s", (_, changed, mode, path, hint) => {
    chmodSync(join(folder, changed), mode);
    const expected = hint?.replace(/ (?=a\b)/g, ` ${folder}/`);
    expect(accessHint(join(folder, path))).toBe(expected);
  });

  test.each(["/dev/null/x", "/dev/null/awst/sessions.json"])(
    "%s: no device is to be moved away",
    (path) => expect(accessHint(path)).toBeUndefined(),
  );
});
