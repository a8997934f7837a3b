// The value of `credential_process`: words that read alike under Python's shlex, `sh -c` and `cmd /C`,
// and that no INI reader cuts or rewrites (Go's takes outer quotes off and cuts at `#` and `;`).
// A word is bare or in double quotes; what would still mean something in there can't be written.

import { flagArgs } from "../session/retry-line.ts";
import type { SessionFlags } from "../session/target.ts";

/** The line; or why these words have none. */
export type ProcessLine =
  | { readonly line: string; readonly why?: undefined }
  | { readonly line?: undefined; readonly why: string };

/** undefined when these words can't be written so that every reader sees the same. */
export function processLine(words: readonly string[]): string | undefined {
  return writeProcessLine(words).line;
}

export function writeProcessLine(words: readonly string[]): ProcessLine {
  const isWindows = isWindowsPath(words[0] ?? "");
  const slashed = words.map((word) => (isWindowsPath(word) ? word.replaceAll("\\", "/") : word));
  for (const word of slashed) {
    const wrong = unwritable.exec(word)?.[0];
    if (wrong !== undefined)
      return { why: `${shown(wrong)} in ${shown(word)} reads differently in different shells` };
    if (/\p{Surrogate}/u.test(word)) return { why: `${shown(word)} is no valid text` };
  }
  const line = slashed.map((word) => (bare.test(word) ? word : `"${word}"`)).join(" ");
  if ((line.match(/%/g)?.length ?? 0) > 1)
    return { why: "cmd would read the text between two % as a variable" };
  if (line.startsWith('"') && line.endsWith('"'))
    return { why: "Go's SDK would take the outer quotes off" };
  if (isWindows && !cmdKeepsQuotes(line)) return { why: "cmd would take the outer quotes off" };
  return { line };
}

/** The words as shlex and `sh` see them; undefined for an open quote. */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const piece = pieceAt(line, at);
    if (piece === undefined) return undefined;
    if (piece.text !== undefined) word = (word ?? "") + piece.text;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
    at = piece.end;
  }
  return word === undefined ? words : [...words, word];
}

export interface AwstCall {
  /** The words before `credential-process`: [node, …/awst.js] or [awst]. */
  readonly program: readonly string[];
  /** `credential-process` and what follows. */
  readonly words: readonly string[];
  readonly account: string | undefined;
  readonly role: string | undefined;
  /** --identity */
  readonly identity: string | undefined;
  /** --config */
  readonly configuration: string | undefined;
  /** The other flags with their values: a session of its own where there are any. */
  readonly flags: readonly string[];
}

export function callsAwst(line: string): boolean {
  return readProcessLine(line) !== undefined;
}

/** What a line that calls awst says, wherever that program lies or lay; undefined for any other. */
export function readProcessLine(line: string): AwstCall | undefined {
  const all = splitWords(line.replaceAll("\\", "/")) ?? [];
  const at = all.indexOf("credential-process");
  const program = all.slice(0, Math.max(at, 0));
  if (!programName.test(program.at(-1) ?? "")) return undefined;
  const named: { identity?: string; configuration?: string } = {};
  const flags: string[] = [];
  const positionals: string[] = [];
  const words = all.slice(at);
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (!word.startsWith("--")) {
      positionals.push(word);
      continue;
    }
    const [flag = "", inline] = splitFlag(word);
    if (switches.has(flag)) {
      if (flag === "--single") flags.push(word);
      continue;
    }
    const value = inline ?? words[index + 1] ?? "";
    if (inline === undefined) index += 1;
    if (flag === "--identity") named.identity = value;
    else if (flag === "--config") named.configuration = value;
    else flags.push(...(inline === undefined ? [word, value] : [word]));
  }
  const [account, role] = positionals;
  const { identity, configuration } = named;
  return { program, words, account, role, identity, configuration, flags };
}

const bare = /^[A-Za-z0-9_@%+=:,./-]+$/;
// Control characters and line separators, and what double quotes don't silence everywhere.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unwritable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029"\\$`#;]/;
const programName = /(^|\/)awst(\.(js|cjs|mjs|exe|cmd))?$/i;
const switches = new Set(["--single", "--json", "--quiet", "--debug", "--no-color"]);

function isWindowsPath(word: string): boolean {
  return /^([A-Za-z]:[\\/]|\\\\)/.test(word);
}

// cmd /C keeps quotes when the line does not begin with one, or when there are two, around a program,
// with nothing special anywhere between.
function cmdKeepsQuotes(line: string): boolean {
  return !line.startsWith('"') || (line.split('"').length === 3 && !/[&<>()@^|]/.test(line));
}

function splitFlag(word: string): readonly [string, string?] {
  const at = word.indexOf("=");
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

// One piece of a word, or (text undefined) the blanks between two.
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

function shown(text: string): string {
  return JSON.stringify(text);
}

export interface RoleLineParts {
  readonly program: readonly string[];
  /** --config, where it is not found without. */
  readonly configuration: string | undefined;
  /** --identity, where it is not the default one. */
  readonly identity: string | undefined;
  readonly account: string;
  readonly role: string;
  /** What sets a session apart; undefined for the configured one. */
  readonly flags: SessionFlags | undefined;
}

/** Options come first, so that the line never ends in a quote: Go's reader would take it off. */
export function roleLine(parts: RoleLineParts): ProcessLine {
  const { program, configuration, identity, account, role, flags } = parts;
  if (flags?.policy !== undefined && flags.policyFile === undefined) {
    return { why: "a process line can't hold a policy that came from no file" };
  }
  const shaping = flags === undefined ? [] : flagArgs(flags);
  const options = [
    ...option("--config", configuration),
    ...option("--identity", identity),
    ...shaping,
  ];
  const names = [account, role];
  const dashed = [...options.filter((word) => !word.startsWith("--")), ...names].find((word) =>
    word.startsWith("-"),
  );
  if (dashed !== undefined) return { why: `${JSON.stringify(dashed)} would read as an option` };
  return writeProcessLine([...program, "credential-process", ...options, ...names]);
}

/** The same call by a program that is there; undefined while the one it names is. */
export function mendedLine(
  call: AwstCall,
  program: readonly string[],
  isGone: (path: string) => boolean,
): string | undefined {
  const paths = call.program.filter((word) => /^(\/|[A-Za-z]:\/)/.test(word));
  return paths.some(isGone) ? writeProcessLine([...program, ...call.words]).line : undefined;
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}
