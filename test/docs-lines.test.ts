// Every line of awst on a page is one that awst takes: the command is there, and so is each option. What stands for a
// value (NAME, FILE) is a value. docs/commands.md is written from the definitions, whose examples are tested beside them.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findCommand, parseCommand } from "../src/args/parse.ts";
import { loadDefinitions } from "../src/cli/commands.ts";
import { isAwstError } from "../src/model/errors.ts";
import { splitArgs } from "./scripts/split-args.ts";
import { root } from "./support/processes.ts";

const definitions = await loadDefinitions();
const names = definitions.map(({ name }) => name);

const pages = [
  ...["README.md", "SECURITY.md", "CONTRIBUTING.md", "config.example.toml"],
  "deploy/terraform/README.md",
  ...readdirSync(`${root}/docs`)
    .filter((name) => name.endsWith(".md") && name !== "commands.md")
    .map((name) => `docs/${name}`),
];

/** Lines of code blocks that begin with awst, and such code within a sentence. */
function linesOf(page: string): readonly string[] {
  const text = readFileSync(`${root}/${page}`, "utf8");
  const blocks = [...text.matchAll(/^ *```\w*\n(.*?)^ *```$/gms)].map(([, block = ""]) => block);
  const typed = blocks.flatMap((block) => block.match(/^ *(?:\$ )?awst .*$/gm) ?? []);
  const inline = text.replaceAll(/^ *```.*?^ *```$/gms, "").match(/(?<=`)awst [^`\n]+(?=`)/g) ?? [];
  const lines = [...typed, ...inline].map((line) => line.trim().replace(/^\$ /, ""));
  // What may be left out is in brackets.
  return [...new Set(lines)].filter((line) => !/[[…]/.test(line));
}

/** Without what a shell takes: a pipe, a redirection, a comment, a second command. */
function argvOf(line: string): readonly string[] {
  const [own = ""] = line.split(/ \\?\| | > | # | && |;| \)/);
  return splitArgs(own.replace(/\bSHELL\b/, "bash"), { CODE: "123456" }).slice(1);
}

/** undefined: awst takes the line. A value that stands for another one may be no value. */
function mistakeIn(argv: readonly string[]): string | undefined {
  const found = findCommand(argv, names);
  if (found.name === undefined) {
    return found.stop === undefined || found.isHelp ? undefined : `no command: ${found.stop}`;
  }
  const definition = definitions.find(({ name }) => name === found.name);
  if (definition === undefined) return "no definition";
  try {
    const parsed = parseCommand(definition, found.argv);
    if (parsed.kind === "mistake") {
      // The name alone, or with an option, is a mention of the command.
      const isMention = found.argv.every((each) => each.startsWith("--"));
      return isMention && /^missing argument/.test(parsed.message) ? undefined : parsed.message;
    }
    return parsed.kind === "unknown option" ? `no option ${parsed.option}` : undefined;
  } catch (error) {
    const isPlaceholder = argv.some((each) => /^[A-Z_/=]{2,}$/.test(each));
    return isAwstError(error) && isPlaceholder ? undefined : String(error);
  }
}

test.each(pages)("every line of awst in %s is one that awst takes", (page) => {
  const mistakes = linesOf(page).flatMap((line) => {
    const mistake = mistakeIn(argvOf(line));
    return mistake === undefined ? [] : [`${line}: ${mistake}`];
  });
  expect(mistakes).toEqual([]);
});

test("the lines are found, and a wrong one is refused", () => {
  expect(pages.flatMap(linesOf).length).toBeGreaterThan(250);
  expect(mistakeIn(["admin", "user", "list", "--nope"])).toBe("no option --nope");
  expect(mistakeIn(["admin", "user", "rename", "a"])).toBe("no command: rename");
  expect(mistakeIn(["admin", "grant", "alice"])).toContain("missing argument");
});
