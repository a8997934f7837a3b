// awst completion SHELL: what completes awst's words there. The names come from a list that is kept for
// it; this call sees to it that it is there.

import { type CommandDefinition, defineCommand } from "../args/command.ts";
import { prefixSummaries } from "../args/descriptions.ts";
import { flagName, globalOptions, type Option, requiredChoice } from "../args/options.ts";
import { writeNameList } from "../flows/session/load-configuration.ts";
import { type Shell, shells } from "../model/shell/shells.ts";
import { completionScript } from "../output/shell/completion-script.ts";
import type { CompletionTable } from "../output/shell/completion-table.ts";
import type { Context } from "../ports.ts";

/** `loadDefinitions`: every command, which only \`cli\` knows. */
export function completionOf(loadDefinitions: () => Promise<readonly CommandDefinition[]>) {
  return defineCommand({
    name: "completion",
    group: "Shell",
    summary: "print completions: verbs, options, accounts, roles",
    details:
      "Names are read from a list that awst keeps up to date beside its state; no key press starts a program. For zsh behind compinit.",
    arguments: {
      shell: requiredChoice("SHELL", shells, "the shell that is to read it"),
    },
    examples: [
      { line: 'eval "$(awst completion bash)"', meaning: "in ~/.bashrc; the same for zsh" },
      { line: "awst completion fish | source", meaning: "in ~/.config/fish/config.fish" },
      {
        line: "awst completion powershell | Out-String | Invoke-Expression",
        meaning: "in $PROFILE",
      },
    ],
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
  zsh: ['eval "$(awst completion zsh)"', "~/.zshrc, behind compinit"],
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
