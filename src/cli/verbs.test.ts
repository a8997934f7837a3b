import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readWithCommander } from "./commander-program.ts";
import { commands } from "./commands.ts";
import { sessionVerbs } from "./session-verbs.ts";
import { shellVerbs } from "./shell-verbs.ts";
import { globalOptions, nameOf } from "./verb.ts";
import { groups, verbs } from "./verbs.ts";
import { version } from "./version.ts";

test("what can be typed and what can be done are the same", () => {
  expect(Object.keys(commands)).toEqual(verbs.map(nameOf));
});

test("verbs that machines call stand in the part of the table that every start loads", () => {
  const called = verbs.filter(({ machine }) => machine);
  const loaded = [...sessionVerbs, ...shellVerbs];
  expect(loaded.filter(({ machine }) => machine)).toEqual(called);
});

test("the version is the package's", () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  expect(version).toBe(JSON.parse(text).version);
});

test("every first word of two has a summary", () => {
  const firsts = verbs.filter(({ path }) => path.length > 1).map(({ path }) => path[0]);
  expect(new Set(Object.keys(groups))).toEqual(new Set(firsts));
});

describe.each(verbs.map((verb) => [nameOf(verb), verb] as const))("%s", (name, verb) => {
  test("the path typed is the path on disk, and it runs", async () => {
    const file = new URL(`../commands/${verb.path.join("/")}.ts`, import.meta.url);
    expect(existsSync(file)).toBe(true);
    expect(typeof (await commands[name]?.())?.run).toBe("function");
  });

  test("no option twice", () => {
    const names = [...globalOptions, ...verb.options].map((option) => option.name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("has examples, and they are understood", () => {
    expect(verb.examples.length).toBeGreaterThan(0);
    for (const { line } of verb.examples) {
      const typed = /\bawst (.*?)(?:\)"| \| .*| > .*)?$/.exec(line)?.[1] ?? "";
      const words = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, bare]) => quoted ?? bare ?? "",
      );
      const answer = readWithCommander(words, verbs);
      expect("verb" in answer ? nameOf(answer.verb) : answer.text).toBe(name);
    }
  });
});
