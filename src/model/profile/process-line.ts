// Writes and reads the value of `credential_process`. Python's shlex, `sh -c` and `cmd /C` must read a line
// alike, and no INI reader may change it (Go's removes outer quotes and cuts at `#` and `;`). So an argument
// is bare or in double quotes, and an argument with characters that are special inside quotes can't be written.

import { flagArgs } from "../session/retry-line.ts";
import type { SessionFlags } from "../session/target.ts";
import { memoizeTexts } from "../text/memoize.ts";

/** The line, or the reason why these args can't be written as one. */
export type ProcessLine =
  | { readonly line: string; readonly why?: undefined }
  | { readonly line?: undefined; readonly why: string };

/** Returns undefined when shells would read these args differently. */
export function processLine(args: readonly string[]): string | undefined {
  return writeProcessLine(args).line;
}

export function writeProcessLine(args: readonly string[]): ProcessLine {
  if (args.every(isUnquoted)) return { line: args.join(" ") };
  const isWindows = isWindowsPath(args[0] ?? "");
  const slashed = args.map((arg) => (isWindowsPath(arg) ? arg.replaceAll("\\", "/") : arg));
  for (const arg of slashed) {
    const wrong = unwritable.exec(arg)?.[0];
    if (wrong !== undefined)
      return { why: `${quote(wrong)} in ${quote(arg)} reads differently in different shells` };
    if (/\p{Surrogate}/u.test(arg)) return { why: `${quote(arg)} is not valid text` };
  }
  const line = slashed.map((arg) => (bare.test(arg) ? arg : `"${arg}"`)).join(" ");
  if ((line.match(/%/g)?.length ?? 0) > 1)
    return { why: "cmd would read the text between two % as a variable" };
  if (line.startsWith('"') && line.endsWith('"'))
    return { why: "the Go SDK would remove the outer quotes" };
  if (isWindows && !cmdKeepsQuotes(line)) return { why: "cmd would remove the outer quotes" };
  return { line };
}

