// The terminal as a place you enter and leave, whatever stdin and stdout are. Entered, its keys come raw:
// those that mean "stop" (Ctrl-C, -D, -Z, -\), signals and a closed terminal interrupt; the rest is passed
// on. Left, it is as it was found, and nothing of it keeps the process running.

import { closeSync, constants, openSync } from "node:fs";
import { PassThrough, Writable } from "node:stream";
import { ReadStream, WriteStream } from "node:tty";
import { AwstError } from "../../model/errors.ts";
import { dropClosedTerminal } from "./closed-terminal.ts";
import { isInForeground } from "./foreground.ts";

export interface Place {
  readonly keys: PassThrough;
  readonly screen: Screen;
  /** Fires when the question is to end; its reason is the AwstError. */
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
// SIGTSTP comes from kill alone: raw, Ctrl-Z is a key.
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP"] as const;

/** A device that opens, and this process in its foreground group: a background reader is stopped. */
export function deviceIsHere(): boolean {
  const descriptor = open(inputPath);
  if (descriptor === undefined) return false;
  closeSync(descriptor);
  return isInForeground();
}

/** Does `work` in the terminal. undefined, with nothing touched, where the device isn't here (any more). */
export async function inTerminal<T>(
  options: DeviceOptions,
  work: (place: Place) => Promise<T>,
): Promise<T | undefined> {
  if (!deviceIsHere()) return undefined;
  const output = open(outputPath);
  const device = output === undefined ? undefined : openInput();
  if (output === undefined || device === undefined) return undefined;
  const stop = new AbortController();
  let isLeft = false;
  const interrupt = () => {
    if (!isLeft) stop.abort(new AwstError("INTERRUPTED", "interrupted"));
  };
  const screen = new Screen(new WriteStream(output), options);
  const keys = new PassThrough();
  const hear = (bytes: Buffer) => {
    const text = bytes.toString("latin1");
    if (stopKeys.some((key) => text.includes(key))) interrupt();
    // What was typed before the terminal was raw ends its lines otherwise.
    else keys.write(Buffer.from(text.replaceAll(/\r?\n/g, "\r"), "latin1"));
  };
  device.on("data", hear);
  for (const event of ["error", "end", "close"]) device.on(event, interrupt);
  screen.device.on("error", interrupt);
  const leave = () => {
    isLeft = true;
    if (!device.destroyed) device.setRawMode(false);
    screen.leave();
    device.off("data", hear);
    closeInput(device);
  };
  const timer = setTimeout(
    () => stop.abort(new AwstError("ANSWER_TIMED_OUT", "nobody answered in time")),
    options.timeoutMs ?? 2 ** 31 - 1,
  );
  for (const signal of stopSignals) process.on(signal, interrupt);
  process.on("SIGWINCH", screen.measure);
  process.once("exit", leave);
  try {
    device.setRawMode(true);
    const answer = await Promise.race([work({ keys, screen, signal: stop.signal }), ended(stop)]);
    if (stop.signal.aborted) throw stop.signal.reason;
    return answer;
  } finally {
    clearTimeout(timer);
    leave();
    if (stop.signal.aborted) dropClosedTerminal();
    process.off("exit", leave);
    process.off("SIGWINCH", screen.measure);
    for (const signal of stopSignals) process.off(signal, interrupt);
  }
}

/** Bun hears nothing from a terminal that is opened a second time: there one input is kept, paused. */
const keepsInput = process.versions["bun"] !== undefined;
let kept: ReadStream | undefined;

function openInput(): ReadStream | undefined {
  if (kept !== undefined && !kept.destroyed) return kept.resume();
  const input = open(inputPath);
  const device = input === undefined ? undefined : new ReadStream(input);
  if (keepsInput) kept = device;
  return device;
}

function closeInput(device: ReadStream): void {
  if (device === kept) device.pause();
  else device.destroy();
}

/** The terminal's output: without colour where none is wanted. */
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
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
    const plain = this.#options.color ? text : text.replaceAll(/\x1b\[[0-9;]*m/g, "");
    // The callback comes with an error too, which the device's listener has heard.
    this.device.write(plain, () => done());
  }

  /** Shows the cursor, whatever hid it. */
  leave(): void {
    if (this.device.destroyed) return;
    if (!this.#options.isDumb) this.device.write("\x1b[?25h");
    this.device.destroy();
  }
}

function ended(stop: AbortController): Promise<never> {
  return new Promise((_, reject) => {
    // A moment, so that the question can take its leave of the screen.
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
