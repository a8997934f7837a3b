// Help texts, all made from the definitions: one command, a group such as `key`, and the overview of `awst`.

import type { CommandDefinition } from "../args/command.ts";
import { commandGroups, prefixSummaries } from "../args/groups.ts";
import { flagName, globalOptions, type Option } from "../args/options.ts";
import { usageOf } from "../args/parse.ts";
import { unknownCommand } from "./usage.ts";

export const exitStatuses: readonly (readonly [status: string, meaning: string])[] = [
  ["0", "success"],
  ["1", "failure"],
  ["2", "usage error, unknown account or role, or invalid configuration"],
  ["3", "input is needed and there is no terminal: a code, a choice, an unlock"],
  ["70", "a bug in awst"],
  ["130", "interrupted"],
  ["other", "`exec`: the program's own; 126 and 127 where it can't be run or found"],
];

/** Returns help on a command, a group, or everything ([]). COMMAND_UNKNOWN. */
export function helpOn(path: readonly string[], definitions: readonly CommandDefinition[]): string {
  const name = path.join(" ");
  const command = definitions.find((each) => each.name === name);
  if (command !== undefined) return commandHelp(command);
  if (name === "") return overview(definitions);
  const within = definitions.filter((each) => each.name.startsWith(`${name} `));
  if (within.length === 0) {
    const names = definitions.map((each) => each.name);
    throw unknownCommand(path.slice(0, -1), path.at(-1) ?? "", names);
  }
  return groupHelp(name, within);
}

/** At most 35 lines: a command with one word has a line; `key …` share one. */
export function overview(definitions: readonly CommandDefinition[]): string {
  const blocks = commandGroups.map((group) => {
    const inGroup = definitions.filter((each) => each.group === group);
    return [group, ...overviewRows(inGroup).map((row) => `  ${row}`)].join("\n");
  });
  return `awst: AWS role sessions from one MFA code, cached in the keychain and renewed automatically

${blocks.join("\n")}

awst COMMAND --help: options, examples and exit statuses of a command
`;
}

function overviewRows(definitions: readonly CommandDefinition[]): readonly string[] {
  const single = definitions.filter(({ name }) => !name.includes(" "));
  const rows = single.map(({ name, summary }) => `${name.padEnd(18)} ${summary}`);
  const prefixes = new Set(
    definitions
      .filter(({ name }) => name.includes(" "))
      .map(({ name }) => name.split(" ")[0] ?? ""),
  );
  for (const prefix of prefixes) {
    const words = definitions
      .filter(({ name }) => name.startsWith(`${prefix} `))
      .map(({ name }) => name.slice(prefix.length + 1));
    rows.push(`${`${prefix} …`.padEnd(18)} ${prefixSummaries[prefix]}: ${words.join(", ")}`);
  }
  return rows;
}

export function groupHelp(name: string, definitions: readonly CommandDefinition[]): string {
  const rows = definitions.map((each) => [usageOf(each).replace(" [options]", ""), each.summary]);
  return `Usage: awst ${name} COMMAND

${capitalized(prefixSummaries[name] ?? "")}

Commands:
${columns(rows)}

awst ${name} COMMAND --help: options and examples of a command
`;
}

export function commandHelp(command: CommandDefinition): string {
  const { name, summary, details, options = {}, examples } = command;
  const labels = Object.values(command.arguments ?? {});
  const own = Object.entries(options).map(optionRow);
  const global = Object.entries(globalOptions)
    .filter(([option]) => option !== "json" || command.json !== undefined)
    .map(optionRow);
  const sections = [
    `Usage: awst ${usageOf(command)}`,
    capitalized(summary),
    ...(details === undefined ? [] : [wrap(details, 100)]),
    ...(labels.length === 0
      ? []
      : [`Arguments:\n${columns(labels.map(({ label, help }) => [label, help]))}`]),
    ...(own.length === 0 ? [] : [`Options:\n${columns(own)}`]),
    `Global options:\n${columns(global)}`,
    `Examples:\n${examples.map(({ line, meaning }) => `  # ${meaning}\n  ${line}`).join("\n")}`,
    ...(name === "exec" ? [`Exit status:\n${columns(exitStatuses)}`] : []),
  ];
  return `${sections.join("\n\n")}\n`;
}

function optionRow([name, option]: readonly [string, Option<unknown>]): readonly [string, string] {
  const choices = option.choices === undefined ? "" : `: ${option.choices.join(", ")}`;
  const repeats = option.repeats ? "; may be repeated" : "";
  return [flagsText(name, option), `${option.help}${choices}${repeats}`];
}

/** `-y, --yes`, `--format <FORMAT>`. */
export function flagsText(name: string, { short, placeholder }: Option<unknown>): string {
  const letter = short === undefined ? "" : `-${short}, `;
  return `${letter}${flagName(name)}${placeholder === undefined ? "" : ` <${placeholder}>`}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.min(32, Math.max(...rows.map(([first = ""]) => first.length)));
  return rows
    .map(([first = "", second = ""]) => {
      const text = wrap(second, 96 - width).replaceAll("\n", `\n${" ".repeat(width + 4)}`);
      const gap = first.length > width ? `\n${" ".repeat(width + 4)}` : "  ";
      return `  ${first.padEnd(width)}${gap}${text}`;
    })
    .join("\n");
}

function wrap(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
