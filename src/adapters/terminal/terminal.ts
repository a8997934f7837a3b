// Prompts at the terminal device, never on stdout or stderr. Without a terminal, or when the user interrupts, a
// prompt throws, and the terminal is restored.

import { AwstError, type ErrorCode, isAwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import { oneLine, oneStyledLine } from "../../model/text/one-line.ts";
import type { Question, Terminal } from "../../ports/prompts.ts";
import { deviceIsHere, inTerminal, type OpenedTerminal } from "./terminal-device.ts";
import { plainQuestions } from "./terminal-plain.ts";
import { type Answer, cancelled, drawnQuestions } from "./terminal-questions.ts";

/** Errors besides the port's: CODE_NEEDED, CONFIRMATION_NEEDED, CHOICE_NEEDED when the terminal is gone. */
export function openTerminal({ color }: { readonly color: boolean }): Terminal {
  const isDumb = process.env.TERM === "dumb";
  const questions = isDumb ? plainQuestions : drawnQuestions;
  // What runs after Ctrl-C, to clean up, must not prompt again.
  let interruption: AwstError | undefined;
  const stopAsking = (error: unknown): never => {
    if (isAwstError(error, "INTERRUPTED")) interruption = error;
    throw error;
  };

  async function ask<T>(
    question: Question,
    withoutTerminal: ErrorCode,
    work: (terminal: OpenedTerminal) => Answer<T>,
  ): Promise<T> {
    if (interruption !== undefined) throw interruption;
    const options = { color, isDumb, timeoutMs: question.timeoutMs };
    const answer = await inTerminal(
      options,
      async (terminal) => [await work(terminal)] as const,
    ).catch(stopAsking);
    if (answer === undefined) {
      throw new AwstError(
        withoutTerminal,
        "no terminal to prompt at: this process has none, or is a background job",
      );
    }
    if (answer[0] === cancelled) return stopAsking(new AwstError("INTERRUPTED", "interrupted"));
    return answer[0];
  }

  return {
    isHere: deviceIsHere,
    askCode: (question) =>
      ask(question, "CODE_NEEDED", (terminal) => questions.askCode(terminal, textOf(question))),
    askSecret: async (question) =>
      new Secret(
        await ask(question, "CONFIRMATION_NEEDED", (terminal) =>
          questions.askSecret(terminal, textOf(question)),
        ),
      ),
    askText: (question) =>
      ask(question, "CONFIRMATION_NEEDED", (terminal) =>
        questions.askText(terminal, textOf(question)),
      ),
    confirm: (question) =>
      ask(question, "CONFIRMATION_NEEDED", (terminal) =>
        questions.confirm(terminal, textOf(question)),
      ),
    choose: async (question, options) => {
      const cleaned = options.map(({ label, hint, value }) => ({
        label: oneLine(label),
        hint: hint === undefined ? undefined : oneLine(hint),
        value,
      }));
      const chosen = await ask(question, "CHOICE_NEEDED", (terminal) =>
        questions.choose(terminal, textOf(question), cleaned),
      );
      return chosen.value;
    },
    show: async (draw) => {
      const shown = await inTerminal({ color, isDumb }, async ({ screen }) => {
        const { columns, rows } = screen;
        screen.write(
          draw({ columns, rows })
            .map((line) => `${oneStyledLine(line)}\r\n`)
            .join(""),
        );
        return true;
      });
      return shown === true;
    },
    countDown: async (text, until) => {
      const work = isDumb ? showOnce : showSeconds;
      // A clock that is set meanwhile changes nothing about how long is left.
      const end = performance.now() + until.getTime() - Date.now();
      const shown = await inTerminal({ color, isDumb }, async (terminal) => {
        await work(terminal, oneLine(text), end);
        return true;
      }).catch(stopAsking);
      // Without a terminal it waits for the same time and shows nothing.
      if (shown === undefined) await pause(end - performance.now());
    },
  };
}

/** Names in a question come from AWS or from a file; they must not control the terminal. */
function textOf({ text }: Question): string {
  return oneLine(text);
}

async function showSeconds(terminal: OpenedTerminal, text: string, end: number): Promise<void> {
  terminal.keys.resume();
  for (let left = secondsUntil(end); left > 0; left = secondsUntil(end)) {
    const line = `${text} ${left} s`;
    terminal.screen.write(`\r\x1b[K${line.slice(-(terminal.screen.columns - 1))}`);
    await pause(end - performance.now() - (left - 1) * 1000, terminal.signal);
    if (terminal.signal.aborted) break;
  }
  terminal.screen.write("\r\x1b[K");
}

async function showOnce(terminal: OpenedTerminal, text: string, end: number): Promise<void> {
  terminal.keys.resume();
  terminal.screen.write(`${text} ${secondsUntil(end)} s\r\n`);
  await pause(end - performance.now(), terminal.signal);
}

function secondsUntil(end: number): number {
  return Math.ceil((end - performance.now()) / 1000);
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(milliseconds, 0));
    signal?.addEventListener("abort", end);
  });
}
