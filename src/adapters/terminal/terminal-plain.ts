// The prompts for a terminal without escape sequences (TERM=dumb: editors, logs): a line of text, then a
// line of answer.

import { readCode } from "../../model/session/one-time-code.ts";
import { matchingChoices } from "../../model/text/matching-choices.ts";
import type { Choice } from "../../ports/prompts.ts";
import type { OpenedTerminal } from "./terminal-device.ts";
import {
  type Answer,
  cancelled,
  enterYesOrNo,
  type Questions,
  readConfirmation,
} from "./terminal-questions.ts";

export const plainQuestions: Questions = {
  askCode: (terminal, message) => until(terminal, `${message}: `, "enter six digits", readCode),
  askSecret: (terminal, message) =>
    until(
      terminal,
      `${message}: `,
      "enter a value, or press Ctrl-C",
      (typed) => typed || undefined,
      false,
    ),
  askText: (terminal, message) => readLine(terminal, `${message}: `, true),
  confirm: (terminal, message) =>
    until(terminal, `${message} [y/N] `, enterYesOrNo, readConfirmation),
  choose: async (terminal, message, options) => {
    const lines = options.map(
      ({ label, hint }, at) => `${at + 1}  ${label}${hint ? `  (${hint})` : ""}`,
    );
    terminal.screen.write(`${[message, ...lines].join("\r\n")}\r\n`);
    return until(terminal, "number or name: ", "enter a number or a name from the list", (typed) =>
      pick(options, typed),
    );
  },
};

/** Finds a choice by its number, its whole label, or text that matches only this choice. */
function pick<T>(options: readonly Choice<T>[], typed: string): Choice<T> | undefined {
  const wanted = typed.trim();
  if (wanted === "") return undefined;
  const exact = options[Number(wanted) - 1] ?? options.find(({ label }) => label === wanted);
  if (exact !== undefined) return exact;
  const [only, ...more] = matchingChoices(options, wanted);
  return more.length === 0 ? only : undefined;
}

/** Prompts again, after `problem`, until `read` accepts the line. */
async function until<T>(
  terminal: OpenedTerminal,
  prompt: string,
  problem: string,
  read: (typed: string) => T | undefined,
  isShown = true,
): Answer<T> {
  for (;;) {
    const typed = await readLine(terminal, prompt, isShown);
    if (typed === cancelled) return cancelled;
    const answer = read(typed);
    if (answer !== undefined) return answer;
    terminal.screen.write(`${problem}\r\n`);
  }
}

/** Reads one line. The terminal is raw, so this function does echo, backspace and Ctrl-U. */
function readLine(terminal: OpenedTerminal, prompt: string, isShown: boolean): Answer<string> {
  const { keys, screen, signal } = terminal;
  screen.write(prompt);
  let typed: string[] = [];
  return new Promise((resolve) => {
    const finish = (answer: string | typeof cancelled) => {
      keys.off("data", take);
      signal.removeEventListener("abort", stop);
      screen.write("\r\n");
      resolve(answer);
    };
    const stop = () => finish(cancelled);
    const erase = (count: number) => {
      const erased = typed.slice(typed.length - count).length;
      typed = typed.slice(0, typed.length - erased);
      if (isShown) screen.write("\b \b".repeat(erased));
    };
    const take = (bytes: Buffer) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: arrow and function keys
      const text = bytes.toString().replaceAll(/\x1b(\[[0-9;]*[A-Za-z~]|O.)/g, "");
      for (const character of text) {
        if (character === "\r") return finish(typed.join(""));
        if (character === "\x7f" || character === "\b") erase(Math.min(1, typed.length));
        else if (character === "\x15") erase(typed.length);
        else if (character >= " ") {
          typed.push(character);
          if (isShown) screen.write(character);
        }
      }
    };
    keys.on("data", take);
    signal.addEventListener("abort", stop);
  });
}
