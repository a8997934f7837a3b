// What is written about the program is what the program says.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commandsPage } from "../src/cli/commands-page.ts";
import { flagsText, nameOf } from "../src/cli/verb.ts";
import { verbs } from "../src/cli/verbs.ts";
import { root } from "./support/processes.ts";

const page = readFileSync(`${root}/docs/commands.md`, "utf8");

test("docs/commands.md is up to date (npm run docs)", () => {
  expect(page).toBe(commandsPage(verbs));
});

describe("the page", () => {
  test.each(verbs.map((verb) => [nameOf(verb), verb] as const))("tells all of %s", (name, verb) => {
    const section = page.split(`\n## awst ${name}\n`)[1]?.split("\n## ")[0] ?? "";
    for (const option of verb.options) expect(section).toContain(`| \`${flagsText(option)}\` |`);
    for (const { line } of verb.examples) expect(section).toContain(`\n${line}\n`);
    for (const [field] of verb.json ?? []) expect(section).toContain(`| \`${field}\` |`);
  });

  test("links lead somewhere", () => {
    const anchors = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) =>
      title
        ?.toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, "")
        .replaceAll(" ", "-"),
    );
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links).toHaveLength(verbs.length);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });
});
