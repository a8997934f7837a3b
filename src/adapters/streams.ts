// stdout and stderr of this process: output and messages. Loaded on the warm path: Node builtins only, and not
// `process.stdout`, whose first use costs a tenth of a start. A closed pipe is not an error: the reader has
// stopped reading.

import { fstatSync, realpathSync, statSync, write, writeSync } from "node:fs";
import { AwstError } from "../model/errors.ts";
import { oneLine, oneStyledLine } from "../model/text/one-line.ts";
import { redact } from "../model/text/redaction.ts";

/** What fits into an empty pipe on every system. */
const atOnceBytes = 4096;

export interface Streams {
  readonly program: readonly string[];
  /** Its paths as they were called, where the system reports them. */
  readonly called: readonly (string | undefined)[];
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  out(text: string): Promise<void>;
  outIsTerminal(): boolean;
  errIsTerminal(): boolean;
  say(line: string, how?: "styled"): void;
  debug(line: string): void;
  /** Keeps messages back until `resumeMessages`. */
  pauseMessages(): void;
  resumeMessages(): void;
}

export function openStreams(options: {
  readonly quiet: boolean;
  readonly debug: boolean;
}): Streams {
  let before: Promise<void> = Promise.resolve();
  let paused: string[] | undefined;
  const printMessage = (text: string) => {
    if (paused === undefined) writeMessage(text);
    else paused.push(text);
  };
  return {
    program: findProgram(process.argv[1]),
    called: [process.argv0, process.argv[1]],
    sleep,
    out: (text) => {
      before = before.then(() => writeOutput(text));
      return before;
    },
    outIsTerminal: () => isTerminal(1),
    errIsTerminal: () => isTerminal(2),
    say: (line, how) => {
      if (options.quiet) return;
      printMessage(`awst: ${how === "styled" ? oneStyledLine(line) : oneLine(line)}\n`);
    },
    debug: (line) => {
      if (options.debug) printMessage(`awst: debug: ${redact(oneLine(line))}\n`);
    },
    pauseMessages: () => {
      paused ??= [];
    },
    resumeMessages: () => {
      const texts = paused ?? [];
      paused = undefined;
      for (const text of texts) writeMessage(text);
    },
  };
}

/** Returns the absolute command that starts this program again. `script`: process.argv[1]. */
export function findProgram(script: string | undefined): readonly string[] {
  const isEmbedded = script === undefined || /^(\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(script);
  if (isEmbedded) return [process.execPath];
  return [process.execPath, realpathSync(script)];
}

/** Does not load node:tty, which would slow down the start. */
function isTerminal(descriptor: 1 | 2): boolean {
  try {
    const out = fstatSync(descriptor);
    if (!out.isCharacterDevice() || process.platform === "win32") return out.isCharacterDevice();
    return out.rdev !== statSync("/dev/null").rdev;
  } catch {
    return false;
  }
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(Math.max(milliseconds, 0), 2 ** 31 - 1));
    signal?.addEventListener("abort", end);
  });
}

async function writeOutput(text: string): Promise<void> {
  try {
    // A Windows console takes text, not bytes.
    if (process.platform === "win32") await writeStream(text);
    else await writeBytes(Buffer.from(text));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    if (reason === "EPIPE" || reason === "EOF") return;
    throw new AwstError("FILE_UNWRITABLE", `cannot write to stdout: ${reason}`, { cause: error });
  }
}

function writeStream(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once("error", reject);
    process.stdout.write(text, (error) => {
      if (error) return reject(error);
      process.stdout.off("error", reject);
      resolve();
    });
  });
}

/** A short text is written at once: the first asynchronous write of a process starts threads, for a tenth of a start. */
async function writeBytes(bytes: Buffer): Promise<void> {
  const isShort = bytes.length <= atOnceBytes;
  for (let rest = isShort ? bytes.subarray(writeAtOnce(bytes)) : bytes; rest.length > 0; ) {
    rest = rest.subarray(await writeSome(rest));
  }
}

/** Returns the number of bytes written; 0 when a non-blocking pipe is full. */
function writeAtOnce(bytes: Buffer): number {
  try {
    return writeSync(1, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}

/** Resolves to the number of bytes written; to 0, after 2 ms, when a non-blocking pipe is full. */
function writeSome(bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(1, bytes, 0, bytes.length, null, (error, written) => {
      if (error === null) resolve(written);
      else if (error.code === "EAGAIN") setTimeout(resolve, 2, 0);
      else reject(error);
    });
  });
}

/** Synchronous, so that messages keep their order and precede the exit. Does not wait for a stuck reader. */
function writeMessage(text: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let rest = Buffer.from(text);
  for (let tries = 0; rest.length > 0 && tries < 200; ) {
    try {
      rest = rest.subarray(writeSync(2, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      tries++;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}
