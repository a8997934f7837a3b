// awst shell-init SHELL: the function that lets `awst assume` change the shell it is typed in. It prints,
// and touches nobody's start files.

import { defineCommand } from "../args/command.ts";
import { flag, requiredChoice } from "../args/options.ts";
import { shells } from "../model/shell/shells.ts";
import { setupLine, shellFunction } from "../output/shell/shell-functions.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "shell-init",
  group: "Shell",
  summary: "print a function, so that `awst assume` changes the shell you are in",
  details:
    "With it `awst assume …` sets AWS_PROFILE in this shell (or keys, with --format), clears what would win over it, and `awst assume --unset` goes back. Everything else passes through to the program, its exit status too. Nothing is written: the line to add to your shell's start file is said.",
  arguments: {
    shell: requiredChoice("SHELL", shells, "the shell that is to read it"),
  },
  options: {
    awsAssume: flag("awstools' function aws_assume too"),
    awsumeVariables: flag(
      "set AWSUME_PROFILE and AWSUME_EXPIRATION too, for prompts that read them",
    ),
  },
  examples: [
    { line: 'eval "$(awst shell-init bash)"', meaning: "in ~/.bashrc; the same for zsh" },
    { line: "awst shell-init fish | source", meaning: "in ~/.config/fish/config.fish" },
    { line: "awst shell-init powershell | Out-String | Invoke-Expression", meaning: "in $PROFILE" },
  ],
  async run(context: Context, { shell, awsAssume, awsumeVariables }) {
    const text = shellFunction(shell, { awsAssume, awsumeVariables });
    if (!context.outIsTerminal()) return { text };
    const flags = `${awsAssume ? " --aws-assume" : ""}${awsumeVariables ? " --awsume-variables" : ""}`;
    const { line, file } = setupLine(shell);
    const whole = line.replace(`init ${shell}`, `init ${shell}${flags}`);
    return { text, notes: [`add this line to ${file}: ${whole}`] };
  },
});
