// awst shell-init SHELL: prints the function with which `awst assume` changes the current shell. It writes no file.

import { defineCommand } from "../args/command.ts";
import { flag, requiredChoice } from "../args/options.ts";
import { shells } from "../model/shell/shells.ts";
import { setupLine, shellFunction } from "../output/shell/shell-functions.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "shell-init",
  group: "Shell",
  summary: "print the shell function with which `awst assume` changes this shell",
  details:
    "With the function, `awst assume …` sets AWS_PROFILE in the current shell (or credentials, with --format) and clears variables that would override it; `awst assume --unset` reverts that. Other commands are passed on to the program unchanged, with their exit status. Nothing is written: on a terminal, awst prints the line to add to your shell's start file.",
  arguments: {
    shell: requiredChoice("SHELL", shells, "the shell that evaluates it"),
  },
  options: {
    awsAssume: flag("print awstools' function aws_assume too"),
    awsume: flag("print AWSume's command awsume too, with its options -c, -l, -r, -s and -u"),
    awsumeVariables: flag(
      "also set AWSUME_PROFILE and AWSUME_EXPIRATION, for prompts that read them",
    ),
  },
  examples: [
    { line: 'eval "$(awst shell-init bash)"', meaning: "in ~/.bashrc, or ~/.zshrc with zsh" },
    { line: "awst shell-init fish | source", meaning: "in ~/.config/fish/config.fish" },
    { line: "awst shell-init powershell | Out-String | Invoke-Expression", meaning: "in $PROFILE" },
  ],
  skipsBackgroundReports: () => true,
  async run(context: Context, { shell, awsAssume, awsume, awsumeVariables }) {
    const text = shellFunction(shell, { awsAssume, awsume, awsumeVariables });
    if (!context.outIsTerminal()) return { text };
    const given = { "aws-assume": awsAssume, awsume, "awsume-variables": awsumeVariables };
    const flags = Object.entries(given).map(([name, isGiven]) => (isGiven ? ` --${name}` : ""));
    const { line, file } = setupLine(shell);
    const whole = line.replace(`init ${shell}`, `init ${shell}${flags.join("")}`);
    return { text, notes: [`add this line to ${file}: ${whole}`] };
  },
});
