// The shape of one verb in the table: everything the parsers, the help, the completions and
// `docs/commands.md` need, as data.

export interface Verb {
  /** The words that are typed, and the path of its file: `["key", "add"]` is `commands/key/add.ts`. */
  readonly path: readonly string[];
  readonly summary: string;
  /** A paragraph under the summary in its help. */
  readonly details?: string;
  readonly arguments: readonly VerbArgument[];
  readonly options: readonly VerbOption[];
  readonly examples: readonly VerbExample[];
  /** What `--json` prints, field by field; undefined where the verb has no `--json`. */
  readonly json?: readonly JsonField[];
  /** Called by machines or on every start of a shell: read without loading commander. */
  readonly machine: boolean;
  /** Takes a program and its words behind `--`. */
  readonly program?: true;
}

export interface VerbArgument {
  /** As shown: `ACCOUNT`. */
  readonly name: string;
  readonly required: boolean;
  /** Takes all that is left. */
  readonly many?: true;
  readonly choices?: readonly string[];
  readonly help: string;
}

export interface VerbOption {
  /** The long name without its dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; undefined for a flag. */
  readonly placeholder?: string;
  /** May be given more than once. */
  readonly list?: true;
  readonly choices?: readonly string[];
  readonly help: string;
}

export interface VerbExample {
  readonly line: string;
  readonly meaning: string;
}

/** `accounts[].name`, and what it tells. */
export type JsonField = readonly [field: string, meaning: string];

/** Before or behind any verb. */
export const globalOptions: readonly VerbOption[] = [
  { name: "config", placeholder: "PATH", help: "the configuration file (also AWST_CONFIG)" },
  { name: "identity", placeholder: "NAME", help: "the IAM user to act as, of those configured" },
  { name: "json", help: "one JSON object on stdout" },
  { name: "quiet", help: "no talk on stderr; errors and questions remain" },
  { name: "debug", help: "what is done and why, and where an error came from; secrets redacted" },
  { name: "no-color", help: "no colours (also NO_COLOR)" },
  { name: "version", help: "print the version" },
  { name: "help", short: "h", help: "print help, with examples" },
];

export function nameOf(verb: Verb): string {
  return verb.path.join(" ");
}

/** `assume [options] [ACCOUNT [ROLE]]`, without the program's name. */
export function usageOf(verb: Verb): string {
  const words = argumentsText(verb.arguments);
  return [...verb.path, "[options]", words, verb.program ? "-- CMD…" : ""]
    .filter((word) => word !== "")
    .join(" ");
}

export function flagsText(option: VerbOption): string {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.placeholder === undefined ? "" : ` <${option.placeholder}>`;
  return `${short}--${option.name}${value}`;
}

// Optional words nest: the second can only be given with the first.
function argumentsText(words: readonly VerbArgument[]): string {
  const [first, ...others] = words;
  if (first === undefined) return "";
  const name = first.many ? `${first.name}…` : first.name;
  const tail = argumentsText(others);
  const both = tail === "" ? name : `${name} ${tail}`;
  return first.required ? both : `[${both}]`;
}
