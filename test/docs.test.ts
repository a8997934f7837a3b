// What is written about the program is what the program says.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { flagsText } from "../src/args/descriptions.ts";
import { loadDefinitions } from "../src/cli/commands.ts";
import { commandsPage } from "../src/cli/commands-page.ts";
import * as known from "../src/model/configuration/known-keys.ts";
import { root } from "./support/processes.ts";

const commands = await loadDefinitions();
const readme = readFileSync(`${root}/README.md`, "utf8");
const page = readFileSync(`${root}/docs/commands.md`, "utf8");

test("docs/commands.md is up to date (npm run docs)", () => {
  expect(page).toBe(commandsPage(commands));
});

describe("the page", () => {
  test.each(commands.map((each) => [each.name, each] as const))(
    "has all of %s",
    (name, command) => {
      const section = page.split(`\n## awst ${name}\n`)[1]?.split("\n## ")[0] ?? "";
      for (const [option, each] of Object.entries(command.options ?? {})) {
        expect(section).toContain(`| \`${flagsText(option, each)}\` |`);
      }
      for (const { line } of command.examples) expect(section).toContain(`\n${line}\n`);
      for (const [field] of command.json ?? []) expect(section).toContain(`| \`${field}\` |`);
    },
  );

  test("links lead somewhere", () => {
    const anchors = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) =>
      title
        ?.toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links).toHaveLength(commands.length);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });
});

describe("the README", () => {
  test("names every command", () => {
    const rows = readme.split("\n").filter((line) => line.startsWith("| `awst "));
    const missing = commands.filter(({ name }) => {
      const whole = new RegExp(`\`awst ${name}[ \`]`);
      const [group = "", last] = name.split(" ");
      const isListed = (row: string) =>
        last !== undefined && row.startsWith(`| \`awst ${group} `) && row.includes(`\`${last}\``);
      return !rows.some((row) => whole.test(row) || isListed(row));
    });
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  test("names every setting, and so does config.example.toml as far as it is awst's", () => {
    const example = readFileSync(`${root}/config.example.toml`, "utf8");
    const keys = Object.values(known).flatMap((each) => (Array.isArray(each) ? each : []));
    expect(keys.length).toBeGreaterThan(30);
    const withoutEffect = /^(reuseCred|autoRotate|defaultKms)/;
    expect(keys.filter((key) => !readme.includes(key))).toEqual([]);
    expect(keys.filter((key) => !withoutEffect.test(key) && !example.includes(key))).toEqual([]);
  });

  test("names every variable the program reads for itself", () => {
    const read = sourcesOf(`${root}/src`).flatMap((text) => [
      ...text.matchAll(/\benv(?:ironment)?(?:\.|\[")((?:AWST|XDG)_[A-Z_]+)/g),
    ]);
    const names = new Set(read.map(([, name = ""]) => name));
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}
