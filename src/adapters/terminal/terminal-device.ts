// Opens the terminal device for one prompt, whatever stdin and stdout are, and restores it afterwards. While it is
// open, keys arrive raw: Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-\, signals and a closed terminal interrupt the prompt.
// A closed device does not keep the process running.

import { closeSync, constants, openSync } from "node:fs";
import { PassThrough, Writable } from "node:stream";
import { ReadStream, WriteStream } from "node:tty";
import { AwstError } from "../../model/errors.ts";
import { dropClosedTerminal } from "./closed-terminal.ts";
import { isInForeground } from "./stop-guard.ts";

export interface OpenedTerminal {
  readonly keys: PassThrough;
  readonly screen: Screen;
  /** Fires when the prompt must end; its reason is the AwstError. */
  readonly signal: AbortSignal;
}

export interface DeviceOptions {
  readonly color: boolean;
  /** Whether the terminal understands escape sequences. */
  readonly isDumb: boolean;
  readonly timeoutMs?: number | undefined;
}

const isWindows = process.platform === "win32";
const inputPath = isWindows ? "\\\\.\\CONIN$" : "/dev/tty";
const outputPath = isWindows ? "\\\\.\\CONOUT$" : "/dev/tty";
const stopKeys = ["\x03", "\x04", "\x1a", "\x1c"];
// SIGTSTP comes only from `kill`: in raw mode Ctrl-Z is a key.
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP"] as const;

/** Returns true if the device opens and this process is in the foreground: a background reader is stopped. */
export function deviceIsHere(): boolean {
  const descriptor = open(inputPath);
  if (descriptor === undefined) return false;
  closeSync(descriptor);
  return isInForeground();
}

/** Calls `work` with the opened terminal. Returns undefined, without any change, where there is no device. */
export async function inTerminal<T>(
  options: DeviceOptions,
  work: (terminal: OpenedTerminal) => Promise<T>,
): Promise<T | undefined> {
  if (!deviceIsHere()) return undefined;
  const output = open(outputPath);
  const device = output === undefined ? undefined : openInput();
  if (output === undefined || device === undefined) return undefined;
  const stop = new AbortController();
  let isClosed = false;
  const interrupt = () => {
    if (!isClosed) stop.abort(new AwstError("INTERRUPTED", "interrupted"));
  };
  const screen = new Screen(new WriteStream(output), options);
  const keys = new PassThrough();
  const onData = (bytes: Buffer) => {
    const text = bytes.toString("latin1");
    if (stopKeys.some((key) => text.includes(key))) interrupt();
    // Lines that were typed before raw mode end with \n.
    else keys.write(Buffer.from(text.replaceAll(/\r?\n/g, "\r"), "latin1"));
  };
  device.on("data", onData);
  for (const event of ["error", "end", "close"]) device.on(event, interrupt);
  screen.device.on("error", interrupt);
  const close = () => {
    isClosed = true;
    if (!device.destroyed) device.setRawMode(false);
    screen.close();
    device.off("data", onData);
    closeInput(device);
  };
  const timer = setTimeout(
    () => stop.abort(new AwstError("ANSWER_TIMED_OUT", "no answer within the time limit")),
    options.timeoutMs ?? 2 ** 31 - 1,
  );
  for (const signal of stopSignals) process.on(signal, interrupt);
  process.on("SIGWINCH", screen.measure);
  process.once("exit", close);
  try {
    device.setRawMode(true);
    const answer = await Promise.race([work({ keys, screen, signal: stop.signal }), ended(stop)]);
    if (stop.signal.aborted) throw stop.signal.reason;
    return answer;
  } finally {
    clearTimeout(timer);
    close();
    if (stop.signal.aborted) dropClosedTerminal();
    process.off("exit", close);
    process.off("SIGWINCH", screen.measure);
    for (const signal of stopSignals) process.off(signal, interrupt);
  }
}

/** Bun reads nothing from a terminal that is opened a second time, so one paused input is reused there. */
const reusesInput = process.versions["bun"] !== undefined;
let reusedInput: ReadStream | undefined;

function openInput(): ReadStream | undefined {
  if (reusedInput !== undefined && !reusedInput.destroyed) return reusedInput.resume();
  const input = open(inputPath);
  const device = input === undefined ? undefined : new ReadStream(input);
  if (reusesInput) reusedInput = device;
  return device;
}

function closeInput(device: ReadStream): void {
  if (device === reusedInput) device.pause();
  else device.destroy();
}

/** The terminal's output. Removes colours where none are wanted, or where the terminal understands none. */
class Screen extends Writable {
  readonly device: WriteStream;
  readonly #options: DeviceOptions;

  constructor(device: WriteStream, options: DeviceOptions) {
    super({ decodeStrings: false });
    this.device = device;
    this.#options = options;
  }

  get columns(): number {
    return this.device.columns || 80;
  }

  get rows(): number {
    return this.device.rows || 24;
  }

  readonly measure = (): void => {
    (this.device as { _refreshSize?: () => void })._refreshSize?.();
    this.emit("resize");
  };

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = String(chunk);
    const isColored = this.#options.color && !this.#options.isDumb;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    const plain = isColored ? text : text.replaceAll(/\x1b\[[0-9;]*m/g, "");
    // An error is handled by the device's listener.
    this.device.write(plain, () => done());
  }

  /** Shows the cursor, which a prompt may have hidden. */
  close(): void {
    if (this.device.destroyed) return;
    if (!this.#options.isDumb) this.device.write("\x1b[?25h");
    this.device.destroy();
  }
}

function ended(stop: AbortController): Promise<never> {
  return new Promise((_, reject) => {
    // Gives the prompt time to clear its lines.
    stop.signal.addEventListener("abort", () => setTimeout(reject, 20, stop.signal.reason));
  });
}

function open(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | (constants.O_NOCTTY ?? 0));
  } catch {
    return undefined;
  }
}
