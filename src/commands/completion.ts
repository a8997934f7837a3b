// awst completion SHELL: prints the script that completes commands, options and names. The script reads names from a
// list, which this command writes.

import { type CommandDefinition, defineCommand } from "../args/command.ts";
import { prefixSummaries } from "../args/descriptions.ts";
import { flagName, globalOptions, type Option, requiredChoice } from "../args/options.ts";
import { writeNameList } from "../flows/session/load-configuration.ts";
import { type Shell, shells } from "../model/shell/shells.ts";
import { bashCompletion } from "../output/shell/completion-bash.ts";
import { fishCompletion } from "../output/shell/completion-fish.ts";
import { powershellCompletion } from "../output/shell/completion-powershell.ts";
import {
  type CompletionTable,
  completionNodes,
  optionsOfAllCommands,
} from "../output/shell/completion-table.ts";
import { zshCompletion } from "../output/shell/completion-zsh.ts";
import type { Context } from "../ports.ts";

/** `loadDefinitions` loads every command: the table of commands is in `cli`, a higher layer. */
export function completionOf(loadDefinitions: () => Promise<readonly CommandDefinition[]>) {
  return defineCommand({
    name: "completion",
    group: "Shell",
    summary: "print completions of commands, options, accounts and roles",
    details:
      "Names come from a list that awst keeps up to date in its state folder, so completing starts no program. With zsh, add the line after compinit.",
    arguments: {
      shell: requiredChoice("SHELL", shells, "the shell that evaluates it"),
    },
    examples: [
      { line: 'eval "$(awst completion bash)"', meaning: "in ~/.bashrc, or ~/.zshrc with zsh" },
      { line: "awst completion fish | source", meaning: "in ~/.config/fish/config.fish" },
      {
        line: "awst completion powershell | Out-String | Invoke-Expression",
        meaning: "in $PROFILE",
      },
    ],
    skipsBackgroundReports: () => true,
    async run(context: Context, { shell }) {
      const list = await writeNameList(context);
      const text = completionScript(shell, tableOf(await loadDefinitions()), list);
      const [line, file] = startLines[shell];
      return { text, notes: context.outIsTerminal() ? [`add this line to ${file}: ${line}`] : [] };
    },
  });
}

const startLines: Readonly<Record<Shell, readonly [line: string, file: string]>> = {
  bash: ['eval "$(awst completion bash)"', "~/.bashrc"],
  zsh: ['eval "$(awst completion zsh)"', "~/.zshrc, after compinit"],
  fish: ["awst completion fish | source", "~/.config/fish/config.fish"],
  powershell: ["awst completion powershell | Out-String | Invoke-Expression", "$PROFILE"],
};

function tableOf(definitions: readonly CommandDefinition[]): CompletionTable {
  return {
    commands: definitions.map((definition) => ({
      ...definition,
      path: definition.name.split(" "),
      arguments: Object.values(definition.arguments ?? {}).map((argument) => ({
        ...argument,
        name: argument.label,
      })),
      options: optionsOf(definition.options ?? {}),
    })),
    groups: prefixSummaries,
    globals: optionsOf(globalOptions),
  };
}

function optionsOf(options: Readonly<Record<string, Option<unknown>>>) {
  return Object.entries(options).map(([name, option]) => ({
    ...option,
    name: flagName(name).slice(2),
  }));
}

/** `list`: absolute path of the file with the names (`model/session/name-list.ts`). */
export function completionScript(shell: Shell, table: CompletionTable, list: string): string {
  return writers[shell](completionNodes(table), optionsOfAllCommands(table), list);
}

const writers = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
} as const;
