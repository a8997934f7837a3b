import { expect, test } from "vitest";
import { valuedGlobals, valuedOfExec } from "../output/shell/shell-functions.ts";
import { sessionVerbs } from "./session-verbs.ts";
import { globalOptions, type VerbOption } from "./verb.ts";

const valued = (options: readonly VerbOption[]) =>
  options
    .filter(({ placeholder }) => placeholder !== undefined)
    .map(({ name }) => `--${name}`)
    .sort();

test("what the functions of the shells know of options is what the table says", () => {
  expect([...valuedGlobals].sort()).toEqual(valued(globalOptions));
  const exec = sessionVerbs.find(({ path }) => path[0] === "exec");
  expect([...valuedOfExec].sort()).toEqual(valued(exec?.options ?? []));
});
