import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAwstError } from "../../model/errors.ts";
import { writeWholeFile } from "./whole-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-whole-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => statSync(path).mode & 0o7777;
const isRoot = process.getuid?.() === 0;

function failure(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("writeWholeFile", () => {
  it("creates a file with mode 0600 in a folder with mode 0700", () => {
    const path = join(folder, "new", "credentials");
    writeWholeFile(path, "a\r\n");
    expect(readFileSync(path, "utf8")).toBe("a\r\n");
    expect(modeOf(path)).toBe(0o600);
    expect(modeOf(join(folder, "new"))).toBe(0o700);
  });

  it.each([0o644, 0o640, 0o600, 0o666])("keeps mode %o", (mode) => {
    const path = join(folder, "file");
    writeFileSync(path, "old");
    chmodSync(path, mode);
    writeWholeFile(path, "new", { mode: 0o600 });
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(modeOf(path)).toBe(mode);
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("writes through a chain of symbolic links and keeps the links", () => {
    mkdirSync(join(folder, "dotfiles"));
    writeFileSync(join(folder, "dotfiles", "real"), "old");
    symlinkSync("dotfiles/real", join(folder, "second"));
    symlinkSync(join(folder, "second"), join(folder, "first"));
    writeWholeFile(join(folder, "first"), "new");
    expect(readlinkSync(join(folder, "first"))).toBe(join(folder, "second"));
    expect(readlinkSync(join(folder, "second"))).toBe("dotfiles/real");
    expect(readFileSync(join(folder, "dotfiles", "real"), "utf8")).toBe("new");
    expect(lstatSync(join(folder, "dotfiles", "real")).isSymbolicLink()).toBe(false);
  });

  it("creates the target of a dangling symbolic link", () => {
    mkdirSync(join(folder, "dotfiles"));
    symlinkSync("dotfiles/none", join(folder, "link"));
    writeWholeFile(join(folder, "link"), "new");
    expect(readFileSync(join(folder, "dotfiles", "none"), "utf8")).toBe("new");
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
  });

  it("does not create the folder of a dangling symbolic link", () => {
    symlinkSync("unmounted/none", join(folder, "link"));
    const error = failure(() => writeWholeFile(join(folder, "link"), "new"));
    expect(isAwstError(error, "FILE_UNWRITABLE")).toBe(true);
    expect(existsSync(join(folder, "unmounted"))).toBe(false);
  });

  it("fails on a circle of symbolic links", () => {
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));
    const error = failure(() => writeWholeFile(join(folder, "a"), "new"));
    expect(isAwstError(error, "FILE_UNWRITABLE")).toBe(true);
  });

  it("never replaces anything but an ordinary file", () => {
    mkdirSync(join(folder, "dir"));
    for (const path of [join(folder, "dir"), "/dev/null"]) {
      const error = failure(() => writeWholeFile(path, "new"));
      expect(String(error)).toContain("not an ordinary file");
    }
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it("removes temporary files of killed writers, and nothing else", () => {
    const path = join(folder, "credentials");
    const ours = join(folder, ".credentials.awst-77-abc.tmp");
    writeFileSync(ours, "cut");
    for (const other of [".config.awst-1-a.tmp", ".credentials.awst-notes", "x.tmp"]) {
      writeFileSync(join(folder, other), "");
    }
    writeWholeFile(path, "one");
    expect(existsSync(ours)).toBe(true);
    writeWholeFile(path, "two", { alone: true });
    expect(existsSync(ours)).toBe(false);
    writeFileSync(ours, "cut");
    const longAgo = new Date(Date.now() - 2 * 3600 * 1000);
    utimesSync(ours, longAgo, longAgo);
    writeWholeFile(path, "three");
    expect(readdirSync(folder).sort()).toEqual(
      [".config.awst-1-a.tmp", ".credentials.awst-notes", "credentials", "x.tmp"].sort(),
    );
  });

  it.skipIf(isRoot)("refuses a file and a folder that are read-only", () => {
    const path = join(folder, "file");
    writeFileSync(path, "old", { mode: 0o400 });
    expect(
      isAwstError(
        failure(() => writeWholeFile(path, "x")),
        "FILE_UNWRITABLE",
      ),
    ).toBe(true);
    chmodSync(path, 0o600);
    chmodSync(folder, 0o500);
    expect(
      isAwstError(
        failure(() => writeWholeFile(path, "x")),
        "FILE_UNWRITABLE",
      ),
    ).toBe(true);
    chmodSync(folder, 0o700);
    expect(readFileSync(path, "utf8")).toBe("old");
  });
});
