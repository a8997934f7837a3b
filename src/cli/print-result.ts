// Prints what a command returned: JSON or text on stdout, notes on stderr. The only place that writes
// `version: 1`.

import type { CommandResult } from "../args/command.ts";
import { printableJson } from "../model/text/one-line.ts";
import { chooseStyle, plainStyle } from "../output/style.ts";
import type { Needs } from "../ports.ts";

export interface PrintOptions {
  /** --json */
  readonly json: boolean;
  /** false with --no-color. */
  readonly color: boolean;
}

/** Returns the exit status. Throws the result's `failure`, after everything else is printed. */
export async function printResult(
  context: Needs<"env" | "out" | "outIsTerminal" | "errIsTerminal" | "say" | "writeText">,
  result: CommandResult,
  { json: asJson, color }: PrintOptions,
): Promise<number> {
  const { json, text = "", file, notes = [], deliver, exitStatus = 0 } = result;
  let { failure } = result;
  let lost: unknown;
  const { env } = context;
  const output = () => {
    if (asJson) {
      const value = typeof json === "function" ? json() : json;
      return value === undefined ? "" : `${printableJson({ version: 1, ...value })}\n`;
    }
    if (typeof text === "string") return text;
    const isTerminal = file === undefined && context.outIsTerminal();
    return text(chooseStyle(env, { color, isTerminal }));
  };
  const stdout = output();
  if (file !== undefined) await context.writeText(file, stdout);
  else if (stdout !== "" && deliver !== undefined) failure = (await deliver(stdout)) ?? failure;
  else if (stdout !== "") {
    // The notes say what was done, also where stdout takes nothing.
    await context.out(stdout).catch((error: unknown) => {
      lost = error;
    });
  }
  if (typeof notes !== "function") for (const line of notes) context.say(line);
  else {
    const style = chooseStyle(env, { color, isTerminal: context.errIsTerminal() });
    const how = style === plainStyle ? undefined : "styled";
    for (const line of notes(style)) context.say(line, how);
  }
  const error = failure ?? lost;
  if (error !== undefined) throw error;
  return exitStatus;
}
