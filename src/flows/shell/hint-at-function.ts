// A person who sees lines for a shell on the terminal has no shell that reads them: a word on how to get
// one, a few times and then no more.

import { probableShell, surroundings } from "../../model/shell/shells.ts";
import { setupLine } from "../../output/shell/shell-functions.ts";
import type { Needs } from "../../ports.ts";

const hintsName = "hints";
const most = 3;

export async function hintAtFunction(
  context: Needs<"env" | "outIsTerminal" | "state">,
): Promise<string | undefined> {
  if (surroundings(context.env).isFunction || !context.outIsTerminal()) return undefined;
  const hints = Object(context.state.read(hintsName));
  const times = typeof hints.shellInit === "number" ? hints.shellInit : 0;
  if (times >= most) return undefined;
  context.state.replace(hintsName, { ...hints, shellInit: times + 1 });
  const { line, file } = setupLine(probableShell(context.env));
  return `so that assume changes this shell by itself: ${line} (and in ${file})`;
}
