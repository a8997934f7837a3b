// The completion script of each shell. It reads the file with the names itself and starts no program.

import type { Shell } from "../../model/shell/shells.ts";
import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import { powershellCompletion } from "./completion-powershell.ts";
import { type CompletionTable, completionNodes, optionsOfAllCommands } from "./completion-table.ts";
import { zshCompletion } from "./completion-zsh.ts";

/** `list`: absolute path of the file with the names (`name-list.ts`). */
export function completionScript(shell: Shell, table: CompletionTable, list: string): string {
  return writers[shell](completionNodes(table), optionsOfAllCommands(table), list);
}

const writers = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
} as const;
