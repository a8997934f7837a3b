// Prints what a command returned: JSON or text on stdout, notes on stderr. The only place that writes
// `version: 1`.

import type { CommandResult } from "../args/command-result.ts";
import { plainStyle } from "../output/style.ts";
import type { Needs } from "../ports.ts";

/** Returns the exit status. Throws the result's `failure`, after everything else is printed. */
export async function printResult(
  context: Needs<"out" | "say" | "writeText">,
  result: CommandResult,
  asJson: boolean,
): Promise<number> {
  const { notes = [], file, failure, exitStatus = 0 } = result;
  const output = outputOf(result, asJson);
  if (file !== undefined) await context.writeText(file, output);
  else if (output !== "") await context.out(output);
  for (const line of typeof notes === "function" ? notes(plainStyle) : notes) context.say(line);
  if (failure !== undefined) throw failure;
  return exitStatus;
}

function outputOf({ json, text = "" }: CommandResult, asJson: boolean): string {
  if (asJson) {
    return json === undefined ? "" : `${JSON.stringify({ version: 1, ...json }, null, 2)}\n`;
  }
  return typeof text === "string" ? text : text(plainStyle);
}
