// awst shell-init SHELL: the function that lets `awst assume` change the shell it is typed in. It prints,
// and touches nobody's start files.

import { isShell } from "../model/shell/shells.ts";
import { flagOption, type Words } from "../model/words.ts";
import { setupLine, shellFunction } from "../output/shell/shell-functions.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const [shell] = words.arguments;
  if (!isShell(shell)) throw new Error(`no shell ${shell}`);
  const wishes = {
    awsAssume: flagOption(words, "aws-assume"),
    awsumeVariables: flagOption(words, "awsume-variables"),
  };
  await context.out(shellFunction(shell, wishes));
  if (!context.outIsTerminal()) return;
  const flags = [...Object.keys(words.options)].map((name) => ` --${name}`).join("");
  const { line, file } = setupLine(shell);
  context.say(`this goes into ${file}: ${line.replace(`init ${shell}`, `init ${shell}${flags}`)}`);
}
