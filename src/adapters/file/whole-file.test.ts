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
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAwstError } from "../../model/errors.ts";
import { findTarget, followLinks, mayBePlanted, writeWholeFile } from "./whole-file.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "awst-whole-")));
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

  // `links`: from a path in the folder to the text of the link. `file`: the file that exists, if one does.
  it.each<[string, links: Record<string, string>, path: string, file: string]>([
    [
      "a relative link in a linked folder",
      { "home/.aws": "ROOT/data/aws", "data/aws/credentials": "../creds" },
      "home/.aws/credentials",
      "data/creds",
    ],
    [
      "the same, the folder's link relative too",
      { "home/.aws": "../data/aws", "data/aws/credentials": "../creds" },
      "home/.aws/credentials",
      "data/creds",
    ],
    [
      "a link through a linked folder and back",
      { "home/jump": "../data/aws", "home/credentials": "jump/../creds" },
      "home/credentials",
      "data/creds",
    ],
    ["a linked folder in the given path", { jump: "data/aws" }, "jump/../creds", "data/creds"],
    [
      "a linked folder far above",
      { h: "home", "home/.aws": "../data/aws" },
      "h/.aws/credentials",
      "data/aws/credentials",
    ],
    [
      "three links, each in another folder",
      {
        "home/.aws": "../data/aws",
        "data/aws/c": "../home2/c",
        "data/home2": "deep/er",
        "data/deep/er/c": "../c",
      },
      "home/.aws/c",
      "data/deep/c",
    ],
    ["a link with a needless name", { "home/c": ".././/data/./creds" }, "home/c", "data/creds"],
    [
      "a link above the root",
      { "home/c": `${"../".repeat(40)}ROOT/data/creds` },
      "home/c",
      "data/creds",
    ],
    ["an ordinary file in a linked folder", { "home/.aws": "ROOT/data" }, "home/.aws/c", "data/c"],
    ["no link", {}, "home/c", "home/c"],
  ])("writes to the file that is read: %s", (_, links, path, file) => {
    const at = join(folder, file);
    const given = `${folder}/${path}`;
    for (const each of [dirname(at), join(folder, "home"), join(folder, "data", "aws")]) {
      mkdirSync(each, { recursive: true });
    }
    for (const [link, target] of Object.entries(links)) {
      mkdirSync(dirname(join(folder, link)), { recursive: true });
      symlinkSync(target.replace(/^((?:\.\.\/)*)ROOT\//, `$1${folder}/`), join(folder, link));
    }
    const filesBefore = () => readdirSync(folder, { recursive: true }).sort();
    writeFileSync(at, "old");
    const before = filesBefore();
    expect(readFileSync(given, "utf8")).toBe("old");
    expect(findTarget(given)).toBe(at);
    expect(followLinks(given)).toBe(at);
    writeWholeFile(given, "new");
    expect(readFileSync(at, "utf8")).toBe("new");
    expect(readFileSync(given, "utf8")).toBe("new");
    expect(filesBefore()).toEqual(before);
    // A file that does not exist yet is made where it will be read.
    rmSync(at);
    writeWholeFile(given, "made");
    expect(readFileSync(given, "utf8")).toBe("made");
    expect(filesBefore()).toEqual(before);
  });

  it("leads where the kernel leads, for random trees of links", () => {
    const names = ["a", "b", "c", "d"];
    const part = fc.constantFrom("..", ".", ...names);
    const way = fc.array(part, { minLength: 1, maxLength: 4 });
    const link = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names), way, fc.boolean());
    let made = 0;
    fc.assert(
      fc.property(fc.array(link, { maxLength: 8 }), way, (links, path) => {
        made += 1;
        const root = join(folder, `tree-${made}`);
        for (const name of ["a", "a/b", "b", "c", "c/a"])
          mkdirSync(join(root, name), { recursive: true });
        for (const [above, name, to, isAbsolute] of links) {
          const target = isAbsolute ? `${root}/${to.join("/")}` : to.join("/");
          const at = `${root}/${above}/${name}`;
          // In a chain of links, a name may be taken, or lead in a circle.
          failure(() => symlinkSync(target, at));
        }
        for (const name of ["a/d", "b/d", "c/a/d"])
          failure(() => writeFileSync(join(root, name), "", { flag: "wx" }));
        const given = `${root}/${path.join("/")}`;
        let real: string;
        try {
          real = realpathSync.native(given);
        } catch {
          return;
        }
        expect(followLinks(given)).toBe(real);
      }),
      { numRuns: 60 },
    );
  });

  it("creates no folder behind a link of a folder to what does not exist", () => {
    symlinkSync(join(folder, "unmounted"), join(folder, ".aws"));
    const error = failure(() => writeWholeFile(join(folder, ".aws", "credentials"), "new"));
    expect(isAwstError(error, "FILE_UNWRITABLE")).toBe(true);
    expect(String(error)).toContain(join(folder, "unmounted"));
    expect(readdirSync(folder)).toEqual([".aws"]);
  });

  it("creates no file where `..` leads back from what does not exist", () => {
    symlinkSync("none/../creds", join(folder, "link"));
    const error = failure(() => writeWholeFile(join(folder, "link"), "new"));
    expect(isAwstError(error, "FILE_UNWRITABLE")).toBe(true);
    expect(readdirSync(folder)).toEqual(["link"]);
  });

  it("creates the missing folders below a linked folder", () => {
    mkdirSync(join(folder, "data"));
    symlinkSync("data", join(folder, "home"));
    writeWholeFile(join(folder, "home", ".aws", "credentials"), "new");
    expect(readFileSync(join(folder, "data", ".aws", "credentials"), "utf8")).toBe("new");
  });

  it.each([
    [40, true],
    [41, false],
  ])("follows a chain of %i links: %s", (count, isFollowed) => {
    writeFileSync(join(folder, "0"), "old");
    for (let link = 1; link <= count; link += 1)
      symlinkSync(`${link - 1}`, join(folder, `${link}`));
    const error = failure(() => writeWholeFile(join(folder, `${count}`), "new"));
    expect(isAwstError(error, "FILE_UNWRITABLE")).toBe(!isFollowed);
    expect(readFileSync(join(folder, "0"), "utf8")).toBe(isFollowed ? "new" : "old");
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

    it.each([
      ["above the file", "link/credentials"],
      ["two folders above", "link/sub/credentials"],
      ["with a way back", "link/../data/credentials"],
      ["behind a folder's link of the user's own", "own/credentials"],
      ["behind a file's link of the user's own", "credentials"],
    ])("follows no such link of a folder: %s", (_, path) => {
      const data = join(folder, "data");
      mkdirSync(join(data, "sub"), { recursive: true });
      for (const each of [data, join(data, "sub")]) writeFileSync(join(each, "credentials"), "old");
      const link = join(shared(), "link");
      symlinkSync(data, link);
      lchownSync(link, other, other);
      symlinkSync(link, join(folder, "shared", "own"));
      symlinkSync("link/credentials", join(folder, "shared", "credentials"));
      const error = failure(() => writeWholeFile(`${folder}/shared/${path}`, "keys"));
      expect(error).toMatchObject({ code: "FILE_UNWRITABLE" });
      expect(String(error)).toContain(`${link} belongs to another user`);
      for (const each of [data, join(data, "sub")]) {
        expect(readFileSync(join(each, "credentials"), "utf8")).toBe("old");
      }
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