/** Returns the args as shlex and `sh` read them; undefined where a quote is not closed. */
export function splitArgs(line: string): readonly string[] | undefined {
  if (!/["'\\]/.test(line)) return line.split(/[ \t\r\n]/).filter((arg) => arg !== "");
  const args: string[] = [];
  let arg: string | undefined;
  let at = 0;
  while (at < line.length) {
    const piece = pieceAt(line, at);
    if (piece === undefined) return undefined;
    if (piece.text !== undefined) arg = (arg ?? "") + piece.text;
    else if (arg !== undefined) {
      args.push(arg);
      arg = undefined;
    }
    at = piece.end;
  }
  return arg === undefined ? args : [...args, arg];
}

export interface AwstCall {
  /** [node, …/awst.js] or [awst], without options. */
  readonly program: readonly string[];
  /** `credential-process` and what follows. */
  readonly args: readonly string[];
  readonly account: string | undefined;
  readonly role: string | undefined;
  /** --identity */
  readonly identity: string | undefined;
  /** --config */
  readonly configuration: string | undefined;
  /** --env XDG_CONFIG_HOME=…: the folder of the usual configuration */
  readonly configurationHome: string | undefined;
  /** The other flags with their values. Where there are any, the role session is separate. */
  readonly flags: readonly string[];
}

export function callsAwst(line: string): boolean {
  return readProcessLine(line) !== undefined;
}

/** Returns the parts of a line that calls awst, at whatever path; undefined for any other line. */
export function readProcessLine(line: string): AwstCall | undefined {
  if (!line.includes(calledCommand)) return undefined;
  const { start, account, role } = splitRoleLine(line);
  const call = readArgs(start);
  if (call === undefined || account === undefined || role === undefined) return call;
  const { program, args, identity, configuration, configurationHome, flags } = call;
  const all = [...args, account, role];
  // A name in front of these two is the account.
  if (call.account !== undefined) return readArgs(line);
  return { program, args: all, account, role, identity, configuration, configurationHome, flags };
}

/** A line up to its account and role, the last two args; undefined where they may be something else. */
export interface RoleLine {
  readonly start: string;
  readonly account?: string;
  readonly role?: string;
}

/**
 * Thousands of lines differ only in their account and role, so what is in front of them is read once: it decides which
 * program is called with which options.
 */
export function splitRoleLine(line: string): RoleLine {
  const last = line.lastIndexOf(" ");
  const end = line.lastIndexOf(" ", last - 1);
  const start = line.slice(0, Math.max(end, 0));
  const account = line.slice(end + 1, last);
  const role = line.slice(last + 1);
  const isRole = end > 0 && roleName.test(account) && roleName.test(role);
  // The account would be the value of an option in front of it.
  if (!isRole || readArgs(start)?.args.at(-1)?.startsWith("-") !== false) return { start: line };
  return { start, account, role };
}

/** An argument that is not an option, and is read alike after any other argument. */
const roleName = /^[A-Za-z0-9_@%+=:,./][A-Za-z0-9_@%+=:,./-]*$/;

/** A line or a section without it does not call awst. */
export const calledCommand = "credential-process";

const readArgs = memoizeTexts(20, (line: string): AwstCall | undefined => {
  const all = splitArgs(line.replaceAll("\\", "/")) ?? [];
  const at = all.indexOf(calledCommand);
  const before = all.slice(0, Math.max(at, 0));
  const option = before.findIndex((arg) => arg.startsWith("--"));
  const program = option === -1 ? before : before.slice(0, option);
  if (!programName.test(program.at(-1) ?? "")) return undefined;
  const home = before.find((arg) => arg.startsWith(homeVariable));
  const named: { identity?: string; configuration?: string } = {};
  const flags: string[] = [];
  const positionals: string[] = [];
  const args = all.slice(at);
  for (let index = 1; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (!arg.startsWith("--")) {
      positionals.push(arg);
      continue;
    }
    const [flag = "", inline] = splitFlag(arg);
    if (switches.has(flag)) {
      if (flag === "--single") flags.push(arg);
      continue;
    }
    const value = inline ?? args[index + 1] ?? "";
    if (inline === undefined) index += 1;
    if (flag === "--identity") named.identity = value;
    else if (flag === "--config") named.configuration = value;
    else flags.push(...(inline === undefined ? [arg, value] : [arg]));
  }
  const [account, role] = positionals;
  const { identity, configuration } = named;
  const configurationHome = home?.slice(homeVariable.length);
  return { program, args, account, role, identity, configuration, configurationHome, flags };
});

const bare = /^[A-Za-z0-9_@%+=:,./-]+$/;
// Control characters, line separators, and characters that are special even in double quotes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression searches for them
const unwritable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029"\\$`#;]/;

/** An argument that `writeProcessLine` writes without quotes, wherever it is in the line. */
function isUnquoted(arg: string): boolean {
  return /^[A-Za-z0-9_@+=:,./-]+$/.test(arg);
}

const homeVariable = "XDG_CONFIG_HOME=";
const programName = /(^|\/)awst(\.(js|cjs|mjs|exe|cmd))?$/i;
const switches = new Set(["--single", "--json", "--quiet", "--debug", "--no-color"]);

function isWindowsPath(arg: string): boolean {
  return /^([A-Za-z]:[\\/]|\\\\)/.test(arg);
}

// cmd /C keeps the quotes of a line that does not start with one, and of a line with exactly two, around
// its program, and no special characters.
function cmdKeepsQuotes(line: string): boolean {
  return !line.startsWith('"') || (line.split('"').length === 3 && !/[&<>()@^|]/.test(line));
}

function splitFlag(arg: string): readonly [string, string?] {
  const at = arg.indexOf("=");
  return at === -1 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
}

// Returns one piece of an argument, or (text undefined) the space between two arguments.
function pieceAt(line: string, at: number): { text: string | undefined; end: number } | undefined {
  const first = line[at] ?? "";
  if (/[ \t\r\n]/.test(first)) return { text: undefined, end: at + 1 };
  if (first === "\\") return { text: line[at + 1] ?? "", end: at + 2 };
  if (first !== "'" && first !== '"') return { text: first, end: at + 1 };
  const end = line.indexOf(first, at + 1);
  if (first === "'" || end === -1) {
    return end === -1 ? undefined : { text: line.slice(at + 1, end), end: end + 1 };
  }
  const quoted = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(line.slice(at));
  if (quoted === null) return undefined;
  const text = (quoted[1] ?? "").replace(/\\(["\\])/g, "$1");
  return { text, end: at + quoted[0].length };
}

function quote(text: string): string {
  return JSON.stringify(text);
}

export interface RoleLineParts {
  readonly program: readonly string[];
  /** --config; undefined for the usual path. */
  readonly configuration: string | undefined;
  /** --identity; undefined for the default identity. */
  readonly identity: string | undefined;
  readonly account: string;
  readonly role: string;
  /** The flags of a separate session; undefined for the configured session. */
  readonly flags: SessionFlags | undefined;
}

/** Returns the process line of a role's profile: see `openRoleLines`. */
export function roleLine({ account, role, ...parts }: RoleLineParts): ProcessLine {
  return openRoleLines(parts)(account, role);
}

/**
 * Returns a function that returns the process line of a role's profile, which leads to the same session again. Options
 * come first, so that the line never ends with a quote, which Go's reader would remove.
 */
export function openRoleLines(
  parts: Omit<RoleLineParts, "account" | "role">,
): (account: string, role: string) => ProcessLine {
  const { program, configuration, identity, flags } = parts;
  if (flags?.policy !== undefined && flags.policyFile === undefined) {
    const why = "a process line can't hold a policy that was not read from a file";
    return () => ({ why });
  }
  const shaping = flags === undefined ? [] : flagArgs(flags);
  const options = [
    ...option("--config", configuration),
    ...option("--identity", identity),
    ...shaping,
  ];
  const values = options.filter((arg) => !arg.startsWith("--"));
  const start = [...program, calledCommand, ...options];
  // The start of thousands of lines, checked once.
  const unquoted = start.every(isUnquoted) ? start.join(" ") : undefined;
  return (account, role) => {
    const dashed = [...values, account, role].find((arg) => arg.startsWith("-"));
    if (dashed !== undefined)
      return { why: `${JSON.stringify(dashed)} would be read as an option` };
    if (unquoted !== undefined && isUnquoted(account) && isUnquoted(role)) {
      // join(), since a text that is put together by operators is copied when it is compared.
      return { line: [unquoted, account, role].join(" ") };
    }
    return writeProcessLine([...start, account, role]);
  };
}

/** Returns the same call by `program`; undefined while the program that the line calls exists. */
export function repairedLine(
  call: AwstCall,
  program: readonly string[],
  isMissing: (path: string) => boolean,
): string | undefined {
  const paths = call.program.filter((arg) => /^(\/|[A-Za-z]:\/)/.test(arg));
  return paths.some(isMissing) ? writeProcessLine([...program, ...call.args]).line : undefined;
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}
