// The README, docs/commands.md and config.example.toml agree with the program.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { flagsText } from "../src/args/descriptions.ts";
import { loadDefinitions } from "../src/cli/commands.ts";
import { commandsPage } from "../src/cli/commands-page.ts";
import * as known from "../src/model/configuration/known-keys.ts";
import { readFigures, renderPage } from "../tools/assurance/page.mjs";
import { promises } from "../tools/assurance/promises.mjs";
import { withNeededActions } from "../tools/needed-actions.ts";
import { root } from "./support/processes.ts";

const commands = await loadDefinitions();
const readme = readFileSync(`${root}/README.md`, "utf8");
const page = readFileSync(`${root}/docs/commands.md`, "utf8");

const moverPages = readdirSync(`${root}/docs`)
  .filter((name) => name.startsWith("from-"))
  .map((name) => `docs/${name}`);

test("docs/commands.md is up to date (npm run docs)", () => {
  expect(page).toBe(commandsPage(commands));
});

describe("docs/admin.md", () => {
  const adminPage = readFileSync(`${root}/docs/admin.md`, "utf8");

  test("has what each command needs in IAM (npm run docs)", () => {
    expect(adminPage).toBe(withNeededActions(adminPage, commands));
    const rows = adminPage.match(/^\| `.*` \| \w+/gm) ?? [];
    expect(rows.length).toBeGreaterThan(10);
  });

  test("is linked from the README, and links to what exists", () => {
    expect(readme).toContain("](docs/admin.md)");
    const headings = [...adminPage.matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchorOf(title));
    const links = [...adminPage.matchAll(/\]\(([^)]*)\)/g)].map(([, link = ""]) => link);
    const broken = links.filter((link) =>
      link.startsWith("#")
        ? !headings.includes(link.slice(1))
        : !link.startsWith("https:") && !existsSync(`${root}/docs/${link.split("#")[0]}`),
    );
    expect(broken).toEqual([]);
  });
});

describe("docs/commands.md", () => {
  test.each(commands.map((each) => [each.name, each] as const))(
    "describes every option, example and JSON field of %s",
    (name, command) => {
      const section = page.split(`\n## awst ${name}\n`)[1]?.split("\n## ")[0] ?? "";
      for (const [option, each] of Object.entries(command.options ?? {})) {
        expect(section).toContain(`| \`${flagsText(option, each)}\` |`);
      }
      for (const { line } of command.examples) expect(section).toContain(`\n${line}\n`);
      for (const [field] of command.json ?? []) expect(section).toContain(`| \`${field}\` |`);
    },
  );

  test("every link leads to a heading", () => {
    const anchors = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => anchorOf(title));
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor = ""]) => anchor);
    expect(links).toHaveLength(commands.length);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });
});

