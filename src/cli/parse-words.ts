// Words of a command line, read with node:util alone. It answers only where nothing is wrong and
// nothing but the verb is wanted; for everything else (help, version, mistakes) it says nothing, and
// commander, which knows how to say it, reads the same words from the same table.

import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Words } from "../model/words.ts";
import { globalOptions, type Verb, type VerbOption } from "./verb.ts";

export interface ParsedWords {
  readonly verb: Verb;
  readonly words: Words;
  readonly globals: Globals;
}

export interface Globals {
  readonly configuration: string | undefined;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly color: boolean;
}

export function parseWords(
  argv: readonly string[],
  verbs: readonly Verb[],
): ParsedWords | undefined {
  const found = findVerb(argv, verbs);
  if (found === undefined) return undefined;
  const { verb, at } = found;
  const args = [...argv.slice(0, at), ...argv.slice(at + verb.path.length)];
  const read = readOptions(args, [...globalOptions, ...verb.options]);
  if (read === undefined || read.values["help"] || read.values["version"]) return undefined;
  const { tokens } = read;
  const values = read.values as Values;
  const end = tokens.find((token) => token.kind === "option-terminator")?.index ?? args.length;
  const isBehind = (index: number) => verb.program === true && index > end;
  const positionals = tokens.filter((token) => token.kind === "positional");
  const typed = positionals.filter(({ index }) => !isBehind(index)).map(({ value }) => value);
  const rest = positionals.filter(({ index }) => isBehind(index)).map(({ value }) => value);
  if (!fits(verb, typed, rest) || !areKnown(verb, typed) || !areAllowed(verb, values))
    return undefined;
  return toParsed(verb, typed, rest, values);
}

type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** The same shape from either parser. `values` by long names, global ones among them. */
export function toParsed(
  verb: Verb,
  typed: readonly string[],
  rest: readonly string[],
  values: Values,
): ParsedWords {
  const own = verb.options
    .map(({ name }) => [name, values[name]] as const)
    .filter(([, value]) => value !== undefined && value !== false);
  const text = (name: string) => values[name] as string | undefined;
  return {
    verb,
    words: {
      arguments: typed,
      options: Object.fromEntries(own),
      rest,
      json: values["json"] === true,
      identity: text("identity"),
    },
    globals: {
      configuration: text("config"),
      quiet: values["quiet"] === true,
      debug: values["debug"] === true,
      color: values["no-color"] !== true,
    },
  };
}

function findVerb(argv: readonly string[], verbs: readonly Verb[]) {
  let at = 0;
  for (let word = argv[at]; word?.startsWith("--"); word = argv[at]) {
    const [name, value] = word.slice(2).split("=", 2);
    const option = globalOptions.find((each) => each.name === name);
    if (option === undefined) return undefined;
    at += option.placeholder !== undefined && value === undefined ? 2 : 1;
  }
  const verb = verbs.find(({ path }) => path.every((word, index) => argv[at + index] === word));
  return verb && { verb, at };
}

function readOptions(args: string[], options: readonly VerbOption[]) {
  const config = Object.fromEntries(options.map((option) => [option.name, describe(option)]));
  try {
    return parseArgs({ args, options: config, allowPositionals: true, strict: true, tokens: true });
  } catch {
    return undefined;
  }
}

function describe(option: VerbOption): NonNullable<ParseArgsConfig["options"]>[string] {
  return {
    type: option.placeholder === undefined ? "boolean" : "string",
    multiple: option.list === true,
    ...(option.short === undefined ? {} : { short: option.short }),
  };
}

function fits(verb: Verb, typed: readonly string[], rest: readonly string[]): boolean {
  const least = verb.arguments.filter(({ required }) => required).length;
  const most = verb.arguments.some(({ many }) => many)
    ? Number.POSITIVE_INFINITY
    : verb.arguments.length;
  if (verb.program === true && rest.length === 0) return false;
  return typed.length >= least && typed.length <= most;
}

function areKnown(verb: Verb, typed: readonly string[]): boolean {
  return typed.every((word, at) => verb.arguments[at]?.choices?.includes(word) ?? true);
}

function areAllowed(verb: Verb, values: Values): boolean {
  if (values["json"] === true && verb.json === undefined) return false;
  return verb.options.every(({ name, choices }) => {
    const value = values[name];
    return choices === undefined || value === undefined || choices.includes(value as string);
  });
}
