// Usage errors, with the nearest right command or flag, and hints that are whole lines. Not loaded on a warm start.

import type { CommandDefinition, CommandResult } from "../args/command.ts";
import { flagName, globalOptions } from "../args/options.ts";
import { type Parsed, type ParsedCommandLine, parseCommand, usageOf } from "../args/parse.ts";
import { wholeHint, withScope } from "../args/whole-line.ts";
import { AwstError, isAwstError } from "../model/errors.ts";
import { commandLine } from "../model/text/command-line.ts";
import { nearestName } from "../model/text/nearest-name.ts";

/** What other programs call these commands. */
const otherNames: Readonly<Record<string, string>> = {
  login: "assume",
  signin: "assume",
  "sign-in": "assume",
  sso: "assume",
  switch: "assume",
  use: "assume",
  select: "assume",
  role: "assume",
  "assume-role": "assume",
  session: "assume",
  run: "exec",
  shell: "exec",
  process: "credential-process",
  creds: "env",
  credentials: "env",
  open: "console",
  web: "console",
  browser: "console",
  ls: "list",
  accounts: "list",
  roles: "list",
  sessions: "list",
  who: "whoami",
  identity: "whoami",
  id: "whoami",
  signout: "logout",
  "sign-out": "logout",
  clear: "logout",
  flush: "logout",
  completions: "completion",
  prompt: "status",
  rotate: "key rotate",
  keys: "key list",
  add: "key add",
  devices: "mfa list",
  token: "mfa code",
  otp: "mfa code",
  totp: "mfa code",
  profiles: "profile list",
  sync: "profile sync",
  configure: "init",
  setup: "init",
  migrate: "import",
  check: "doctor",
  "export key": "env",
  unset: "assume --unset",
  version: "--version",
  "admin user delete": "admin user offboard",
  "admin user remove": "admin user offboard",
  "admin user rm": "admin user offboard",
  "admin user disable": "admin user offboard",
  "admin user enable": "admin user restore",
  "admin user undelete": "admin user restore",
  "admin users": "admin user list",
  "admin groups": "admin group check",
};

/** Other words for the commands of a group, where the group has one of them: `key ls`, `mfa rm`. */
const synonyms: readonly (readonly string[])[] = [
  ["ls", "list", "show", "print", "get"],
  ["rm", "del", "remove", "delete", "forget"],
  ["create", "new", "add", "register"],
  ["enable", "activate"],
  ["disable", "deactivate"],
  ["update", "write", "sync"],
  ["validate", "verify", "check"],
  ["sync", "resync"],
  ["edit", "rename", "describe"],
];

/** Returns the error for what names no command, or for an unknown option before the command. */
export function unknownCommand(
  path: readonly string[],
  typed: string,
  names: readonly string[],
): AwstError {
  if (typed.startsWith("-")) {
    const nearest = nearestFlag(typed, Object.keys(globalOptions));
    const hint = nearest === undefined ? "awst --help" : `did you mean ${nearest}?`;
    return new AwstError("USAGE", `unknown option ${typed}`, { hint });
  }
  const group = path.join(" ");
  const prefix = group === "" ? "" : `${group} `;
  const message = `unknown command ${JSON.stringify(`${prefix}${typed}`)}`;
  const hint = nearestCommand(prefix, typed, names);
  return new AwstError("COMMAND_UNKNOWN", message, {
    hint: hint === undefined ? `awst ${prefix}--help` : `did you mean awst ${hint}?`,
  });
}

type Mistake = Exclude<Parsed, { readonly kind: "parsed" | "help" | "version" }>;

/**
 * Returns how many of the arguments before a program are names, where `--` is missing; undefined where nothing is known. `open`
 * makes the context of a line that ends before the program.
 */
export async function countNames<C>(
  command: CommandDefinition<C>,
  mistake: Mistake,
  argv: readonly string[],
  open: (parsed: ParsedCommandLine) => C,
): Promise<number | undefined> {
  if (!("starts" in mistake) || command.countNames === undefined) return undefined;
  const parsed = parseCommand(command, argv.slice(0, mistake.starts?.at(-1)));
  return parsed.kind === "parsed" ? command.countNames(open(parsed), parsed.args) : undefined;
}

