// The same table for people: commander writes the help and says what is wrong with the words, with the
// nearest right one. It runs nothing and prints nothing: what it has to say is its answer.

import { Argument, Command, CommanderError, Option } from "commander";
import { AwstError } from "../model/errors.ts";
import { examplesText, exitStatusText } from "./help.ts";
import { type ParsedWords, toParsed } from "./parse-words.ts";
import { flagsText, globalOptions, nameOf, usageOf, type Verb, type VerbOption } from "./verb.ts";
import { verbs as everyVerb, groups } from "./verbs.ts";
import { version } from "./version.ts";

/** `asked`: somebody wanted to read it (stdout, 0), or typed too little (stderr, 2). */
export interface ProgramText {
  readonly text: string;
  readonly asked: boolean;
}

/** Errors: USAGE, COMMAND_UNKNOWN. */
export function readWithCommander(
  argv: readonly string[],
  verbs: readonly Verb[] = everyVerb,
): ParsedWords | ProgramText {
  const reading: Reading = { text: "", reached: undefined };
  const program = buildProgram(verbs, reading);
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isText = /^commander\.(help|helpDisplayed|version)$/.test(error.code);
    if (isText) return { text: reading.text, asked: error.exitCode === 0 };
    throw inOurWords(error, argv, verbs);
  }
  if (reading.reached === undefined) throw new Error("commander reached no verb");
  return toWords(reading.reached.verb, reading.reached.command, argv);
}

interface Reading {
  text: string;
  reached: { readonly verb: Verb; readonly command: Command } | undefined;
}

function buildProgram(verbs: readonly Verb[], reading: Reading): Command {
  const collect = (text: string) => {
    reading.text += text;
  };
  const program = prepare(new Command("awst"))
    .exitOverride()
    .configureOutput({ writeOut: collect, writeErr: collect, outputError: () => {} })
    .configureHelp({ subcommandTerm: (command) => termOf(command) })
    .description("AWS role sessions from one MFA code: kept in the keychain, renewed silently.")
    .usage("[options] COMMAND")
    .addHelpText("after", exitStatusText);
  for (const verb of verbs) {
    const parent = verb.path.slice(0, -1).reduce(findGroup, program);
    addVerb(parent, verb, reading);
  }
  return program;
}

function findGroup(parent: Command, word: string): Command {
  const found = parent.commands.find((each) => each.name() === word);
  if (found !== undefined) return found;
  return prepare(parent.command(word))
    .description(groups[word] ?? "")
    .usage("COMMAND");
}

function addVerb(parent: Command, verb: Verb, reading: Reading): void {
  const command = parent.command(verb.path.at(-1) ?? "");
  for (const option of verb.options) command.addOption(toOption(option));
  prepare(command)
    .summary(verb.summary)
    .description(`${verb.summary}\n\n${verb.details ?? ""}`.trim())
    .usage(usageOf(verb).slice(nameOf(verb).length + 1))
    .allowExcessArguments(false)
    .addHelpText("after", examplesText(verb))
    .action(() => {
      reading.reached = { verb, command };
    });
  for (const { name, required, many, choices, help } of verb.arguments) {
    const word = many ? `${name}...` : name;
    const argument = new Argument(required ? `<${word}>` : `[${word}]`, help);
    command.addArgument(choices === undefined ? argument : argument.choices([...choices]));
  }
  if (verb.program) command.argument("[CMD...]", "the program and its words, behind --");
}

/** Options are read where they stand, so that a program's own are left alone: every level knows the global ones. */
function prepare(command: Command): Command {
  command.enablePositionalOptions().optionsGroup("Global options:");
  for (const option of globalOptions) {
    if (option.name === "version") command.version(version, "--version", option.help);
    else if (option.name === "help") command.helpOption("-h, --help", option.help);
    else command.addOption(toOption(option));
  }
  return command;
}

function termOf(command: Command): string {
  return `${command.name()} ${command.usage()}`.replace(" [options]", "").replace(" COMMAND", " …");
}

function toOption(option: VerbOption): Option {
  const made = new Option(flagsText(option), option.help);
  if (option.choices) made.choices([...option.choices]);
  if (option.list) {
    made.argParser((value: string, all: readonly string[] | undefined) => [...(all ?? []), value]);
  }
  return made;
}

function toWords(verb: Verb, command: Command, argv: readonly string[]): ParsedWords {
  const end = argv.indexOf("--");
  const behind = verb.program === true && end >= 0 ? argv.length - end - 1 : 0;
  const typed = command.args.slice(0, command.args.length - behind);
  const rest = command.args.slice(command.args.length - behind);
  checkProgram(verb, typed, rest);
  const values: Record<string, string | boolean | readonly string[] | undefined> = {};
  for (let level: Command | null = command; level !== null; level = level.parent) {
    for (const option of level.options) {
      const value = level.getOptionValue(option.attributeName());
      const name = option.long?.slice(2) ?? "";
      values[name] ??= option.negate ? value === false || undefined : value;
    }
  }
  if (values["json"] === true && verb.json === undefined) {
    throw new AwstError("USAGE", `"${nameOf(verb)}" has no --json`, { hint: helpLine(verb) });
  }
  return toParsed(verb, typed, rest, values);
}

function checkProgram(verb: Verb, typed: readonly string[], rest: readonly string[]): void {
  if (verb.program !== true) return;
  const missing = verb.arguments[typed.length];
  if (missing !== undefined) {
    throw new AwstError("USAGE", `missing required argument '${missing.name}'`, {
      hint: `awst ${usageOf(verb)}`,
    });
  }
  if (rest.length === 0 || typed.length > verb.arguments.length) {
    throw new AwstError("USAGE", "the program to run stands behind --", {
      hint: `awst ${usageOf(verb)}`,
    });
  }
}

function inOurWords(
  error: CommanderError,
  argv: readonly string[],
  verbs: readonly Verb[],
): AwstError {
  const [first = "", second = ""] = error.message.split("\n");
  const message = first.replace(/^error: /, "").replace(/\.$/, "");
  const nearest = /^\(Did you mean (.*)\?\)$/.exec(second)?.[1];
  const verb = verbs.find(({ path }) => path.every((word) => argv.includes(word)));
  const isCommand = error.code === "commander.unknownCommand";
  const wantsProgram = verb?.program === true && !argv.includes("--");
  const hint = () => {
    if (nearest !== undefined) return `did you mean ${nearest}?`;
    if (verb === undefined || isCommand) return "awst --help";
    return wantsProgram ? `awst ${usageOf(verb)}` : helpLine(verb);
  };
  return new AwstError(isCommand ? "COMMAND_UNKNOWN" : "USAGE", message, { hint: hint() });
}

function helpLine(verb: Verb): string {
  return `awst ${nameOf(verb)} --help`;
}
