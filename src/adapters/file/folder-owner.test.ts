// Who can replace a folder by another one: tables of owners and modes, in and outside a rootless container, and real links.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, type Stats, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownUsers } from "./file-owner.ts";
import {
  foldersAbove,
  type OutsideUsers,
  outsideUserId,
  whyOthersCanReplace,
} from "./folder-owner.ts";

const me = 1000;
const ours = [1000, 1000, 0o755];
const root = [0, 0, 0o755];
const noOutside: OutsideUsers = { uid: undefined, folders: new Set() };

/** Owner, group and mode by path; [] where nothing is there. Others: ours below /h/, root's elsewhere. */
type Folders = Readonly<Record<string, readonly number[]>>;

function judge(folder: string, special: Folders, outside: OutsideUsers): string | undefined {
  const stat = (path: string) => {
    const [uid, gid, mode] = special[path] ?? (path.startsWith("/h/") ? ours : root);
    return uid === undefined
      ? undefined
      : ({ uid, gid, mode, isSymbolicLink: () => false } as Stats);
  };
  return whyOthersCanReplace(folder, [me], { stat, outside });
}

test.each<[string, Folders, RegExp | undefined]>([
  ["in a home", { "/h/me": ours }, undefined],
  ["below a folder of the user's own group", { "/h/me": [1000, 1000, 0o775] }, undefined],
  ["below a folder of a group", { "/h/me": [1000, 100, 0o775] }, /a group can write \/h\/me;/],
  ["below a folder of everyone", { "/h/me": [1000, 1000, 0o777] }, /other users can write \/h\/me/],
  ["far below a folder of everyone", { "/h": [0, 0, 0o777] }, /other users can write \/h;/],
  ["below another user's folder", { "/h/me": [1001, 1001, 0o755] }, /\/h\/me belongs to another/],
  ["far below another user's", { "/h": [1001, 1001, 0o755] }, /\/h belongs to another/],
  ["in a sticky folder", { "/h": [0, 0, 0o1777] }, undefined],
  ["in another user's sticky folder", { "/h": [1001, 1001, 0o1777] }, /\/h belongs to another/],
  ["of another user in a sticky folder", { "/h": [0, 0, 0o1777], "/h/me": [1001, 0, 0o755] }, /me/],
  ["below a folder of user 65534", { "/h": [65534, 65534, 0o755] }, /\/h belongs to another/],
  ["not there yet", { "/h/me/out": [] }, undefined],
  [
    "not there yet, in everyone's folder",
    { "/h/me/out": [], "/h/me": [1000, 0, 0o777] },
    /\/h\/me;/,
  ],
])("who can replace a folder: %s", (_case, special, why) => {
  const found = judge("/h/me/out", special, noOutside);
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(why);
});

const outer = [65534, 65534, 0o755];

test.each<[string, string, Folders, RegExp | undefined]>([
  ["the folders above the home", "/h/me/out", { "/": outer, "/h": outer }, undefined],
  ["one of them is sticky", "/h/me/out", { "/h": [65534, 65534, 0o1777] }, undefined],
  ["everyone may write one", "/h/me/out", { "/h": [65534, 65534, 0o777] }, /can write \/h;/],
  ["an outer group may write one", "/h/me/out", { "/h": [65534, 65534, 0o775] }, /a group can/],
  ["a group of root's may write one", "/h/me/out", { "/h": [65534, 0, 0o775] }, undefined],
  ["one belongs to a user inside", "/h/me/out", { "/h": [1001, 65534, 0o755] }, /\/h belongs/],
  ["the home itself", "/h/me/out", { "/h/me": outer }, /\/h\/me belongs/],
  ["a folder in the home", "/h/me/x/out", { "/h/me/x": outer }, /\/h\/me\/x belongs/],
  ["another home", "/h/zoe/out", { "/h": outer, "/h/zoe": outer }, /\/h\/zoe belongs/],
  ["a folder elsewhere", "/srv/out", { "/": outer, "/srv": outer }, /\/srv belongs/],
  ["/tmp", "/tmp/out", { "/": outer, "/tmp": [65534, 65534, 0o1777] }, /\/tmp belongs/],
  ["a folder of a similar name", "/hx/out", { "/hx": outer }, /\/hx belongs/],
])("in a container, an outer user owns a folder: %s", (_case, folder, special, why) => {
  const outside = { uid: 65534, folders: new Set(foldersAbove("/h/me")) };
  const found = judge(folder, special, outside);
  if (why === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(why);
});

const range = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

test.each<[string, string | undefined, string | undefined, number | undefined]>([
  ["the whole machine", range("         0          0 4294967295"), "65534\n", undefined],
  ["one user (unshare, bwrap)", range("      1000       1000          1"), "65534\n", 65534],
  ["one user, as root", range("         0       1000          1"), "65534\n", 65534],
  ["root and a range (Podman)", range("0 1000 1", "1 100000 65536"), "65534\n", 65534],
  ["a range (Docker with userns-remap)", range("0 231072 65536"), "65534\n", 65534],
  ["another overflow number", range("0 1000 1"), "4294967294\n", 4294967294],
  ["overflow as root", range("0 1000 1"), "0\n", undefined],
  ["overflow that is no number", range("0 1000 1"), "none\n", undefined],
  ["no overflow file", range("0 1000 1"), undefined, undefined],
  ["a map that is not written yet", "", "65534\n", undefined],
  ["no map", undefined, "65534\n", undefined],
  ["a map of another form", range("0 1000"), "65534\n", undefined],
])("users outside the process's user namespace: %s", (_case, map, overflow, expected) => {
  expect(outsideUserId(map, overflow)).toBe(expected);
});

test("foldersAbove() leaves out the folder itself", () => {
  expect(foldersAbove("/home/teams/me")).toEqual(["/home/teams", "/home", "/"]);
  expect(foldersAbove("/")).toEqual([]);
});

test.skipIf(process.getuid === undefined)(
  "a relative link in a linked folder is followed from that folder",
  () => {
    const around = mkdtempSync(join(tmpdir(), "awst-owner-"));
    try {
      for (const name of ["typed", "real", "z", "real/z"]) mkdirSync(join(around, name));
      symlinkSync("../real/in", join(around, "typed/link"));
      mkdirSync(join(around, "real/in"));
      symlinkSync("../z", join(around, "real/in/out"));
      const find = () => whyOthersCanReplace(join(around, "typed/link/out"), ownUsers());
      expect(find()).toBeUndefined();
      chmodSync(join(around, "real/z"), 0o777);
      expect(find()).toContain("/real/z;");
    } finally {
      rmSync(around, { recursive: true });
    }
  },
);
