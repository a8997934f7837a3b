// Every page of this folder, run as it reads.

import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runPage } from "./runner.ts";
import { splitArgs } from "./split-args.ts";

const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".txt"));

test.concurrent.each(pages)("%s", (name) => runPage(`${import.meta.dirname}/${name}`));

describe("the args of a line", () => {
  test.each([
    ["awst assume 'main account' Role", ["awst", "assume", "main account", "Role"]],
    [`a "b $X" '$X' $X\${X}d`, ["a", "b 1", "$X", "11d"]],
    [`a'b'"c"\\ d ''`, ["abc d", ""]],
    [`stdout '^a\\.b$'`, ["stdout", "^a\\.b$"]],
    [`"a\\"b\\d"`, ['a"b\\d']],
  ])("%s", (line, args) => {
    expect(splitArgs(line, { X: "1" })).toEqual(args);
  });
});
