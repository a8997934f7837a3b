// The completions of each shell. They read the list of names by themselves and start nothing.

import type { Shell } from "../../model/shell/shells.ts";
import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import { powershellCompletion } from "./completion-powershell.ts";
import { type CompletionTable, completionNodes, everywhere } from "./completion-table.ts";
import { zshCompletion } from "./completion-zsh.ts";

/** `list`: absolute path of the list of names (`name-list.ts`). */
export function completionScript(shell: Shell, table: CompletionTable, list: string): string {
  return writers[shell](completionNodes(table), everywhere(table), list);
}

const writers = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
} as const;
