// The words of a command line, parsed: what every command is given.

export interface Words {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** What stood behind `--`. */
  readonly rest: readonly string[];
  readonly json: boolean;
  /** --identity */
  readonly identity: string | undefined;
}

export function textOption(words: Words, name: string): string | undefined {
  const value = words.options[name];
  return typeof value === "string" ? value : undefined;
}

export function flagOption(words: Words, name: string): boolean {
  return words.options[name] === true;
}

export function listOption(words: Words, name: string): readonly string[] {
  const value = words.options[name];
  return Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
}
