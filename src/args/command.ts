// How a command is described: one typed definition has its arguments, options, conflicts, examples and what
// runs. Parsing, help, completion and docs/commands.md read this definition and nothing else.

import type { AwstError } from "../model/errors.ts";
import type { Style } from "../output/style.ts";
import type { CommandGroup } from "./descriptions.ts";
import type { Argument, Option } from "./options.ts";

export interface Example {
  readonly line: string;
  readonly meaning: string;
}

/** `accounts[].name`, and what it means. */
export type JsonField = readonly [field: string, meaning: string];

export type ArgumentMap = Readonly<Record<string, Argument<unknown>>>;
export type OptionMap = Readonly<Record<string, Option<unknown>>>;
export type NoArguments = Readonly<Record<never, Argument<unknown>>>;
export type NoOptions = Readonly<Record<never, Option<unknown>>>;

/** What every command gets besides its own arguments and options. */
export interface CommonArgs {
  /** --json: the command returns `json`. */
  readonly json: boolean;
  /** --identity */
  readonly identity: string | undefined;
  /** The program and its arguments after `--`; [] where the command takes none. */
  readonly program: readonly string[];
  /** As typed: `key delete`. */
  readonly command: string;
  /** What was typed, with all options but a code, which is valid once: for hints that repeat the line. */
  readonly fullLine: readonly string[];
}

/** The parsed command line: arguments and options by their names in the definition. */
export type ArgsOf<A extends ArgumentMap, O extends OptionMap> = CommonArgs & {
  readonly [Name in keyof A]: A[Name] extends Argument<infer T> ? T : never;
} & { readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never };

type NameIn<A, O> = (keyof A & string) | (keyof O & string) | "json" | "identity";

export interface CommandSpecification<A extends ArgumentMap, O extends OptionMap, C> {
  /** As typed: `key add`. The file is `commands/key/add.ts`. */
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
  /** A paragraph below the summary in its help. */
  readonly details?: string;
  /** In the order in which they are typed. */
  readonly arguments?: A;
  /** By name: `mfaCode` is typed `--mfa-code`. */
  readonly options?: O;
  /** Takes a program and its arguments after `--`. `optional`: may be typed without a program. */
  readonly takesProgram?: true | "optional";
  /** Where `--` is missing: how many of the arguments are names, and not the program; undefined if that is unknown. */
  countNames?(context: C, args: ArgsOf<A, O>): Promise<number | undefined>;
  /** Names that exclude each other: `{ json: ["format"] }`. One direction is enough. */
  readonly conflicts?: { readonly [Name in NameIn<A, O>]?: readonly NameIn<A, O>[] };
  /** Names that are only allowed together with all of these: `{ tag: ["account"] }`. */
  readonly needs?: { readonly [Name in NameIn<A, O>]?: readonly NameIn<A, O>[] };
  readonly examples: readonly Example[];
  /** What `--json` prints, field by field, besides `version`; undefined where there is no `--json`. */
  readonly json?: readonly JsonField[];
  /** Whether reports of work in the background wait for another command: a program or a prompt runs this line, or
   *  the command itself reports them. Every other command prints them first. */
  skipsBackgroundReports?(args: ArgsOf<A, O>): boolean;
  /** `C`: what the command uses of the context. */
  run(context: C, args: ArgsOf<A, O>): Promise<CommandResult>;
}

/** A definition without the types of its arguments and options: for parser, help and completion. */
export interface CommandDefinition<C = never> {
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
  readonly details?: string;
  readonly arguments?: ArgumentMap;
  readonly options?: OptionMap;
  readonly takesProgram?: true | "optional";
  countNames?(context: C, args: CommonArgs): Promise<number | undefined>;
  readonly conflicts?: Relations;
  readonly needs?: Relations;
  readonly examples: readonly Example[];
  readonly json?: readonly JsonField[];
  skipsBackgroundReports?(args: CommonArgs): boolean;
  run(context: C, args: CommonArgs): Promise<CommandResult>;
}

export type Relations = Readonly<Record<string, readonly string[] | undefined>>;

/** Returns the definition unchanged; `args` of `run` gets its type from `arguments` and `options`. */
export function defineCommand<
  C,
  const A extends ArgumentMap = NoArguments,
  const O extends OptionMap = NoOptions,
>(definition: CommandSpecification<A, O, C>): CommandSpecification<A, O, C> {
  return definition;
}

export interface CommandResult {
  /**
   * With --json: one object on stdout. `version: 1` is added when it is printed. A function where there may be thousands
   * of entries, which are made with --json only.
   */
  readonly json?: object | (() => object) | undefined;
  /** Without --json: stdout, as it is; whole lines unless the text is for a prompt. */
  readonly text?: string | ((style: Style) => string) | undefined;
  /** stderr, with and without --json; each line gets the prefix `awst: `. --quiet drops them. */
  readonly notes?: readonly string[] | ((style: Style) => readonly string[]) | undefined;
  /** A file that gets the text or JSON instead of stdout. FILE_UNWRITABLE. */
  readonly file?: string | undefined;
  /**
   * Writes stdout, for output that must not be lost: without it, a reader that is gone is not an error. Called before `notes`.
   * Returns the error that takes the place of `failure`.
   */
  readonly deliver?: ((output: string) => Promise<AwstError | undefined>) | undefined;
  /** The error that the command ends with, after everything else is printed. */
  readonly failure?: AwstError | undefined;
  /** Default: 0. */
  readonly exitStatus?: number | undefined;
}
