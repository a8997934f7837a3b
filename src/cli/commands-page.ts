// docs/commands.md, written from the table of verbs.

import { exitStatuses } from "./help.ts";
import { flagsText, globalOptions, nameOf, usageOf, type Verb, type VerbOption } from "./verb.ts";

export function commandsPage(verbs: readonly Verb[]): string {
  const sections = [
    "# Commands",
    "Written from the program's own table (`npm run docs`); `awst COMMAND --help` says the same.",
    verbs.map((verb) => `* [\`${nameOf(verb)}\`](#${anchorOf(verb)}): ${verb.summary}`).join("\n"),
    "## Before or behind every command",
    table(["option", ""], globalOptions.map(optionRow)),
    "## Exit status",
    table(["status", ""], exitStatuses),
    ...verbs.flatMap(sectionsOf),
  ];
  return `${sections.join("\n\n")}\n`;
}

function sectionsOf(verb: Verb): readonly string[] {
  const { details, options, examples, json } = verb;
  const words = verb.arguments.map(({ name, help }) => [`\`${name}\``, help] as const);
  const rows = [...words, ...options.map(optionRow)];
  return [
    `## awst ${nameOf(verb)}`,
    `${capitalized(verb.summary)}.`,
    fence(`awst ${usageOf(verb)}`),
    ...(details === undefined ? [] : [details]),
    ...(rows.length === 0 ? [] : [table(["", ""], rows)]),
    fence(examples.map(({ line, meaning }) => `# ${meaning}\n${line}`).join("\n")),
    ...(json === undefined
      ? []
      : [`With \`--json\`, one object:`, table(["field", ""], json.map(fieldRow))]),
  ];
}

function optionRow(option: VerbOption): readonly [string, string] {
  const { choices, list, help } = option;
  const more = [
    choices === undefined ? "" : `; ${choices.join(", ")}`,
    list === true ? "; may be repeated" : "",
  ];
  return [`\`${flagsText(option)}\``, `${help}${more.join("")}`];
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

function anchorOf(verb: Verb): string {
  return `awst-${verb.path.join("-")}`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
