// awst completion SHELL: what completes awst's words there. The names come from a list that is kept for
// it; this call sees to it that it is there.

import { writeNameList } from "../flows/session/load-configuration.ts";
import { isShell, type Shell } from "../model/shell/shells.ts";
import type { Words } from "../model/words.ts";
import { completionScript } from "../output/shell/completion-script.ts";
import type { CompletionTable } from "../output/shell/completion-table.ts";
import type { Context } from "../ports.ts";

/** The table of verbs stands above this floor: it is handed in. */
export function completing(table: CompletionTable) {
  return {
    run: async (context: Context, words: Words): Promise<void> => {
      const [shell] = words.arguments;
      if (!isShell(shell)) throw new Error(`no shell ${shell}`);
      const list = await writeNameList(context);
      await context.out(completionScript(shell, table, list));
      if (context.outIsTerminal())
        context.say(`this goes into ${files[shell][1]}: ${files[shell][0]}`);
    },
  };
}

const files: Readonly<Record<Shell, readonly [line: string, file: string]>> = {
  bash: ['eval "$(awst completion bash)"', "~/.bashrc"],
  zsh: ['eval "$(awst completion zsh)"', "~/.zshrc, behind compinit"],
  fish: ["awst completion fish | source", "~/.config/fish/config.fish"],
  powershell: ["awst completion powershell | Out-String | Invoke-Expression", "$PROFILE"],
};
