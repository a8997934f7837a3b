// Hints for a state folder that can't be written.

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { foreignStateHint } from "./owned-files.ts";

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
});
