// The parser of command lines. Every start loads it, so it has no texts. A mistake is returned as
// a value, and `cli/usage.ts`, which is only loaded then, finds the nearest command or flag.

import type { ArgumentMap, CommandDefinition, CommonArgs, OptionMap } from "./command.ts";
import { type Argument, flagName, globalOptions, type Option } from "./options.ts";
import { type OptionShape, type OptionToken, splitArguments } from "./tokens.ts";

export interface Globals {
  readonly configuration: string | undefined;
  /** --env: wins over the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly color: boolean;
}

export interface ParsedCommandLine {
  readonly kind: "parsed";
  readonly args: CommonArgs;
  readonly globals: Globals;
}

export type Parsed =
  | ParsedCommandLine
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "unknown option"; readonly option: string; readonly starts?: Starts }
  | { readonly kind: "no --"; readonly starts: Starts }
  /** `hint`: a line to type where the command's help says less. */
  | { readonly kind: "mistake"; readonly message: string; readonly hint?: string };

/** Where names or a program may start: indexes of argv. The last one starts no name. */
type Starts = readonly number[];

/**
 * `name` is undefined if argv names no command. `path`: the part that is valid; `stop`: what follows it.
 * `isHelp`: the word `help` was typed, and `path` is its topic. `options`: the global ones.
 */
export type FoundCommand =
  | { readonly name: string; readonly argv: readonly string[] }
  | {
      readonly name: undefined;
      readonly path: readonly string[];
      readonly stop: string | undefined;
      readonly isHelp: boolean;
      readonly options: readonly string[];
    };

/** `argv` of a found command: its own arguments and all options, wherever global ones were typed. */
export function findCommand(argv: readonly string[], names: readonly string[]): FoundCommand {
  const path: string[] = [];
  const options: string[] = [];
  let isHelp = false;
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? "";
    if (argument.startsWith("-")) {
      const length = globalLength(argument);
      if (length === 0) return { name: undefined, path, stop: argument, isHelp, options };
      options.push(...argv.slice(at, at + length));
      at += length - 1;
      continue;
    }
    path.push(argument);
    if (isHelp) continue;
    const name = path.join(" ");
    if (names.includes(name)) return { name, argv: [...options, ...argv.slice(at + 1)] };
    if (names.some((each) => each.startsWith(`${name} `))) continue;
    path.pop();
    if (argument !== "help") return { name: undefined, path, stop: argument, isHelp, options };
    isHelp = true;
  }
  return { name: undefined, path, stop: undefined, isHelp, options };
}

/** How many arguments a global option takes: itself, or itself and its value. 0 for any other option. */
function globalLength(argument: string): 0 | 1 | 2 {
  if (argument === "-h") return 1;
  const isInline = argument.includes("=");
  const typed = isInline ? argument.slice(0, argument.indexOf("=")) : argument;
  const option = Object.entries(globalOptions).find(([name]) => flagName(name) === typed)?.[1];
  if (option === undefined) return 0;
  return (option as Option<unknown>).placeholder !== undefined && !isInline ? 2 : 1;
}

