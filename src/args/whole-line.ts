// Makes whole lines of hints. A hint that names an option alone becomes the line that was typed, with this option: all
// else that was typed stays, --dry-run too, so that a pasted hint asks for the same thing. A hint with another command of
// awst keeps the options that select account, configuration and region: without them it would change something else.

import { commandLine } from "../model/text/command-line.ts";
import type { OptionMap } from "./command.ts";
import { flagName, globalOptions, type Option } from "./options.ts";

export interface TypedLine {
  /** Of the command: `admin user create`. */
  readonly name: string;
  readonly options: OptionMap;
  /** What was typed after the name, global options first. */
  readonly argv: readonly string[];
}

/** Returns the hint with a whole line, or the hint where it has neither an option alone nor a line of awst. */
export function wholeHint(hint: string, typed: TypedLine): string {
  const [, before = "", name = "", value] = /^([^-]*: )?(--[a-z-]+)(?: (\S+))?$/.exec(hint) ?? [];
  const option = optionOf(name, typed.options);
  const isWhole = (option?.placeholder !== undefined) === (value !== undefined);
  if (option === undefined || !isWhole) return withScope(hint, typed.argv);
  const line = withOption(withoutCode(typed.argv), name, value, option.repeats === true);
  return line === undefined
    ? hint
    : `${before}${commandLine(["awst", ...typed.name.split(" "), ...line])}`;
}

/**
 * Options that say where a command works, by the commands that have them. --env is not among them:
 * profiles have it, for programs without the variables of a shell.
 */
const scopes: readonly { readonly option: string; readonly of: RegExp }[] = [
  { option: "--config", of: /^awst / },
  { option: "--identity", of: /^awst / },
  { option: "--as", of: /^awst admin (?!policy)/ },
  { option: "--region", of: /^awst admin deploy / },
  { option: "--role-as", of: /^awst admin (grant|revoke) / },
];

/** Adds the options of `argv` that select account, configuration and region to a line of awst at the end of `text`. */
export function withScope(text: string, argv: readonly string[]): string {
  const [, before = "", line = ""] = /^(.*: )?(awst [a-z].*)$/.exec(text) ?? [];
  // Something other than a line to paste: a choice, a sentence.
  if (line === "" || /[,;:] | or |--help/.test(line)) return text;
  const added = scopes
    .filter(({ option, of }) => of.test(line) && !line.split(" ").includes(option))
    .flatMap(({ option }) => valuesOf(argv, option).flatMap((value) => [option, value]));
  if (added.length === 0) return text;
  const [command = "", ...program] = line.split(" -- ");
  return `${before}${[`${command} ${commandLine(added)}`, ...program].join(" -- ")}`;
}

function optionOf(name: string, own: OptionMap): Option<unknown> | undefined {
  const all: OptionMap = { ...globalOptions, ...own };
  return Object.entries(all).find(([each]) => flagName(each) === name)?.[1];
}

/** undefined where it is not clear which of several values is wrong. */
function withOption(
  argv: readonly string[],
  name: string,
  value: string | undefined,
  repeats: boolean,
): readonly string[] | undefined {
  const added = value === undefined ? [name] : [name, value];
  const end = endOf(argv);
  const own = argv.slice(0, end);
  const program = argv.slice(end);
  // A further user to be forced; any other value replaces the one that was typed.
  const typed = name === "--force" ? [] : positionsOf(own, name);
  if (typed.length > 1 && repeats) return undefined;
  const at = typed.at(-1);
  if (at === undefined) return [...own, ...added, ...program];
  const isInline = own[at] !== name;
  const width = isInline || value === undefined ? 1 : 2;
  return [...own.slice(0, at), ...added, ...own.slice(at + width), ...program];
}

/** A code is valid once. */
function withoutCode(argv: readonly string[]): readonly string[] {
  const codes = positionsOf(argv, "--mfa-code");
  return argv.filter((_, at) => {
    const isValue = codes.includes(at - 1) && argv[at - 1] === "--mfa-code";
    return !codes.includes(at) && !isValue;
  });
}

function valuesOf(argv: readonly string[], name: string): readonly string[] {
  return positionsOf(argv, name).flatMap((at) => {
    const [, inline] = argv[at]?.split(/=(.*)/s) ?? [];
    return inline ?? argv[at + 1] ?? [];
  });
}

/** Of `--name` and `--name=value`, before a program's own options. */
function positionsOf(argv: readonly string[], name: string): readonly number[] {
  return argv
    .slice(0, endOf(argv))
    .flatMap((each, at) => (each === name || each.startsWith(`${name}=`) ? [at] : []));
}

function endOf(argv: readonly string[]): number {
  const end = argv.indexOf("--");
  return end < 0 ? argv.length : end;
}

/**
 * Of `fullLine`, which has the command's name, then the arguments, then the options: returns the options. `count`: how many
 * arguments were typed.
 */
export function typedOptions(
  fullLine: readonly string[],
  name: string,
  count: number,
): readonly string[] {
  return fullLine.slice(firstArgument(name) + count);
}

function firstArgument(name: string): number {
  return 1 + name.split(" ").length;
}
