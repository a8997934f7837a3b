// Runs one command as the program does: parses what was typed, runs it, prints what it returns.

import type { CommandDefinition } from "../../src/args/command.ts";
import { type Parsed, parseCommand } from "../../src/args/parse.ts";
import { printResult } from "../../src/cli/print-result.ts";
import type { Context } from "../../src/ports.ts";

/** Returns the exit status. `argv`: what was typed after the command's name. */
export async function runCommand(
  command: CommandDefinition<Context>,
  context: Context,
  argv: readonly string[],
): Promise<number> {
  const parsed = parseOnce(command, argv);
  if (parsed.kind !== "parsed") throw new Error(`${argv.join(" ")}: ${JSON.stringify(parsed)}`);
  return printResult(context, await command.run(context, parsed.args), {
    json: parsed.args.json,
    color: false,
  });
}

const parsedLines = new WeakMap<CommandDefinition<Context>, Map<string, Parsed>>();

/** A fault matrix runs few command lines thousands of times. */
function parseOnce(command: CommandDefinition<Context>, argv: readonly string[]): Parsed {
  const lines = parsedLines.get(command) ?? new Map<string, Parsed>();
  parsedLines.set(command, lines);
  const line = JSON.stringify(argv);
  const parsed = lines.get(line) ?? parseCommand(command, argv);
  lines.set(line, parsed);
  return parsed;
}
