import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
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
import { mayBePlanted, writeWholeFile } from "./whole-file.ts";

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

const root = 0;
const me = 1000;
const other = 1001;

describe("a file that another user may have put there", () => {
  it.each([
    ["another user's, in /tmp", other, { uid: root, mode: 0o41777 }, me, true],
    ["mine, in /tmp", me, { uid: root, mode: 0o41777 }, me, false],
    ["root's, in /tmp of root", root, { uid: root, mode: 0o41777 }, me, false],
    [
      "root's, in a folder of mine that everyone can write",
      root,
      { uid: me, mode: 0o41777 },
      me,
      true,
    ],
    ["a user's, in /tmp, for root", me, { uid: root, mode: 0o41777 }, root, true],
    ["of the folder's owner, who is neither", other, { uid: other, mode: 0o41777 }, me, false],
    ["another user's, without the sticky bit", other, { uid: root, mode: 0o40777 }, me, true],
    ["another user's, in a folder of a group", other, { uid: root, mode: 0o40775 }, me, false],
    ["another user's, in my folder", other, { uid: me, mode: 0o40700 }, me, false],
    ["on Windows, which has no such numbers", 0, { uid: 0, mode: 0o40777 }, undefined, false],
  ])("mayBePlanted: %s", (_, uid, folder, user, expected) => {
    // A default stands in for undefined, so Windows is played by its own argument.
    const judged =
      user === undefined
        ? onWindows(() => mayBePlanted({ uid }, folder))
        : mayBePlanted({ uid }, folder, user);
    expect(judged).toBe(expected);
  });

  function onWindows<T>(act: () => T): T {
    const { geteuid } = process;
    Object.assign(process, { geteuid: undefined });
    try {
      return act();
    } finally {
      Object.assign(process, { geteuid });
    }
  }
});

describe.runIf(isRoot)(
  "in a folder that everyone can write (needs root, to make another user's files)",
  () => {
    const shared = () => {
      const path = join(folder, "shared");
      mkdirSync(path);
      chmodSync(path, 0o1777);
      return path;
    };

    it("follows no link of another user", () => {
      const mine = join(folder, "authorized_keys");
      writeFileSync(mine, "mine");
      const link = join(shared(), "creds");
      symlinkSync(mine, link);
      lchownSync(link, other, other);
      expect(failure(() => writeWholeFile(link, "keys"))).toMatchObject({
        code: "FILE_UNWRITABLE",
        message: `cannot write ${link}: ${link} belongs to another user, in a folder that everyone can write`,
      });
      expect(readFileSync(mine, "utf8")).toBe("mine");
    });

    it("follows no such link behind a link of the user's own", () => {
      const link = join(shared(), "creds");
      symlinkSync(join(folder, "target"), link);
      lchownSync(link, other, other);
      const own = join(folder, "own");
      symlinkSync(link, own);
      expect(failure(() => writeWholeFile(own, "keys"))).toMatchObject({ code: "FILE_UNWRITABLE" });
      expect(existsSync(join(folder, "target"))).toBe(false);
    });

    it("writes to no file of another user, who would own what is written", () => {
      const path = join(shared(), "creds");
      writeFileSync(path, "theirs", { mode: 0o666 });
      chownSync(path, other, other);
      expect(failure(() => writeWholeFile(path, "keys"))).toMatchObject({
        code: "FILE_UNWRITABLE",
      });
      expect(readFileSync(path, "utf8")).toBe("theirs");
    });

    it("writes to the user's own file and link there", () => {
      const target = join(folder, "target");
      writeFileSync(target, "old");
      const link = join(shared(), "creds");
      symlinkSync(target, link);
      writeWholeFile(link, "keys");
      expect(readFileSync(target, "utf8")).toBe("keys");
    });
  },
);
