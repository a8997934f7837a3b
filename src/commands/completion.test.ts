import { describe, expect, test } from "vitest";
import { shells } from "../model/shell/shells.ts";
import { type CompletionTable, completionNodes } from "../output/shell/completion-table.ts";
import { completionScript } from "./completion.ts";

const table: CompletionTable = {
  groups: { key: "the user's key" },
  globals: [
    { name: "config", placeholder: "PATH", help: "a file: the user's" },
    { name: "identity", placeholder: "NAME", help: "a user" },
    { name: "json", help: "an object" },
    { name: "help", short: "h", help: "this" },
  ],
  commands: [
    {
      path: ["exec"],
      summary: "run a program",
      arguments: [{ name: "ACCOUNT" }, { name: "ROLE" }],
      options: [
        { name: "format", placeholder: "FORM", choices: ["env", "fish"], help: "its form" },
      ],
      takesProgram: true,
    },
    {
      path: ["key", "add"],
      summary: "put it in",
      arguments: [{ name: "PROFILE" }],
      options: [{ name: "csv", short: "c", placeholder: "FILE", help: "from a file" }],
      json: [],
    },
  ],
};

test.each(shells)("%s, as a golden file", async (shell) => {
  const script = completionScript(shell, table, "/home/o'brien/.local/state/awst/names-1.txt");
  expect(script).not.toMatch(/CASES|LIST|OPTIONS|VALUED|TABLE|@\{#/);
  await expect(script).toMatchFileSnapshot(`../../test/golden/shells/completion.${shell}`);
});

describe("completionNodes()", () => {
  const nodes = completionNodes(table);
  const at = (path: string) => nodes.find((node) => node.path === path);

  test("a place for each beginning of a line", () => {
    expect(nodes.map(({ path }) => path)).toEqual(["", "key", "exec", "key add"]);
    expect(at("")?.subcommands).toEqual([
      ["exec", "run a program"],
      ["key", "the user's key"],
    ]);
    expect(at("key")?.subcommands).toEqual([["add", "put it in"]]);
  });

  test("what may stand there", () => {
    expect(at("exec")).toMatchObject({ arguments: ["@accounts", "@roles"], isProgram: true });
    expect(at("exec")?.options).toEqual([{ name: "--format", help: "its form", fill: "env|fish" }]);
    expect(at("key add")?.options).toEqual([
      { name: "--csv", help: "from a file", fill: "@files" },
      { name: "-c", help: "from a file", fill: "@files" },
      { name: "--json", help: "an object", fill: undefined },
    ]);
  });
});
