// Splits a line into words as a shell does: blanks part them, '…' keeps all as it stands, "…" and bare
// words take `$NAME` and `${NAME}` from the environment, a backslash in them keeps the next character.

export function splitWords(line: string, env: Readonly<Record<string, string>>): readonly string[] {
  const words: string[] = [];
  const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$\{?(\w+)\}?|\\(.)|(\s+)|([^\s'"$\\]+)|(.)/g;
  let word: string | undefined;
  for (const [, single, double, name, escaped, blank, plain, rest] of line.matchAll(piece)) {
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      const text =
        single ?? (double === undefined ? undefined : expand(double, env)) ?? variable(name, env);
      word = (word ?? "") + (text ?? escaped ?? plain ?? rest ?? "");
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(
    /\\(["\\$])|\$\{?(\w+)\}?/g,
    (_, escaped, name) => escaped ?? variable(name, env),
  );
}

function variable(
  name: string | undefined,
  env: Readonly<Record<string, string>>,
): string | undefined {
  return name === undefined ? undefined : (env[name] ?? "");
}