/** `argv`: as `findCommand` returns it. Throws USAGE for a value that can't be read. */
export function parseCommand(definition: CommandDefinition, argv: readonly string[]): Parsed {
  const own: OptionMap = definition.options ?? {};
  const options: OptionMap = { ...globalOptions, ...own };
  const names = new Map(Object.keys(options).map((name) => [flagName(name).slice(2), name]));
  const typed: Typed = { options: {}, positionals: [], program: [], hasEnd: false };
  const shapes = new Map([...names].map(([long, name]) => [long, shapeOf(options[name])]));
  let mistake: Parsed | undefined;
  const limit = Object.keys(definition.arguments ?? {}).length;
  const mayLack = definition.takesProgram !== undefined && !argv.includes("--");
  const starts: number[] = [];
  for (const token of splitArguments(argv, shapes)) {
    if (token.kind === "terminator") typed.hasEnd = true;
    else if (token.kind === "positional") {
      const isProgram = typed.hasEnd && definition.takesProgram !== undefined;
      (isProgram ? typed.program : typed.positionals).push(token.value);
      starts.push(token.index);
      if (mayLack && starts.length > limit) return mistake ?? { kind: "no --", starts };
    } else {
      const name = names.get(token.name);
      const problem = checkOption(token, name === undefined ? undefined : options[name], options);
      if (name !== undefined) {
        typed.options[name] = [...(typed.options[name] ?? []), token.value ?? ""];
      }
      const isProgram = mayLack && problem?.kind === "unknown option" && starts.length > 0;
      mistake ??= isProgram ? { ...problem, starts: [...starts, token.index] } : problem;
    }
  }
  if (typed.options["help"]) return { kind: "help" };
  if (typed.options["version"]) return { kind: "version" };
  mistake ??= checkArguments(definition, typed) ?? checkTogether(definition, typed);
  return mistake ?? readAll(definition, options, typed);
}

interface Typed {
  /** By name in the definition; "" for a flag. */
  readonly options: Record<string, string[]>;
  readonly positionals: string[];
  readonly program: string[];
  /** `--` was typed. */
  hasEnd: boolean;
}

function shapeOf(option: Option<unknown> | undefined): OptionShape {
  return { takesValue: option?.placeholder !== undefined, short: option?.short };
}

function checkOption(
  token: OptionToken,
  option: Option<unknown> | undefined,
  all: OptionMap,
): Parsed | undefined {
  const { rawName, value } = token;
  if (option === undefined) return { kind: "unknown option", option: rawName };
  if (option.placeholder === undefined) {
    return value === undefined ? undefined : mistakeOf(`${rawName} takes no value`);
  }
  if (value === undefined) return mistakeOf(`${rawName} needs a value: ${option.placeholder}`);
  // Other values may begin with a dash: profile names do.
  if (!token.isInline && isOption(value, all)) {
    const hint = `for a value with the name of an option: ${rawName}=${value}`;
    return mistakeOf(`${rawName} needs a value: ${option.placeholder}`, hint);
  }
  if (option.choices === undefined || option.choices.includes(value)) return undefined;
  return mistakeOf(`${rawName} must be ${oneOf(option.choices)}, not ${JSON.stringify(value)}`);
}

function oneOf(choices: readonly string[]): string {
  return `${choices.length === 1 ? "" : "one of "}${choices.join(", ")}`;
}

function isOption(argument: string, options: OptionMap): boolean {
  const [typed] = argument.split("=", 1);
  return Object.entries(options).some(
    ([name, { short }]) => typed === flagName(name) || (short && typed === `-${short}`),
  );
}

function checkArguments(definition: CommandDefinition, typed: Typed): Parsed | undefined {
  const { positionals, program } = typed;
  const expected = Object.values(definition.arguments ?? {});
  const usage = `awst ${usageOf(definition)}`;
  const hint = definition.takesProgram ? usage : undefined;
  const missing = expected.slice(positionals.length).find(({ required }) => required);
  if (missing !== undefined) return mistakeOf(`missing argument ${missing.label}`, hint);
  const isTooMany = positionals.length > expected.length && expected.at(-1)?.repeats !== true;
  if (definition.takesProgram && !typed.hasEnd && (isTooMany || definition.takesProgram === true)) {
    return mistakeOf("type -- before the program to run", usage);
  }
  if (isTooMany) {
    const [extra] = positionals.slice(expected.length);
    return mistakeOf(`${definition.name} takes no argument ${JSON.stringify(extra)}`, hint);
  }
  if (definition.takesProgram && typed.hasEnd && program.length === 0) {
    return mistakeOf("no program after --", usage);
  }
  for (const [at, { choices, label }] of expected.entries()) {
    const given = positionals[at];
    if (given === undefined || choices === undefined || choices.includes(given)) continue;
    return mistakeOf(`${label} must be ${oneOf(choices)}, not ${JSON.stringify(given)}`);
  }
  return undefined;
}

