// Splits a line into args as a shell does: blanks part them, '…' keeps all as it stands, "…" and bare
// args take `$NAME` and `${NAME}` from the environment, a backslash in them keeps the next character.

export function splitArgs(line: string, env: Readonly<Record<string, string>>): readonly string[] {
  const args: string[] = [];
  const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$\{?(\w+)\}?|\\(.)|(\s+)|([^\s'"$\\]+)|(.)/g;
  let arg: string | undefined;
  for (const [, single, double, name, escaped, blank, plain, rest] of line.matchAll(piece)) {
    if (blank !== undefined) {
      if (arg !== undefined) args.push(arg);
      arg = undefined;
    } else {
      const text =
        single ?? (double === undefined ? undefined : expand(double, env)) ?? variable(name, env);
      arg = (arg ?? "") + (text ?? escaped ?? plain ?? rest ?? "");
    }
  }
  if (arg !== undefined) args.push(arg);
  return args;
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