/**
 * Returns the error for a mistake in the arguments and options of `command`. `names`: how many of the arguments are names,
 * where `--` is missing.
 */
export function usageError(
  command: CommandDefinition,
  mistake: Mistake,
  line: { readonly argv: readonly string[]; readonly names?: number | undefined } = { argv: [] },
): AwstError {
  const helpLine = ["awst", command.name, "--help"].filter((part) => part !== "").join(" ");
  const help = command.takesProgram ? `awst ${usageOf(command)}` : helpLine;
  if (mistake.kind === "mistake") {
    return new AwstError("USAGE", mistake.message, { hint: mistake.hint ?? help });
  }
  const { starts } = mistake;
  const start = starts?.[Math.min(line.names ?? starts.length - 1, starts.length - 1)];
  // An option after names alone is one of awst's, misspelt.
  const isProgram = mistake.kind === "no --" || start !== starts?.at(-1);
  if (isProgram && start !== undefined) {
    const { argv } = line;
    const typed = ["awst", command.name, ...argv.slice(0, start), "--", ...argv.slice(start)];
    return new AwstError("USAGE", "type -- before the program to run", {
      hint: commandLine(typed),
    });
  }
  if (mistake.kind === "no --") throw new Error("a mistake of this kind has a start");
  const names = [...Object.keys(command.options ?? {}), ...Object.keys(globalOptions)];
  const nearest = nearestFlag(mistake.option, names);
  return new AwstError("USAGE", `unknown option ${mistake.option}`, {
    hint: nearest === undefined ? help : `did you mean ${nearest}?`,
  });
}

/** Returns the error with a hint that is a whole line, where it is an option alone. */
export function withWholeHint(
  error: unknown,
  { name, options = {} }: CommandDefinition,
  argv: readonly string[],
): unknown {
  if (!isAwstError(error) || error.hint === undefined) return error;
  const hint = wholeHint(error.hint, { name, options, argv });
  if (hint === error.hint) return error;
  const { code, message, effect, awsTime, more } = error;
  return new AwstError(code, message, { hint, effect, awsTime, more, cause: error });
}

/** Returns the result, with lines of awst in its notes that work where the command did. */
export function withScopes(result: CommandResult, argv: readonly string[]): CommandResult {
  const { notes = [] } = result;
  const scoped = (lines: readonly string[]) => lines.map((line) => withScope(line, argv));
  return {
    ...result,
    notes: typeof notes === "function" ? (style) => scoped(notes(style)) : scoped(notes),
  };
}

function nearestCommand(
  prefix: string,
  typed: string,
  names: readonly string[],
): string | undefined {
  const other = otherNames[`${prefix}${typed}`.toLowerCase()];
  if (other !== undefined) return other;
  const within = names.filter((name) => name.startsWith(prefix));
  const nextNames = within.map((name) => name.slice(prefix.length).split(" ")[0] ?? "");
  const same = synonyms.find((group) => group.includes(typed.toLowerCase()));
  const sameCommand = prefix === "" ? undefined : nextNames.find((name) => same?.includes(name));
  const nearest = sameCommand ?? nearestName(typed, [...new Set(nextNames)]);
  return nearest === undefined ? undefined : `${prefix}${nearest}`;
}

/** For one letter: the only option that begins with it. */
function nearestFlag(typed: string, names: readonly string[]): string | undefined {
  if (/^-[a-z]$/i.test(typed)) {
    const letter = typed.slice(1).toLowerCase();
    const [first, ...others] = new Set(names.map(flagName).filter((name) => name[2] === letter));
    return others.length === 0 ? first : undefined;
  }
  if (!typed.startsWith("--")) return undefined;
  const nearest = nearestName(
    typed.slice(2).split("=")[0] ?? "",
    names.map((name) => flagName(name).slice(2)),
  );
  return nearest === undefined ? undefined : `--${nearest}`;
}
