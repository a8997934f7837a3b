// Builders of options and arguments. Each knows how its text becomes a value; its type follows from that.
// A value that can't be read ends as USAGE with the name of the flag.

import { AwstError } from "../model/errors.ts";
import { parseDuration } from "../model/text/duration.ts";

export interface Option<T> {
  readonly help: string;
  /** One letter: `y` for `-y`. */
  readonly short?: string;
  /** Stands for the value in help: `NAME`; undefined for a flag. */
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  /** May be given more than once. */
  readonly repeats?: true;
  /**
   * The value for the texts that were typed, in their order; [] where the option is absent, and `flag` is then "".
   * Throws USAGE.
   */
  read(texts: readonly string[], flag: string): T;
}

export interface Argument<T> {
  /** As shown in help: `ACCOUNT`. */
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly choices?: readonly string[];
  /** Takes all remaining arguments. */
  readonly repeats?: true;
  read(texts: readonly string[]): T;
}

/** Reads one text; `flag` is the option's name with its dashes. Throws USAGE. */
export type ReadValue<T> = (text: string, flag: string) => T;

interface More {
  readonly short?: string;
}

export function flag(help: string, more: More = {}): Option<boolean> {
  return { help, ...more, read: (texts) => texts.length > 0 };
}

/** One value; the last one counts where it is given twice. */
export function value<T>(
  placeholder: string,
  help: string,
  readValue: ReadValue<T>,
  more: More = {},
): Option<T | undefined> {
  const read: Option<T | undefined>["read"] = (texts, name) => {
    const last = texts.at(-1);
    return last === undefined ? undefined : readValue(last, name);
  };
  return { placeholder, help, ...more, read };
}

export function text(placeholder: string, help: string, more: More = {}) {
  return value(placeholder, help, (typed) => typed, more);
}

/** Every value, in the order typed; [] where the option is absent. */
export function list(placeholder: string, help: string): Option<readonly string[]>;
export function list<T>(
  placeholder: string,
  help: string,
  readValue: ReadValue<T>,
): Option<readonly T[]>;
export function list(
  placeholder: string,
  help: string,
  readValue: ReadValue<unknown> = (typed) => typed,
): Option<readonly unknown[]> {
  const read = (texts: readonly string[], name: string) =>
    texts.map((each) => readValue(each, name));
  return { placeholder, help, repeats: true, read };
}

/** Like `list`, where all values together make one. `readAll` is not called for an absent option. */
export function combined<T>(
  placeholder: string,
  help: string,
  readAll: (texts: readonly string[], flag: string) => T,
): Option<T | undefined> {
  const read = (texts: readonly string[], name: string) =>
    texts.length === 0 ? undefined : readAll(texts, name);
  return { placeholder, help, repeats: true, read };
}

/** For a function that parses a text anywhere: its USAGE errors get the name of the flag. */
export function withFlagName<T>(parse: (text: string) => T): ReadValue<T> {
  return (typed, name) => {
    try {
      return parse(typed);
    } catch (error) {
      if (!(error instanceof AwstError) || error.code !== "USAGE") throw error;
      throw new AwstError("USAGE", `${name} ${error.message}`, { hint: error.hint });
    }
  };
}

export function choice<const T extends string>(
  placeholder: string,
  choices: readonly T[],
  help: string,
): Option<T | undefined> {
  return { ...value(placeholder, help, (typed) => typed as T), choices };
}

interface DurationLimits {
  readonly least?: number;
  readonly most?: number;
  /** The limits in words: `between 1d and 365d`. */
  readonly expected?: string;
  /** Values for the hint, all of them accepted. */
  readonly examples?: readonly string[];
  /** For options that mean days: 30 would be 30 seconds. 0 needs no unit. */
  readonly needsUnit?: true;
}

/** Whole seconds, from `90m`, `4h`, `1h30m`, `7d` or plain seconds. */
export function duration(
  placeholder: string,
  help: string,
  limits: DurationLimits = {},
): Option<number | undefined> {
  const { least = 0, most = Number.POSITIVE_INFINITY, expected, examples, needsUnit } = limits;
  return value(placeholder, help, (typed, name) => {
    const plain = /^\s*(\d+)\s*$/.exec(typed)?.[1];
    if (needsUnit && plain !== undefined && Number(plain) > 0) {
      throw new AwstError("USAGE", `${name} ${plain} has no unit`, {
        hint: `for days: ${name} ${Number(plain)}d`,
      });
    }
    const seconds = parseDuration(typed);
    if (seconds !== undefined && seconds >= least && seconds <= most) return seconds;
    const isOutside = seconds !== undefined && expected !== undefined;
    const problem = isOutside ? `is not ${expected}` : "is not a duration";
    throw new AwstError("USAGE", `${name} ${JSON.stringify(typed)} ${problem}`, {
      hint: `examples: ${(examples ?? ["90m", "4h", "1h30m", "7d"]).join(", ")}${needsUnit ? "" : "; a plain number is seconds"}`,
    });
  });
}

export function required(label: string, help: string): Argument<string> {
  return { label, help, required: true, read: ([typed = ""]) => typed };
}

export function optional(label: string, help: string): Argument<string | undefined> {
  return { label, help, required: false, read: ([typed]) => typed };
}

/** All that remain; none is allowed. */
export function many(label: string, help: string): Argument<readonly string[]> {
  return { label, help, required: false, repeats: true, read: (texts) => texts };
}

export function requiredChoice<const T extends string>(
  label: string,
  choices: readonly T[],
  help: string,
): Argument<T> {
  return { label, help, required: true, choices, read: ([typed]) => typed as T };
}

export function optionalChoice<const T extends string>(
  label: string,
  choices: readonly T[],
  help: string,
): Argument<T | undefined> {
  return { label, help, required: false, choices, read: ([typed]) => typed as T | undefined };
}

/** `--mfa-code` for `mfaCode`. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Options of every command, before or after its name. */
export const globalOptions = {
  config: text("PATH", "the configuration file (also AWST_CONFIG)"),
  env: combined(
    "NAME=VALUE",
    "set this variable for the command; the profiles that awst writes name its folders so",
    readEnv,
  ),
  identity: text("NAME", "the IAM user to act as, one of those configured"),
  json: flag("print one JSON object on stdout"),
  quiet: flag("print no notes on stderr; errors and questions remain"),
  debug: flag("print what is done and why, and where an error came from; secrets are redacted"),
  noColor: flag("print without colors (also NO_COLOR)"),
  version: flag("print the version"),
  help: flag("print help, with examples", { short: "h" }),
} as const;

// Names that say where awst keeps things, never a variable that changes what another program does.
const settable =
  /^(XDG_CONFIG_HOME|XDG_STATE_HOME|AWST_KEYCHAIN|AWST_KEYCHAIN_PASSPHRASE_FILE)=(.*)$/s;

function readEnv(texts: readonly string[], name: string): Readonly<Record<string, string>> {
  const pairs = texts.map((typed): readonly [string, string] => {
    const [, variable, text] = settable.exec(typed) ?? [];
    if (variable !== undefined && text !== undefined) return [variable, text];
    throw new AwstError("USAGE", `${name} can't set ${JSON.stringify(typed)}`, {
      hint: `${name} XDG_CONFIG_HOME=PATH, XDG_STATE_HOME, AWST_KEYCHAIN, AWST_KEYCHAIN_PASSPHRASE_FILE`,
    });
  });
  return Object.fromEntries(pairs);
}
