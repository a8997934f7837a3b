// How tests run bash, zsh and fish: without the user's own files, each in its own language.

import { findProgram } from "../support/processes.ts";

export interface Dialect {
  readonly name: "bash" | "zsh" | "fish";
  /** Runs one text: the words before it. */
  readonly script: readonly string[];
  /** On a terminal. */
  readonly interactive: readonly string[];
  /** Takes in what awst prints for this shell: `shell-init`, `completion`. */
  take(args: string): string;
  set(name: string, value: string): string;
  /** Prints `<value>`, `<>` where it is not set. */
  show(name: string): string;
  /** Prints `[status]` of the command before. */
  readonly showStatus: string;
  /** As one word. */
  quote(text: string): string;
  /** Ends the shell at the first failure and at a name that is not set, where it can. */
  readonly strict: string;
  readonly prompt: string;
}

const posixQuote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

const posix = {
  set: (name: string, value: string) => `export ${name}=${posixQuote(value)}`,
  // `{-}`: safe under set -u
  show: (name: string) => `printf '<%s>\\n' "\${${name}-}"`,
  showStatus: 'echo "[$?]"',
  quote: posixQuote,
  strict: "set -eu",
};

const everyDialect: readonly Dialect[] = [
  {
    ...posix,
    name: "bash",
    script: ["bash", "--norc", "--noprofile", "-c"],
    interactive: ["bash", "--norc", "--noprofile", "-i"],
    take: (args) => `eval "$(awst ${args})"`,
    prompt: "PS1='ready> '",
  },
  {
    ...posix,
    name: "zsh",
    script: ["zsh", "-f", "-c"],
    interactive: ["zsh", "-f", "-i"],
    take: (args) => `eval "$(awst ${args})"`,
    prompt: "PROMPT='ready> '; unsetopt prompt_sp prompt_cr",
  },
  {
    name: "fish",
    script: ["fish", "--no-config", "-c"],
    interactive: ["fish", "--no-config", "-i"],
    take: (args) => `awst ${args} | source`,
    set: (name, value) => `set -gx ${name} ${fishQuote(value)}`,
    show: (name) => `printf '<%s>\\n' "$${name}"`,
    showStatus: 'echo "[$status]"',
    quote: fishQuote,
    strict: "true",
    prompt: "function fish_prompt; echo -n 'ready> '; end; function fish_greeting; end",
  },
];

function fishQuote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

/** The installed shells; a missing one is named. */
export const dialects = everyDialect.filter(({ name }) => {
  const isHere = findProgram(name) !== undefined;
  if (!isHere) console.log(`${name}: skipped: not installed`);
  return isHere;
});
