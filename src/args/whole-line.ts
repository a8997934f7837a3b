// Makes whole lines of hints. A hint that names an option alone becomes the line that was typed, with this option: all
// else that was typed stays, --dry-run too, so that a pasted hint asks for the same thing. A hint with another command of
// awst keeps the options that select account, configuration and region: without them it would change something else. No
// other file edits a typed line, in which a text may be a name, an option, or the value of one.

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
  const [, before = "", name = "", value] = /^(.*: )?(--[a-z-]+)(?: (\S+))?$/.exec(hint) ?? [];
  const option = optionOf(name, typed.options);
  const isWhole = (option?.placeholder !== undefined) === (value !== undefined);
  if (option === undefined || !isWhole) return withScope(hint, typed.argv);
  const argv = withoutCode(typed.argv, typed.options);
  const line = withOption(argv, name, value, { ...typed.options, ...globalOptions });
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
  options: OptionMap,
): readonly string[] | undefined {
  const added = value === undefined ? [name] : [name, value];
  const end = endOf(argv);
  const own = argv.slice(0, end);
  const program = argv.slice(end);
  // A further user to be forced; any other value replaces the one that was typed.
  const typed = name === "--force" ? [] : positionsOf(own, name, options);
  if (typed.length > 1 && optionOf(name, options)?.repeats === true) return undefined;
  const at = typed.at(-1);
  if (at === undefined) return [...own, ...added, ...program];
  const isInline = own[at] !== name;
  const width = isInline || value === undefined ? 1 : 2;
  return [...own.slice(0, at), ...added, ...own.slice(at + width), ...program];
}

/** A code is valid once. */
function withoutCode(argv: readonly string[], options: OptionMap): readonly string[] {
  const codes = positionsOf(argv, "--mfa-code", options);
  return argv.filter((_, at) => {
    const isValue = codes.includes(at - 1) && argv[at - 1] === "--mfa-code";
    return !codes.includes(at) && !isValue;
  });
}

function valuesOf(argv: readonly string[], name: string): readonly string[] {
  return positionsOf(argv, name, globalOptions).flatMap((at) => {
    const [, inline] = argv[at]?.split(/=(.*)/s) ?? [];
    return inline ?? argv[at + 1] ?? [];
  });
}

/** Of `--name` and `--name=value`, before a program's own options. The value of another option is none of them. */
function positionsOf(argv: readonly string[], name: string, own: OptionMap): readonly number[] {
  const found: number[] = [];
  const end = endOf(argv);
  for (let at = 0; at < end; at++) {
    const each = argv[at] ?? "";
    if (each === name || each.startsWith(`${name}=`)) found.push(at);
    if (optionOf(each, own)?.placeholder !== undefined) at += 1;
  }
  return found;
}

function endOf(argv: readonly string[]): number {
  const end = argv.indexOf("--");
  return end < 0 ? argv.length : end;
}

interface NamedCommand {
  readonly name: string;
  readonly options?: OptionMap;
}

/** What was typed, from `fullLine` of a command's arguments: the command's name, then the arguments, then the options. */
export function typedLine(
  { name, options = {} }: NamedCommand,
  fullLine: readonly string[],
): TypedLine {
  return { name, options, argv: fullLine.slice(1 + name.split(" ").length) };
}

/** Returns the whole line in which `texts` are instead of `count` arguments from `at` on, counted from 0. */
export function withArguments(
  { name, argv }: TypedLine,
  at: number,
  texts: readonly string[],
  count = texts.length,
): readonly string[] {
  const line = [...argv.slice(0, at), ...texts, ...argv.slice(at + count)];
  return ["awst", ...name.split(" "), ...line];
}

/** Returns the whole line without the options for which `isLeftOut`, and with `added` at its end. */
export function withoutOptions(
  { name, options, argv }: TypedLine,
  isLeftOut: (option: string, value: string | undefined) => boolean,
  added: readonly string[] = [],
): readonly string[] {
  const left: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const each = argv[at] ?? "";
    const option = optionOf(each, options);
    const width = option?.placeholder === undefined ? 1 : 2;
    const isOut = option !== undefined && isLeftOut(each, width === 1 ? undefined : argv[at + 1]);
    if (!isOut) left.push(...argv.slice(at, at + width));
    at += width - 1;
  }
  return ["awst", ...name.split(" "), ...left, ...added];
}
