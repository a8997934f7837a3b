// Help texts, all made from the definitions: one command, a group such as `key`, and the overview of `awst`.

import type { CommandDefinition } from "../args/command.ts";
import {
  commandGroups,
  exitStatuses,
  flagsText,
  optionText,
  prefixSummaries,
} from "../args/descriptions.ts";
import { globalOptions } from "../args/options.ts";
import { usageOf } from "../args/parse.ts";

/** Returns help on a command, a group, or everything ([]); undefined for a path that is none of these. */
export function helpOn(
  path: readonly string[],
  definitions: readonly CommandDefinition[],
): string | undefined {
  const name = path.join(" ");
  const command = definitions.find((each) => each.name === name);
  if (command !== undefined) return commandHelp(command);
  if (name === "") return overview(definitions);
  const within = definitions.filter((each) => each.name.startsWith(`${name} `));
  return within.length === 0 ? undefined : groupHelp(name, within);
}

/** At most 35 lines: one line for each command; `key …` and the like share one. */
export function overview(definitions: readonly CommandDefinition[]): string {
  const blocks = commandGroups.map((group) => {
    const inGroup = definitions.filter((each) => each.group === group);
    return [group, ...overviewRows(inGroup).map((each) => `  ${each}`)].join("\n");
  });
  return `awst: AWS role sessions from one MFA code, cached in the keychain and renewed automatically

${blocks.join("\n")}

awst COMMAND --help: options and examples of a command
`;
}

/** One row for each command; commands such as `key add` and `key list` share one: `key …`. */
function overviewRows(definitions: readonly CommandDefinition[]): readonly string[] {
  const prefixOf = ({ name }: CommandDefinition) => name.split(" ")[0] ?? "";
  const prefixes = [...new Set(definitions.map(prefixOf))];
  return prefixes.flatMap((prefix) => {
    const same = definitions.filter((each) => prefixOf(each) === prefix);
    const [first] = same;
    if (first !== undefined && same.length === 1) return [row(first.name, first.summary)];
    const rest = same.map(({ name }) => name.slice(prefix.length + 1));
    const nested = rest.map((each) => (each.includes(" ") ? `${each.split(" ")[0]} …` : each));
    const [line = "", ...more] = linesOf([...new Set(nested)]);
    return [row(`${prefix} …`, line), ...more.map((each) => row("", each))];
  });
}

/** A list in lines of at most 75 columns. */
function linesOf(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length > 72) lines.push(name);
    else lines.push(`${lines.pop()}, ${name}`);
  }
  return lines.map((line, at) => (at < lines.length - 1 ? `${line},` : line));
}

function row(name: string, text: string): string {
  return `${name.padEnd(19)} ${text}`;
}

function groupHelp(name: string, definitions: readonly CommandDefinition[]): string {
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
  const own = Object.entries(options).map(([option, each]) => [
    flagsText(option, each),
    optionText(each),
  ]);
  const global = Object.entries(globalOptions)
    .filter(([option]) => option !== "json" || command.json !== undefined)
    .map(([option, each]) => [flagsText(option, each), optionText(each)]);
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
  for (const part of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + part.length > width) lines.push(part);
    else lines[lines.length - 1] = line === "" ? part : `${line} ${part}`;
  }
  return lines.join("\n");
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
