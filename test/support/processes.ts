// Whole processes for tests, started with exactly the given environment, never with this process's own.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

/** The checkout's root, from the sources and from what is built of them. */
export const root = findRoot(import.meta.dirname);

/** The command that starts awst: the built one, or the program named by AWST_TEST_PROGRAM. */
export function awstCommand(): readonly string[] {
  const program = process.env.AWST_TEST_PROGRAM;
  return program ? [resolve(program)] : [process.execPath, `${root}/bin/awst.js`];
}

export interface Finished {
  /** Exit status; 128 + n where signal n ended it. */
  readonly status: number;
  readonly stdout: string;
  /** Without `overrides`. */
  readonly stderr: string;
  /** The lines that name the sandbox's endpoint. */
  readonly overrides: readonly string[];
  readonly milliseconds: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

export interface ProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed; absent: stdin is /dev/null. */
  readonly input?: string | undefined;
  readonly cwd?: string | undefined;
  /** In a session of its own, so without a controlling terminal. Default: true. */
  readonly detached?: boolean | undefined;
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGPIPE: 13,
  SIGTERM: 15,
};

export function startProcess(command: readonly string[], options: ProcessOptions): Started {
  const [program = "", ...args] = command;
  const begin = performance.now();
  const child = spawn(program, args, {
    env: { ...options.env },
    cwd: options.cwd,
    detached: options.detached ?? true,
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (bytes: Buffer) => out.push(bytes));
  child.stderr?.on("data", (bytes: Buffer) => err.push(bytes));
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.input);
  const finished = new Promise<Finished>((done, fail) => {
    child.once("error", fail);
    child.once("close", (status, signal) => {
      done({
        status: status ?? 128 + (signalNumbers[signal ?? ""] ?? 0),
        stdout: Buffer.concat(out).toString("utf8"),
        ...withoutOverrides(Buffer.concat(err).toString("utf8")),
        milliseconds: performance.now() - begin,
      });
    });
  });
  return { child, finished };
}

/** Takes out the lines about the sandbox's endpoint, which every process that calls it prints. */
function withoutOverrides(text: string): Pick<Finished, "stderr" | "overrides"> {
  const line =
    /^awst: AWS_ENDPOINT_URL\w*: calls go to (?:127\.0\.0\.1|localhost):\d+ instead of AWS\n/gm;
  return { stderr: text.replace(line, ""), overrides: text.match(line) ?? [] };
}

export function runProcess(command: readonly string[], options: ProcessOptions): Promise<Finished> {
  return startProcess(command, options).finished;
}

/** Where a program is on this process's own PATH; undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function findRoot(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : findRoot(dirname(folder));
}
