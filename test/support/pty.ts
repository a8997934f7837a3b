// A program in a pseudo-terminal, with what is typed and what is shown. `expect` continues after the last match;
// the transcript has everything, without escape sequences and with every redraw. Linux sometimes drops what a
// program writes just before it ends, so shell scripts end with `read`.

import type { Socket } from "node:net";
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";

export interface PtyOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
  readonly cols?: number | undefined;
  readonly rows?: number | undefined;
}

export interface PtyExit {
  /** null when a signal ended it. */
  readonly status: number | null;
  /** The signal's number. */
  readonly signal: number | null;
}

export interface Pty {
  readonly pid: number;
  type(text: string): void;
  press(key: Key): void;
  /** Waits until the transcript after the last match has it, and returns what matched. */
  expect(what: string | RegExp, how?: { readonly timeoutMs?: number }): Promise<string>;
  readonly exit: Promise<PtyExit>;
  /** Everything that came so far, without escape sequences, line ends as \n. */
  transcript(): string;
  /** The same with its escape sequences. */
  raw(): string;
  resize(cols: number, rows: number): void;
  /** Closes the terminal, as closing its window does. */
  hangUp(): void;
}

const keys = {
  enter: "\r",
  tab: "\t",
  escape: "\x1b",
  backspace: "\x7f",
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
  "ctrl-a": "\x01",
  "ctrl-c": "\x03",
  "ctrl-d": "\x04",
  "ctrl-u": "\x15",
  "ctrl-w": "\x17",
  "ctrl-z": "\x1a",
  "ctrl-\\": "\x1c",
} as const;

export type Key = keyof typeof keys;

export function isKey(name: string): name is Key {
  return Object.hasOwn(keys, name);
}

export function spawnPty(file: string, args: readonly string[], options: PtyOptions): Pty {
  const terminal = spawn(file, [...args], {
    name: options.env.TERM ?? "xterm-256color",
    cols: options.cols ?? 100,
    rows: options.rows ?? 30,
    cwd: options.cwd ?? process.cwd(),
    env: Object.fromEntries(
      Object.entries(options.env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    ),
  });
  let raw = "";
  let readUpTo = 0;
  let ended: PtyExit | undefined;
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of [...listeners]) listener();
  };
  const transcript = () => stripVTControlCharacters(raw).replaceAll("\r", "");
  terminal.onData((text) => {
    raw += text;
    notify();
  });
  const exit = new Promise<PtyExit>((resolve) => {
    terminal.onExit(({ exitCode, signal }) => {
      ended = signal ? { status: null, signal } : { status: exitCode, signal: null };
      resolve(ended);
      notify();
    });
  });
  const findNext = (what: string | RegExp): string | undefined => {
    const unread = transcript().slice(readUpTo);
    const [at, text] =
      typeof what === "string" ? [unread.indexOf(what), what] : locate(what, unread);
    if (at < 0) return undefined;
    readUpTo += at + text.length;
    return text;
  };
  return {
    pid: terminal.pid,
    type: (text) => terminal.write(text),
    press: (key) => terminal.write(keys[key]),
    expect: (what, { timeoutMs = 120_000 } = {}) =>
      new Promise((resolve, reject) => {
        const finish = (end: () => void) => {
          clearTimeout(timer);
          listeners.delete(check);
          end();
        };
        const fail = (why: string) =>
          finish(() =>
            reject(new Error(`${why} ${what}; unread:\n${transcript().slice(readUpTo)}`)),
          );
        const check = () => {
          const found = findNext(what);
          if (found !== undefined) finish(() => resolve(found));
          else if (ended !== undefined) fail(`ended (${JSON.stringify(ended)}) without showing`);
        };
        const timer = setTimeout(() => fail(`${timeoutMs} ms without`), timeoutMs);
        listeners.add(check);
        check();
      }),
    exit,
    transcript,
    raw: () => raw,
    resize: (cols, rows) => terminal.resize(cols, rows),
    // Only the kernel signals the processes of the terminal, as with a closed window.
    hangUp: () => (terminal as unknown as { _socket: Socket })._socket.destroy(),
  };
}

function locate(pattern: RegExp, text: string): [number, string] {
  const match = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, "")).exec(text);
  return match === null ? [-1, ""] : [match.index, match[0]];
}
