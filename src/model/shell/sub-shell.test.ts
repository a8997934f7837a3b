import { expect, test } from "vitest";
import { markSubShell, subShellMark, subShellProgram } from "./sub-shell.ts";

const names = { account: "my prod", role: "Admin" };

test.each([
  [{ SHELL: "/usr/bin/fish" }, "/usr/bin/fish"],
  [{}, "/bin/sh"],
  [{ SHELL: "" }, "/bin/sh"],
  // The folder of the moment does not decide what runs.
  [{ SHELL: "fish" }, "/bin/sh"],
  [{ SHELL: "./fish" }, "/bin/sh"],
  [{ OS: "Windows_NT", SHELL: "/usr/bin/bash" }, "/usr/bin/bash"],
])("the shell of %j is %j", (env, expected) => {
  expect(subShellProgram(env, names)).toEqual([expected]);
});

test("on Windows the user types the shell", () => {
  expect(() => subShellProgram({ OS: "Windows_NT" }, names)).toThrow(/type the shell to open/);
});

test("a sub-shell knows its role", () => {
  const env = markSubShell({ A: "b" }, names);
  expect([env["A"], subShellMark(env)]).toEqual(["b", "my prod Admin"]);
  expect([subShellMark({}), subShellMark({ AWST_SUBSHELL: "" })]).toEqual([undefined, undefined]);
});
