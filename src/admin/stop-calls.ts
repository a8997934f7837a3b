// Ctrl-C, kill or the end of the terminal while a command changes something at AWS: what runs is completed, nothing
// further is started, and the command reports what was done and what to type. A second signal ends the process.

import { dropClosedTerminal } from "../adapters/terminal/closed-terminal.ts";
import type { CommandResult } from "../args/command.ts";
import { AwstError } from "../model/errors.ts";
import type { DeployServices } from "./deploy-ports.ts";
import type { AdminIam } from "./ports.ts";

const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Of the change that runs. Signals belong to the process, and so does this; undefined: a signal ends the process. */
let running: { readonly stop: AbortSignal; isCut: boolean; uninterrupted: number } | undefined;

/**
 * After a signal, the step that runs is completed, so that no secret is lost between AWS's response and where it is
 * stored. `work` starts no other step then. A second signal ends the process.
 */
export async function stopBetweenSteps<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const note = () => stop.abort();
  for (const signal of stopSignals) process.once(signal, note);
  try {
    return await work(stop.signal);
  } finally {
    if (stop.signal.aborted) dropClosedTerminal();
    for (const signal of stopSignals) process.off(signal, note);
  }
}

/**
 * Carries out a change that the user agreed to. After a signal, the calls that run are completed and each further one is
 * INTERRUPTED, which `work` reports like an error of AWS, with the steps before it. What is a failure then ends with
 * status 130.
 */
export async function carryOut(work: () => Promise<CommandResult>): Promise<CommandResult> {
  return stopBetweenSteps(async (stop) => {
    const change = { stop, isCut: false, uninterrupted: 0 };
    running = change;
    try {
      const result = await work();
      const { failure } = result;
      if (!change.isCut || failure === undefined || failure.code === "BUG") return result;
      const { message, hint, more } = failure;
      const interrupted = new AwstError("INTERRUPTED", message, { hint, more, cause: failure });
      return { ...result, failure: interrupted };
    } finally {
      running = undefined;
    }
  });
}

/** Returns `service`, whose members are calls: none is sent after a signal, while a change is carried out. Errors: INTERRUPTED. */
export function stoppable<T extends AdminIam | DeployServices>(service: T): T {
  const calls = Object.entries(service).map(([name, call]) => [
    name,
    async (...args: readonly unknown[]) => {
      if (running === undefined || running.uninterrupted > 0) return call(...args);
      checkStop(running);
      return call(...args);
    },
  ]);
  return Object.fromEntries(calls) as T;
}

/** A pause between two looks at CloudFormation ends with a signal. */
export function stoppableSleep(
  sleep: (milliseconds: number) => Promise<void>,
): (milliseconds: number) => Promise<void> {
  return async (milliseconds) => {
    const change = running;
    if (change === undefined) return sleep(milliseconds);
    const stopped = new Promise<void>((resolve) => {
      change.stop.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([sleep(milliseconds), stopped]);
    checkStop(change);
  };
}

/** `uninterrupted` of the flows' context: a signal before `work` stops it, and one during `work` only what follows. */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  const change = running;
  if (change === undefined) return work();
  checkStop(change);
  change.uninterrupted += 1;
  try {
    return await work();
  } finally {
    change.uninterrupted -= 1;
  }
}

function checkStop(change: NonNullable<typeof running>): void {
  if (!change.stop.aborted) return;
  change.isCut = true;
  throw new AwstError("INTERRUPTED", "interrupted");
}
