import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import { makeOwnSecretFolder, makeSecretFolder } from "./secret-folder.ts";

let parent: string;
beforeEach(() => {
  parent = makeTemporaryFolder("secret-folder");
});

const age = (path: string, seconds: number) => {
  const at = Date.now() / 1000 - seconds;
  utimesSync(path, at, at);
};

function leave(name: string, seconds: number): string {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, "token"), "secret");
  age(path, seconds);
  return path;
}

describe("a new folder", () => {
  test("has mode 0700 and a name of its own", () => {
    const paths = [1, 2].map(() => makeSecretFolder(parent, "awst-x-", 60_000));
    expect(new Set(paths).size).toBe(2);
    for (const path of paths) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test.each<[string, number, boolean]>([
    ["awst-x-old", 100, false],
    ["awst-x-new", 30, true],
    ["awst-y-old", 100, true],
    ["x-awst-x-old", 100, true],
    ["other", 100_000, true],
  ])("beside %s, %d s old: it stays: %s", (name, seconds, stays) => {
    const path = leave(name, seconds);
    makeSecretFolder(parent, "awst-x-", 60_000);
    expect(existsSync(path)).toBe(stays);
  });

  test("deletes no link, no file and nothing behind a link", () => {
    const target = leave("target", 100);
    symlinkSync(target, join(parent, "awst-x-link"));
    writeFileSync(join(parent, "awst-x-file"), "");
    age(join(parent, "awst-x-file"), 100);
    makeSecretFolder(parent, "awst-x-", 60_000);
    expect(readdirSync(parent)).toEqual(expect.arrayContaining(["awst-x-link", "awst-x-file"]));
    expect(existsSync(join(target, "token"))).toBe(true);
  });

  test("can be made where the folder above can't be listed", () => {
    chmodSync(parent, 0o300);
    expect(existsSync(makeSecretFolder(parent, "awst-x-", 60_000))).toBe(true);
  });
});

describe("a folder for the time of a process", () => {
  test("stays while the process lives, whatever its age, and is gone afterwards", () => {
    const first = makeOwnSecretFolder(parent, "awst-x-");
    age(first.path, 100_000);
    const second = makeOwnSecretFolder(parent, "awst-x-");
    expect(existsSync(first.path)).toBe(true);
    for (const each of [first, second, first]) each.remove();
    expect(readdirSync(parent)).toEqual([]);
  });

  test("of a killed process is deleted by the next one", () => {
    const killed = leave("awst-x-killed", 20);
    const script = `
      const fs = require("node:fs");
      fs.openSync(${JSON.stringify(join(killed, "in-use"))}, "wx", 0o600);
      process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, ["-e", script]);
    age(killed, 20);
    const next = makeOwnSecretFolder(parent, "awst-x-");
    expect(existsSync(killed)).toBe(false);
    next.remove();
  });
});
