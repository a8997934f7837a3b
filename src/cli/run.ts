// From the command line to the exit status: finds the command, parses, runs, prints. The only place where an
// error ends and is printed.

import type { CommandDefinition } from "../args/command.ts";
import {
  type FoundCommand,
  findCommand,
  type ParsedCommandLine,
  parseCommand,
} from "../args/parse.ts";
import { exitStatus } from "../model/errors.ts";
import type { Context } from "../ports.ts";
import {
  adminPrefix,
  commandNames,
  commands,
  loadAdminCommands,
  loadBackground,
  loadDefinitions,
  loadHelp,
  loadUsage,
} from "./commands.ts";
import { errorText } from "./print-error.ts";
import { printResult } from "./print-result.ts";
import { version } from "./version.ts";

export interface ProgramHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  openContext(options: {
    readonly env: Record<string, string | undefined>;
    readonly configuration: string | undefined;
    readonly command: string;
    readonly quiet: boolean;
    readonly debug: boolean;
    readonly color: boolean;
  }): Context;
  /** Rejects with an error that was thrown outside every promise. */
  readonly crashed: Promise<never>;
  /** Writes to stdout what needs no context: help, version. */
  print(text: string): Promise<void>;
  /** stderr, also with --quiet. */
  printError(text: string): Promise<void>;
}

/** Returns the exit status. `argv`: what was typed after the program's name. */
export async function run(argv: readonly string[], host: ProgramHost): Promise<number> {
  try {
    let table = commands;
    let found = findCommand(argv, commandNames);
    if (found.name === adminPrefix) {
      table = await loadAdminCommands();
      found = findCommand(argv, Object.keys(table));
    }
    if (found.name === undefined) return await withoutCommand(found, Object.keys(table), host);
    const running = runCommand(table[found.name], found.argv, host);
    return await Promise.race([running, host.crashed]);
  } catch (error) {
    await host.printError(errorText(error, { debug: wantsDebug(argv) }));
    return exitStatus(error);
  }
}

async function runCommand(
  load: (typeof commands)[string] | undefined,
  argv: readonly string[],
  host: ProgramHost,
): Promise<number> {
  if (load === undefined) throw new Error("the table of commands has no such command");
  const { command } = await load();
  try {
    return await runLoaded(command, argv, host);
  } catch (error) {
    throw (await loadUsage()).withWholeHint(error, command, argv);
  }
}

async function runLoaded(
  command: Awaited<ReturnType<(typeof commands)[string]>>["command"],
  argv: readonly string[],
  host: ProgramHost,
): Promise<number> {
  const parsed = parseCommand(command, argv);
  if (parsed.kind === "help") return printText((await loadHelp()).commandHelp(command), host);
  if (parsed.kind === "version") return printText(`${version}\n`, host);
  const open = ({ globals }: ParsedCommandLine) => {
    const env = { ...host.env, ...globals.env };
    const color = globals.color && !env["NO_COLOR"];
    return { color, context: host.openContext({ ...globals, env, color, command: command.name }) };
  };
  if (parsed.kind !== "parsed") {
    const { countNames, usageError } = await loadUsage();
    const names = await countNames(command, parsed, argv, (head) => open(head).context);
    throw usageError(command, parsed, { argv, names });
  }
  const { args } = parsed;
  const { context, color } = open(parsed);
  const background = command.skipsBackgroundReports?.(args) ? undefined : await loadBackground();
  // A program reads JSON: what a user should know waits for a command whose output the user sees.
  if (!args.json) await background?.beforeCommand(context);
  const result = await command.run(context, args);
  const isScoped = result.notes !== undefined && argv.some(isScopeOption);
  const shown = isScoped ? (await loadUsage()).withScopes(result, argv) : result;
  const status = await printResult(context, shown, { json: args.json, color });
  await background?.afterCommand(context);
  return status;
}

/** Whether the option selects an account, a configuration or a region: commands in notes then need it too. */
function isScopeOption(argument: string): boolean {
  return /^--(as|config|identity|region|role-as)\b/.test(argument);
}

/** Help, the version, the overview, or an unknown command. */
async function withoutCommand(
  found: FoundCommand & { readonly name: undefined },
  tableNames: readonly string[],
  host: ProgramHost,
): Promise<number> {
  const { path, stop, isHelp, options } = found;
  const names = path[0] === adminPrefix ? tableNames : commandNames;
  const parsed = parseCommand(globalCommand(path), options);
  if (parsed.kind === "version") return printText(`${version}\n`, host);
  if (parsed.kind !== "help") {
    if (parsed.kind !== "parsed") throw (await loadUsage()).usageError(globalCommand(path), parsed);
    if (stop !== undefined) {
      throw (await loadUsage()).unknownCommand(path, stop, names);
    }
  }
  const text = (await loadHelp()).helpOn(path, await loadDefinitions());
  if (text === undefined) {
    const last = path.at(-1) ?? "";
    throw (await loadUsage()).unknownCommand(path.slice(0, -1), last, names);
  }
  if (parsed.kind === "help" || isHelp || path.length === 0) return printText(text, host);
  await host.printError(text);
  return 2;
}

/** Parses the global options of a line without a command. */
function globalCommand(path: readonly string[]): CommandDefinition {
  const run = () => Promise.resolve({});
  return { name: path.join(" "), group: "Sessions", summary: "", examples: [], json: [], run };
}

async function printText(text: string, host: ProgramHost): Promise<number> {
  await host.print(text);
  return 0;
}

// For usage errors too, where no option was parsed.
function wantsDebug(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes("--debug");
}
