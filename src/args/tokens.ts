// Separates options, their values and positional arguments, as `parseArgs` of node:util does with `strict: false`. A test
// compares the two. Every start loads this file, and in the stand-alone program node:util costs an eighth of a start.

export interface OptionShape {
  readonly takesValue: boolean;
  /** One letter. */
  readonly short: string | undefined;
}

export type Token =
  | { readonly kind: "positional"; readonly value: string; readonly index: number }
  | { readonly kind: "terminator" }
  | OptionToken;

export interface OptionToken {
  readonly kind: "option";
  /** Without dashes: the long name, or the letter of an unknown short option. */
  readonly name: string;
  /** As it was typed, without the value. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** The value is in the same argument. */
  readonly isInline: boolean;
  readonly index: number;
}

/** `options`: by long name, without dashes. */
export function splitArguments(
  argv: readonly string[],
  options: ReadonlyMap<string, OptionShape>,
): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  const addOption = (name: string, rawName: string, inlineValue: string | undefined) => {
    const isInline = inlineValue !== undefined;
    const start = index;
    const takesNext = !isInline && options.get(name)?.takesValue === true;
    const value = takesNext ? argv[++index] : inlineValue;
    tokens.push({ kind: "option", name, rawName, value, isInline, index: start });
  };
  for (; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    if (argument === "--") {
      tokens.push({ kind: "terminator" });
      for (index++; index < argv.length; index++) addPositional(tokens, argv, index);
    } else if (argument === "-" || !argument.startsWith("-")) {
      addPositional(tokens, argv, index);
    } else if (argument.startsWith("--")) {
      const end = argument.includes("=", 3) ? argument.indexOf("=") : argument.length;
      const inlineValue = end < argument.length ? argument.slice(end + 1) : undefined;
      addOption(argument.slice(2, end), argument.slice(0, end), inlineValue);
    } else {
      // Letters of options without a value, and perhaps one with a value at the end: -qd, -oFILE, -qo FILE.
      for (let at = 1; at < argument.length; at++) {
        const letter = argument.charAt(at);
        const name = longName(letter, options);
        const rest = argument.slice(at + 1);
        const isRestValue = rest !== "" && options.get(name)?.takesValue === true;
        // A dash is not a letter: the message then shows what was typed.
        const rawName = letter === "-" ? argument : `-${letter}`;
        addOption(name, rawName, isRestValue ? rest : undefined);
        if (isRestValue) break;
      }
    }
  }
  return tokens;
}

function addPositional(tokens: Token[], argv: readonly string[], index: number): void {
  tokens.push({ kind: "positional", value: argv[index] ?? "", index });
}

function longName(letter: string, options: ReadonlyMap<string, OptionShape>): string {
  for (const [name, { short }] of options) if (short === letter) return name;
  return letter;
}
