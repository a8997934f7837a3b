// What every shell's completion is written from: the commands, and what each of their arguments may be.

export interface CompletableOption {
  readonly name: string;
  readonly short?: string;
  /** What stands for its value; undefined for a flag. */
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

export interface CompletableCommand {
  /** As typed: `["key", "add"]`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly choices?: readonly string[];
  }[];
  readonly options: readonly CompletableOption[];
  readonly json?: unknown;
  readonly takesProgram?: true;
}

export interface CompletionTable {
  readonly commands: readonly CompletableCommand[];
  /** Summaries of the words that only group others. */
  readonly groups: Readonly<Record<string, string>>;
  readonly globals: readonly CompletableOption[];
}

/** `@accounts`, `@roles`, `@identities`, `@files`, `@any` (nothing is offered), or words: `env|fish`. */
export type Fill = string;

export interface CompletionNode {
  /** What was typed: "", "key", "key add". */
  readonly path: string;
  /** Words that may follow, where this is not a whole command. */
  readonly words: readonly (readonly [word: string, summary: string])[];
  /** Its own. */
  readonly options: readonly CompletionOption[];
  readonly arguments: readonly Fill[];
  readonly isProgram: boolean;
}

export interface CompletionOption {
  /** With its dashes. */
  readonly name: string;
  readonly help: string;
  /** undefined for a flag. */
  readonly fill: Fill | undefined;
}

/** Those that may stand anywhere; `--json` belongs to the commands that have it. */
export function everywhere(table: CompletionTable): readonly CompletionOption[] {
  return table.globals.filter(({ name }) => name !== "json").flatMap(toOptions);
}

/** Every place a command line can be at, the first one first. */
export function completionNodes(table: CompletionTable): readonly CompletionNode[] {
  const json = table.globals.filter(({ name }) => name === "json");
  const { commands, groups } = table;
  const firsts = [...new Set(commands.map(({ path }) => path[0] ?? ""))];
  const summaryOf = (word: string) =>
    groups[word] ?? commands.find(({ path }) => path[0] === word)?.summary ?? "";
  const start = {
    ...empty,
    words: firsts.map((word) => [word, summaryOf(word)] as const),
  };
  const grouping = Object.keys(groups).map((group): CompletionNode => {
    const within = commands.filter(({ path }) => path[0] === group && path.length > 1);
    const words = within.map(({ path, summary }) => [path[1] ?? "", summary] as const);
    return { ...empty, path: group, words };
  });
  const whole = commands.map((command): CompletionNode => {
    return {
      path: command.path.join(" "),
      words: [],
      options: [...command.options, ...(command.json === undefined ? [] : json)].flatMap(toOptions),
      arguments: command.arguments.map(({ name, choices }) => fillOf(name, choices)),
      isProgram: command.takesProgram === true,
    };
  });
  return [start, ...grouping, ...whole];
}

const empty: CompletionNode = { path: "", words: [], options: [], arguments: [], isProgram: false };

function toOptions(option: CompletableOption): readonly CompletionOption[] {
  const { name, short, placeholder, choices, help } = option;
  const fill =
    placeholder === undefined
      ? undefined
      : name === "identity"
        ? "@identities"
        : fillOf(placeholder, choices);
  const long = { name: `--${name}`, help, fill };
  return short === undefined ? [long] : [long, { name: `-${short}`, help, fill }];
}

function fillOf(name: string, choices: readonly string[] | undefined): Fill {
  if (choices !== undefined) return choices.join("|");
  return fills[name] ?? "@any";
}

const fills: Readonly<Record<string, Fill>> = {
  ACCOUNT: "@accounts",
  ROLE: "@roles",
  FILE: "@files",
  PATH: "@files",
};
