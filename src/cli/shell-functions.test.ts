import { expect, test } from "vitest";
import type { OptionMap } from "../args/command.ts";
import { flagName, globalOptions } from "../args/options.ts";
import { command as exec } from "../commands/exec.ts";
import { valuedGlobals, valuedOfExec } from "../output/shell/shell-functions.ts";

const valued = (options: OptionMap) =>
  Object.entries(options)
    .filter(([, { placeholder }]) => placeholder !== undefined)
    .map(([name]) => flagName(name))
    .sort();

test("the functions of the shells know every option that takes a value", () => {
  expect([...valuedGlobals].sort()).toEqual(valued(globalOptions));
  expect([...valuedOfExec].sort()).toEqual(valued(exec.options ?? {}));
});
