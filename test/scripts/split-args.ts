// Splits a line into arguments as a shell does. Spaces separate them; '…' is literal; "…" and bare text
// expand `$NAME` and `${NAME}`, and a backslash there makes the next character literal.

export function splitArgs(line: string, env: Readonly<Record<string, string>>): readonly string[] {
  const args: string[] = [];
  const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$\{?(\w+)\}?|\\(.)|(\s+)|([^\s'"$\\]+)|(.)/g;
  let arg: string | undefined;
  for (const [, single, double, name, escaped, space, plain, rest] of line.matchAll(piece)) {
    if (space !== undefined) {
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