/** --json for a command without it, forbidden pairs, and options that need others. */
function checkTogether(definition: CommandDefinition, typed: Typed): Parsed | undefined {
  const { conflicts = {}, needs = {}, json, name } = definition;
  const labels = Object.entries(definition.arguments ?? {});
  const isGiven = (each: string) => {
    const position = labels.findIndex(([argument]) => argument === each);
    return position < 0 ? typed.options[each] !== undefined : position < typed.positionals.length;
  };
  const show = (each: string) =>
    labels.find(([argument]) => argument === each)?.[1].label ?? flagName(each);
  if (json === undefined && isGiven("json")) return mistakeOf(`${name} has no --json`);
  for (const [one, others = []] of Object.entries(conflicts).filter(([each]) => isGiven(each))) {
    const other = others.find(isGiven);
    if (other !== undefined) {
      return mistakeOf(`${show(one)} and ${show(other)} can't be used together`);
    }
  }
  for (const [one, others = []] of Object.entries(needs).filter(([each]) => isGiven(each))) {
    const absent = others.filter((each) => !isGiven(each)).map(show);
    if (absent.length > 0) {
      return mistakeOf(`${show(one)} needs ${absent.join(" and ")}`, `awst ${usageOf(definition)}`);
    }
  }
  return undefined;
}

function readAll(
  definition: CommandDefinition,
  options: OptionMap,
  typed: Typed,
): ParsedCommandLine {
  const { positionals, program } = typed;
  const expected: ArgumentMap = definition.arguments ?? {};
  const values: Record<string, unknown> = {};
  for (const [at, [name, argument]] of Object.entries(expected).entries()) {
    values[name] = argument.read(positionals.slice(at, argument.repeats ? undefined : at + 1));
  }
  for (const [name, option] of Object.entries(options)) {
    const texts = typed.options[name];
    values[name] = texts === undefined ? option.read([], "") : option.read(texts, flagName(name));
  }
  const { config, env, quiet, debug, noColor } = values as unknown as GlobalValues;
  const takesValue = (name: string) => options[name]?.placeholder !== undefined;
  const fullLine = [
    ...["awst", ...definition.name.split(" "), ...positionals],
    ...Object.entries(typed.options)
      .filter(([option]) => option !== "mfaCode")
      .flatMap(([option, texts]) =>
        texts.flatMap((text) => [flagName(option), ...(takesValue(option) ? [text] : [])]),
      ),
  ];
  return {
    kind: "parsed",
    args: {
      ...(values as unknown as CommonArgs),
      command: definition.name,
      program,
      fullLine,
    },
    globals: { configuration: config, env: env ?? {}, quiet, debug, color: !noColor },
  };
}

interface GlobalValues {
  readonly config: string | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly noColor: boolean;
}

function mistakeOf(message: string, hint?: string): Parsed {
  return hint === undefined ? { kind: "mistake", message } : { kind: "mistake", message, hint };
}

/** `assume [options] [ACCOUNT [ROLE]]`, without the program's name. */
export function usageOf(definition: CommandDefinition): string {
  const names = argumentsText(Object.values(definition.arguments ?? {}));
  const isOptional = definition.takesProgram === "optional";
  const program = definition.takesProgram ? (isOptional ? "[-- CMD…]" : "-- CMD…") : "";
  return [definition.name, "[options]", names, program].filter((part) => part !== "").join(" ");
}

// Optional arguments nest: the second can only be given with the first.
function argumentsText([first, ...others]: readonly Argument<unknown>[]): string {
  if (first === undefined) return "";
  const label = first.repeats ? `${first.label}…` : first.label;
  const tail = argumentsText(others);
  const both = tail === "" ? label : `${label} ${tail}`;
  return first.required ? both : `[${both}]`;
}
