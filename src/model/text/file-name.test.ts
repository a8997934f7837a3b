import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { absolutePath, fileNameFor, isReadByKernel } from "./file-name.ts";

test.each(["sessions", "state-learned", "a", "0-9"])("%s is used as it is", (name) => {
  expect(fileNameFor(name)).toBe(name);
});

test.each(["", "..", "../x", "a/b", "A", "a b", "-rf", "ü", "a\0b", "x".repeat(300)])(
  "%j becomes a plain name",
  (name) => {
    expect(fileNameFor(name)).toMatch(/^[a-z0-9-]{1,80}$/);
  },
);

test("names that differ only in case have different files", () => {
  expect(fileNameFor("A").toLowerCase()).not.toBe(fileNameFor("a").toLowerCase());
});

test("different names have different files", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other);
      expect(fileNameFor(one)).not.toBe(fileNameFor(other));
    }),
  );
});

const onPosix = (path: string) => posix.resolve("/project", path);
const onWindows = (path: string) => win32.resolve("C:\\work", path);

describe("a path with `..` keeps it, and any other is resolved in the text", () => {
  test.each([
    ["policy.json", "/project/policy.json"],
    ["./a//b/./policy.json", "/project/a/b/policy.json"],
    ["/etc/policy.json", "/etc/policy.json"],
    ["/etc/x/", "/etc/x"],
    ["../policy.json", "/project/../policy.json"],
    ["link/../policy.json", "/project/link/../policy.json"],
    ["/near/link/../policy.json", "/near/link/../policy.json"],
    ["..", "/project/.."],
    ["/a/..", "/a/.."],
    ["a..b/..c/d..", "/project/a..b/..c/d.."],
    ["...", "/project/..."],
    ["a\\..\\b", "/project/a\\..\\b"],
  ])("%s", (path, expected) => {
    expect(absolutePath(path, onPosix)).toBe(expected);
    expect(isReadByKernel(path, onPosix)).toBe(expected.split("/").includes(".."));
  });

  test.each([
    ["policy.json", "C:\\work\\policy.json"],
    ["..\\policy.json", "C:\\policy.json"],
    ["link/../policy.json", "C:\\work\\policy.json"],
    ["D:\\a\\..\\b", "D:\\b"],
  ])("on Windows: %s", (path, expected) => {
    expect(absolutePath(path, onWindows)).toBe(expected);
    expect(isReadByKernel(path, onWindows)).toBe(false);
  });
});
