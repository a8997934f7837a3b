// The table in docs/testing.md names every test file, and every pattern in it still matches a file.

import { readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/processes.ts";

const files = ["src", "sandbox", "test"]
  .flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: "utf8" }).map(
      (path) => `${folder}/${path.split(sep).join("/")}`,
    ),
  )
  .filter((path) => path.endsWith(".test.ts") || /^test\/scripts\/[^/]+\.txt$/.test(path));

const rows = readFileSync(`${root}/docs/testing.md`, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.split(" | ").at(-1) ?? "");
const patterns = rows.flatMap((cell) =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? ""),
);

test("every test file matches a pattern", () => {
  const missing = files.filter((path) => !patterns.some((pattern) => matches(path, pattern)));
  expect(missing).toEqual([]);
});

test("every pattern matches a test file", () => {
  const unused = patterns.filter((pattern) => !files.some((path) => matches(path, pattern)));
  expect(unused).toEqual([]);
});

/** `*` is any part of a name, and a double one with a slash any number of folders. */
function matches(path: string, pattern: string): boolean {
  const expression = pattern
    .replaceAll(".", "\\.")
    .replaceAll("**/", "<folders>")
    .replaceAll("*", "[^/]*")
    .replaceAll("<folders>", "(?:[^/]+/)*");
  return new RegExp(`^${expression}$`).test(path);
}
