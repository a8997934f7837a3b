// Lines for a shell that appear on the terminal are read by no shell. `assume` then prints how to install the
// shell function, three times at most.

import { probableShell, shellIntegration } from "../../model/shell/shells.ts";
import type { StateFile } from "../../model/state-file.ts";
import { setupLine } from "../../output/shell/shell-functions.ts";
import type { Needs } from "../../ports.ts";

const maxHints = 3;

/** How often the hint was printed. */
const hintsFile: StateFile<{ readonly shellInit: number }> = {
  name: "hints",
  decode: (stored) => {
    const { shellInit } = Object(stored) as Record<string, unknown>;
    return {
      shellInit: typeof shellInit === "number" && Number.isFinite(shellInit) ? shellInit : 0,
    };
  },
};

/** Returns the hint; undefined where the shell function runs, or the hint was printed often enough. */
export async function hintAtFunction(
  context: Needs<"env" | "outIsTerminal" | "state">,
): Promise<string | undefined> {
  if (shellIntegration(context.env).isFunction || !context.outIsTerminal()) return undefined;
  const { shellInit } = context.state.read(hintsFile);
  if (shellInit >= maxHints) return undefined;
  context.state.write(hintsFile, { shellInit: shellInit + 1 });
  const { line, file } = setupLine(probableShell(context.env));
  return `to let assume change this shell: run ${line} and add it to ${file}`;
}
