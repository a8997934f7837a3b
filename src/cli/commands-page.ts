// docs/commands.md, written from the definitions of the commands.

import type { CommandDefinition } from "../args/command.ts";
import { exitStatuses, flagsText, optionText } from "../args/descriptions.ts";
import { globalOptions, type Option } from "../args/options.ts";
import { usageOf } from "../args/parse.ts";

export function commandsPage(commands: readonly CommandDefinition[]): string {
  const sections = [
    "# Commands",
    "Made from the definitions of the commands (`npm run docs`); `awst COMMAND --help` prints the same.",
    commands.map((each) => `* [\`${each.name}\`](#${anchorOf(each)}): ${each.summary}`).join("\n"),
    "## Before or after every command",
    table(["option", ""], Object.entries(globalOptions).map(optionRow)),
    "## Exit status",
    table(["status", ""], exitStatuses),
    ...commands.flatMap(sectionsOf),
  ];
  return `${sections.join("\n\n")}\n`;
}

function sectionsOf(command: CommandDefinition): readonly string[] {
  const { name, summary, details, options = {}, examples, json } = command;
  const labels = Object.values(command.arguments ?? {});
  const rows = [
    ...labels.map(({ label, help }) => [`\`${label}\``, help] as const),
    ...Object.entries(options).map(optionRow),
  ];
  return [
    `## awst ${name}`,
    `${capitalized(summary)}.`,
    fence(`awst ${usageOf(command)}`),
    ...(details === undefined ? [] : [details]),
    ...(rows.length === 0 ? [] : [table(["", ""], rows)]),
    fence(examples.map(({ line, meaning }) => `# ${meaning}\n${line}`).join("\n")),
    ...(json === undefined
      ? []
      : [
          "With `--json`, one object:",
          table(["field", ""], [["version", "1"] as const, ...json].map(fieldRow)),
        ]),
  ];
}

function optionRow([name, option]: readonly [string, Option<unknown>]): readonly [string, string] {
  return [`\`${flagsText(name, option)}\``, optionText(option)];
}

function fieldRow([field, meaning]: readonly [string, string]): readonly [string, string] {
  return [`\`${field}\``, meaning];
}

function table(
  head: readonly [string, string],
  rows: readonly (readonly [string, string])[],
): string {
  const lines = [head, ["---", "---"] as const, ...rows];
  return lines.map(([one, other]) => `| ${cell(one)} | ${cell(other)} |`).join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function fence(text: string): string {
  return `\`\`\`sh\n${text}\n\`\`\``;
}

function anchorOf({ name }: CommandDefinition): string {
  return `awst-${name.replaceAll(" ", "-")}`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
