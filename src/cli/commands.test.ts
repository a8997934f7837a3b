import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { prefixSummaries } from "../args/descriptions.ts";
import { flagName, globalOptions } from "../args/options.ts";
import { findCommand, parseCommand } from "../args/parse.ts";
import { adminPrefix, commandNames, loadAdminCommands, loadDefinitions } from "./commands.ts";
import { overview } from "./help.ts";
import { version } from "./version.ts";

const definitions = await loadDefinitions();
const adminNames = Object.keys(await loadAdminCommands());
const allNames = [...commandNames.filter((name) => name !== adminPrefix), ...adminNames];

test("the name in the table is the name in the definition", () => {
  expect(definitions.map(({ name }) => name)).toEqual(allNames);
});

test("the version is the package's", () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  expect(version).toBe(JSON.parse(text).version);
});

test("every prefix such as `key` has a summary", () => {
  const prefixes = allNames.flatMap((name) => {
    const parts = name.split(" ").slice(0, -1);
    return parts.map((_, at) => parts.slice(0, at + 1).join(" "));
  });
  expect(new Set(Object.keys(prefixSummaries))).toEqual(new Set(prefixes));
});

test("the overview has at most 35 lines of 100 columns, and every command", () => {
  const text = overview(definitions);
  const lines = text.trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(35);
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
  for (const name of commandNames) expect(text).toContain(name.split(" ").at(-1));
  // `admin user list` is in the group `user …`; `admin report` is a command itself.
  for (const [, name = "", command] of adminNames.map((each) => each.split(" "))) {
    expect(text).toContain(command === undefined ? name : `${name} …`);
  }
});

describe.each(definitions.map((each) => [each.name, each] as const))("%s", (name, definition) => {
  test("the name typed is the path on disk", () => {
    const isAdmin = name.startsWith(`${adminPrefix} `);
    const path = (isAdmin ? name.slice(adminPrefix.length + 1) : name).replaceAll(" ", "/");
    const folder = isAdmin ? "../admin/commands" : "../commands";
    const file = new URL(`${folder}/${path}.ts`, import.meta.url);
    expect(existsSync(file)).toBe(true);
  });

  test("no option twice, and none named like an argument", () => {
    const { options = {}, arguments: labels = {} } = definition;
    const flags = [globalOptions, options].flatMap((each) => Object.keys(each).map(flagName));
    expect(new Set(flags).size).toBe(flags.length);
    expect(Object.keys(options).filter((each) => Object.hasOwn(labels, each))).toEqual([]);
  });

  test("conflicts and needs name options and arguments that exist", () => {
    const { options = {}, arguments: labels = {}, conflicts = {}, needs = {} } = definition;
    const known = [...Object.keys(options), ...Object.keys(labels), "json", "identity"];
    const named = [conflicts, needs].flatMap((each) => Object.entries(each).flat(2));
    expect(named.filter((each) => !known.includes(each ?? ""))).toEqual([]);
  });

  test("has examples, and they can be parsed", () => {
    expect(definition.examples.length).toBeGreaterThan(0);
    for (const { line } of definition.examples) {
      const typed = /\bawst (.*?)(?:\)"| \| .*| > .*)?$/.exec(line)?.[1] ?? "";
      const argv = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, bare]) => quoted ?? bare ?? "",
      );
      const found = findCommand(argv, allNames);
      expect(found.name, line).toBe(name);
      const own = found.name === undefined ? [] : found.argv;
      expect(parseCommand(definition, own), line).toMatchObject({ kind: "parsed" });
    }
  });
});
