// What the completion of every shell is made from: the commands, and the values of their arguments and options.

export interface CompletableOption {
  readonly name: string;
  readonly short?: string;
  /** Stands for the value; undefined for a flag. */
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
  readonly takesProgram?: true | "optional";
}

export interface CompletionTable {
  readonly commands: readonly CompletableCommand[];
  /** Summaries of first arguments that only group commands: `key`. */
  readonly groups: Readonly<Record<string, string>>;
  readonly globals: readonly CompletableOption[];
}

/** `@accounts`, `@roles`, `@identities`, `@files`, `@any` (no suggestions), or values: `env|fish`. */
export type Fill = string;

export interface CompletionNode {
  /** What was typed: "", "key", "key add". */
  readonly path: string;
  /** What may follow, if this is not a complete command. */
  readonly subcommands: readonly (readonly [name: string, summary: string])[];
  /** Options of this command only. */
  readonly options: readonly CompletionOption[];
  readonly arguments: readonly Fill[];
  readonly isProgram: boolean;
}

export interface CompletionOption {
  /** With dashes. */
  readonly name: string;
  readonly help: string;
  /** undefined for a flag. */
  readonly fill: Fill | undefined;
}

/** Options of every command; `--json` belongs to the commands that print JSON. */
export function optionsOfAllCommands(table: CompletionTable): readonly CompletionOption[] {
  return table.globals.filter(({ name }) => name !== "json").flatMap(toOptions);
}

/** Every prefix of a command line that ends before an argument; the empty one comes first. */
export function completionNodes(table: CompletionTable): readonly CompletionNode[] {
  const json = table.globals.filter(({ name }) => name === "json");
  const { commands, groups } = table;
  const firsts = [...new Set(commands.map(({ path }) => path[0] ?? ""))];
  const summaryOf = (name: string) =>
    groups[name] ?? commands.find(({ path }) => path[0] === name)?.summary ?? "";
  const start = {
    ...empty,
    subcommands: firsts.map((name) => [name, summaryOf(name)] as const),
  };
  const grouping = Object.keys(groups).map((group): CompletionNode => {
    const within = commands.filter(({ path }) => path.join(" ").startsWith(`${group} `));
    const depth = group.split(" ").length;
    const next = new Map<string, string>();
    for (const { path, summary } of within) {
      const name = path[depth] ?? "";
      next.set(name, groups[`${group} ${name}`] ?? summary);
    }
    return { ...empty, path: group, subcommands: [...next] };
  });
  const whole = commands.map((command): CompletionNode => {
    return {
      path: command.path.join(" "),
      subcommands: [],
      options: [...command.options, ...(command.json === undefined ? [] : json)].flatMap(toOptions),
      arguments: command.arguments.map(({ name, choices }) => fillOf(name, choices)),
      isProgram: command.takesProgram !== undefined,
    };
  });
  return [start, ...grouping, ...whole];
}

const empty: CompletionNode = {
  path: "",
  subcommands: [],
  options: [],
  arguments: [],
  isProgram: false,
};

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
