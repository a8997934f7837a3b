import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeTextFile } from "./text-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "awst-text-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test("replaces a file, which other users can't read afterwards", () => {
  const path = join(folder, "a");
  writeFileSync(path, "old", { mode: 0o644 });
  writeTextFile(path, "new\n");
  expect(readFileSync(path, "utf8")).toBe("new\n");
  expect(modeOf(path)).toBe("600");
});

test("a device or a folder is an error and keeps its mode", () => {
  const path = join(folder, "folder");
  mkdirSync(path, { mode: 0o755 });
  expect(() => writeTextFile(path, "keys")).toThrow("not an ordinary file");
  expect(modeOf(path)).toBe("755");
});

test("isNew never replaces a file, nor the target of a symbolic link", () => {
  const path = join(folder, "deep/er/a");
  writeTextFile(path, "one", { isNew: true });
  expect(() => writeTextFile(path, "two", { isNew: true })).toThrow("exists already");
  expect(readFileSync(path, "utf8")).toBe("one");
  expect(modeOf(path)).toBe("600");
  const link = join(folder, "link");
  symlinkSync(join(folder, "nowhere"), link);
  expect(() => writeTextFile(link, "x", { isNew: true })).toThrow("exists already");
});

test.runIf(process.getuid?.() === 0)(
  "a link of another user, in a folder that everyone can write, is refused before anything is changed (needs root)",
  () => {
    const mine = join(folder, "mine");
    writeFileSync(mine, "mine", { mode: 0o644 });
    const shared = join(folder, "shared");
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    const link = join(shared, "keys.sh");
    symlinkSync(mine, link);
    lchownSync(link, 1001, 1001);
    for (const how of [{ isCheck: true }, {}]) {
      expect(() => writeTextFile(link, "export AWS_…", how)).toThrowError(
        expect.objectContaining({
          message: expect.stringContaining("belongs to another user"),
          hint: "use a file in a folder of your own",
        }),
      );
    }
    expect(readFileSync(mine, "utf8")).toBe("mine");
    expect(modeOf(mine)).toBe("644");
  },
);
