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
      await inTerminal({ color, isDumb }, async ({ screen }) => {
        const { columns, rows } = screen;
        screen.write(
          draw({ columns, rows })
            .map((line) => `${oneStyledLine(line)}\r\n`)
            .join(""),
        );
      });
    },
    countDown: async (text, until) => {
      const work = isDumb ? showOnce : showSeconds;
      const shown = await inTerminal({ color, isDumb }, async (terminal) => {
        await work(terminal, oneLine(text), until);
        return true;
      }).catch(stopAsking);
      // Without a terminal it waits for the same time and shows nothing.
      if (shown === undefined) await pause(until.getTime() - Date.now());
    },
  };
}

/** Names in a question come from AWS or from a file; they must not control the terminal. */
function textOf({ text }: Question): string {
  return oneLine(text);
}

async function showSeconds(terminal: OpenedTerminal, text: string, until: Date): Promise<void> {
  terminal.keys.resume();
  for (let left = secondsUntil(until); left > 0; left = secondsUntil(until)) {
    const line = `${text} ${left} s`;
    terminal.screen.write(`\r\x1b[K${line.slice(-(terminal.screen.columns - 1))}`);
    await pause(until.getTime() - Date.now() - (left - 1) * 1000, terminal.signal);
    if (terminal.signal.aborted) break;
  }
  terminal.screen.write("\r\x1b[K");
}

async function showOnce(terminal: OpenedTerminal, text: string, until: Date): Promise<void> {
  terminal.keys.resume();
  terminal.screen.write(`${text} ${secondsUntil(until)} s\r\n`);
  await pause(until.getTime() - Date.now(), terminal.signal);
}

function secondsUntil(until: Date): number {
  return Math.ceil((until.getTime() - Date.now()) / 1000);
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