describe("the README", () => {
  test("names every command", () => {
    const rows = readme.split("\n").filter((line) => line.startsWith("| `awst "));
    const missing = commands.filter(({ name }) => {
      const whole = new RegExp(`\`awst ${name}[ \`]`);
      const last = name.split(" ").at(-1);
      const group = name.split(" ").slice(0, -1).join(" ");
      const isListed = (row: string) =>
        group !== "" && row.startsWith(`| \`awst ${group} `) && row.includes(`\`${last}\``);
      return !rows.some((row) => whole.test(row) || isListed(row));
    });
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  test("names every setting; config.example.toml has those with an effect", () => {
    const example = readFileSync(`${root}/config.example.toml`, "utf8");
    const keys = Object.values(known).flatMap((each) => (Array.isArray(each) ? each : []));
    expect(keys.length).toBeGreaterThan(30);
    const withoutEffect = /^(reuseCred|autoRotate|defaultKms)/;
    expect(keys.filter((key) => !readme.includes(key))).toEqual([]);
    expect(keys.filter((key) => !withoutEffect.test(key) && !example.includes(key))).toEqual([]);
  });

  test("names every environment variable that the program reads", () => {
    const read = sourcesOf(`${root}/src`).flatMap((text) => [
      ...text.matchAll(/\benv(?:ironment)?(?:\.|\[")((?:AWST|XDG)_[A-Z_]+)/g),
    ]);
    const names = new Set(read.map(([, name = ""]) => name));
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});

describe("the README's text", () => {
  test("quotes error messages as the program prints them", () => {
    const source = sourcesOf(`${root}/src`).join("\n");
    const table = readme.split("\n## Troubleshooting\n")[1]?.split("\n## ")[0] ?? "";
    const messages = [...table.matchAll(/^\| `([^`]*)` \|/gm)].map(([, message = ""]) => message);
    expect(messages.length).toBeGreaterThan(9);
    // "…" and what follows ": " are values: the text around them is in a template of the source.
    const missing = messages
      .flatMap((message) => message.split(/…|: /))
      .filter((part) => part.length > 3 && !source.includes(part));
    expect(missing).toEqual([]);
  });

  test("links only to headings and files that exist", () => {
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchorOf(title));
    const links = [...readme.matchAll(/\]\(([^)]*)\)/g)].map(([, link = ""]) => link);
    const broken = links.filter((link) =>
      link.startsWith("#")
        ? !headings.includes(link.slice(1))
        : !link.startsWith("https:") && !existsSync(`${root}/${link}`),
    );
    expect(links.length).toBeGreaterThan(20);
    expect(broken).toEqual([]);
  });

  test("shows commands that bash, zsh and fish accept as they are", () => {
    const pages = [
      ...["README.md", "CONTRIBUTING.md", "docs/development.md", "docs/testing.md"],
      ...moverPages,
    ]
      .map((path) => readFileSync(`${root}/${path}`, "utf8"))
      .join("\n");
    const blocks = [...pages.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(
      ([, text = ""]) => text,
    );
    expect(blocks.length).toBeGreaterThan(10);
    const notPortable = /#|<|\$\{|^\s*(export|set|source) /m;
    expect(blocks.filter((block) => notPortable.test(block))).toEqual([]);
  });
});

describe("the pages for movers", () => {
  const adminText = ["docs/admin.md", readFileSync(`${root}/docs/admin.md`, "utf8")] as const;
  const texts = moverPages.map((path) => [path, readFileSync(`${root}/${path}`, "utf8")] as const);

  test("are linked from the README", () => {
    expect(moverPages).toHaveLength(5);
    expect(moverPages.filter((path) => !readme.includes(`](${path})`))).toEqual([]);
  });

  test.each([...texts, adminText])("%s names commands and options that exist", (_, text) => {
    const code = [
      ...[...text.matchAll(/^```(?:sh|console)\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
        block.split("\n"),
      ),
      ...[...text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]*)`/g)].map(
        ([, inline = ""]) => inline,
      ),
    ];
    const lines = code.flatMap((each) => [
      ...each.matchAll(/(?:^|\| |^\$ )awst ([a-z][a-z- ]*[a-z])(.*)$/g),
    ]);
    expect(lines.length).toBeGreaterThan(5);
    const wrong = lines.flatMap(([line, names = "", rest = ""]) => {
      const named = names.split(" ");
      const command = [3, 2, 1]
        .map((count) => named.slice(0, count).join(" "))
        .map((name) => commands.find((each) => each.name === name))
        .find((each) => each !== undefined);
      if (command === undefined) return names === "admin" ? [] : [line];
      const known = Object.entries(command.options ?? {}).map(([option, each]) =>
        flagsText(option, each),
      );
      const own = rest.split(" -- ")[0] ?? "";
      const flags = own.match(/--[a-z][a-z-]*/g) ?? [];
      return flags.some((flag) => !known.some((each) => each.includes(flag))) ? [line] : [];
    });
    expect(wrong).toEqual([]);
  });
});

function anchorOf(title = ""): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

describe("the threat model in SECURITY.md", () => {
  const section =
    readFileSync(`${root}/SECURITY.md`, "utf8")
      .split("\n## Threat model\n")[1]
      ?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => /^\| (?!asset|-)/.test(line));
  /** The last cell: `FILE`: "TITLE", "TITLE"; `FILE`: "TITLE". */
  const tests = rows.map((row) =>
    [...(row.split(" | ").at(-1) ?? "").matchAll(/`([^`]+)`: ("[^"]+"(?:, "[^"]+")*)/g)].flatMap(
      ([, file = "", titles = ""]) =>
        [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({ file, title })),
    ),
  );

  test("the page answers what a security team asks", () => {
    const page = readFileSync(`${root}/SECURITY.md`, "utf8");
    const headings = [...page.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
    expect(headings).toEqual([
      "How to report a vulnerability",
      "Threat model",
      "What awst cannot protect from",
      "Where each secret is",
      "How to verify a release",
    ]);
    for (const row of rows) expect(row.split(" | ")).toHaveLength(4);
  });

  test("every row names a test that exists, by its file and its title", () => {
    const missing = rows.filter((_, at) => {
      const named = tests[at] ?? [];
      return named.length === 0 || !named.every(({ file, title }) => hasTitle(file, title));
    });
    expect([rows.length > 0, missing]).toEqual([true, []]);
  });

  test("every named test has an edit in tools/assurance/promises.mjs that makes it fail", () => {
    const text = ({ file, title }: { readonly file: string; readonly title: string }) =>
      `${file}: ${title}`;
    const broken = promises.flatMap((each) =>
      each.tests.map(([file, title]) => text({ file, title })),
    );
    expect([...new Set(tests.flat().map(text))].sort()).toEqual([...new Set(broken)].sort());
  });

  test("the line that an edit changes is once in its file", () => {
    const outdated = promises.filter(
      ({ file, from }) => readFileSync(`${root}/${file}`, "utf8").split(from).length !== 2,
    );
    expect(outdated.map(({ what }) => what)).toEqual([]);
  });

  /** The comments of a page in test/scripts are its titles. */
  function hasTitle(file: string, title: string): boolean {
    const path = `${root}/${file}`;
    return existsSync(path) && readFileSync(path, "utf8").includes(title);
  }
});

test("docs/assurance.md has the figures that the commands wrote, and nothing else", () => {
  const figures = readFigures(root);
  expect(readFileSync(`${root}/docs/assurance.md`, "utf8")).toBe(renderPage(figures));
  expect(Object.keys(figures).length).toBeGreaterThan(0);
});
