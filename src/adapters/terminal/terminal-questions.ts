// The prompts for a terminal with escape sequences, drawn by clack. Each resolves to its answer, or to
// `cancelled` (Escape, an interrupted prompt).

import { styleText } from "node:util";
import { autocomplete, CANCEL_SYMBOL, isCancel, password, text } from "@clack/prompts";
import type { Secret } from "../../model/secret.ts";
import { readCode } from "../../model/session/one-time-code.ts";
import { matchingChoices } from "../../model/text/matching-choices.ts";
import type { Choice } from "../../ports/prompts.ts";
import type { OpenedTerminal } from "./terminal-device.ts";

export const cancelled: unique symbol = Symbol("cancelled");
export type Answer<T> = Promise<T | typeof cancelled>;

export interface Questions {
  askCode(terminal: OpenedTerminal, message: string): Answer<Secret>;
  askSecret(terminal: OpenedTerminal, message: string): Answer<string>;
  askText(terminal: OpenedTerminal, message: string): Answer<string>;
  confirm(terminal: OpenedTerminal, message: string): Answer<boolean>;
  choose<T>(
    terminal: OpenedTerminal,
    message: string,
    options: readonly Choice<T>[],
  ): Answer<Choice<T>>;
}

export const drawnQuestions: Questions = {
  askCode: async (terminal, message) => {
    const answer = await password({
      ...on(terminal, message),
      // Shows the code as typed: it works once, and is easily mistyped.
      mask: "$&",
      clearOnError: true,
      validate: (typed) => (readCode(typed) === undefined ? "enter six digits" : undefined),
    });
    return (isCancel(answer) ? undefined : readCode(answer)) ?? cancelled;
  },
  askSecret: async (terminal, message) =>
    answered(
      await password({
        ...on(terminal, message),
        validate: (typed) => (typed ? undefined : "enter a value, or press Ctrl-C"),
      }),
    ),
  askText: async (terminal, message) => answered(await text(on(terminal, message))),
  // A line that ends with Enter. A prompt that takes the letter alone leaves the Enter to the next question.
  confirm: async (terminal, message) => {
    const answer = await text({
      ...on(terminal, `${message} [y/N]`),
      validate: (typed) => (readConfirmation(typed) === undefined ? enterYesOrNo : undefined),
    });
    return isCancel(answer) ? cancelled : (readConfirmation(answer) ?? false);
  },
  choose: async (terminal, message, options) => {
    let last = { typed: "", found: options };
    const found = (typed: string) => {
      if (last.typed !== typed) last = { typed, found: matchingChoices(options, typed) };
      return last.found;
    };
    return answered(
      await autocomplete({
        ...on(terminal, message),
        options: options.map((choice) => ({
          value: choice,
          label: choice.isAlert ? styleText("red", choice.label, plainStream) : choice.label,
          ...(choice.hint === undefined ? {} : { hint: choice.hint }),
        })),
        maxItems: Math.max(5, terminal.screen.rows - 6),
        filter: (typed, { value }) => found(typed).includes(value),
        validate: (chosen) => (chosen ? undefined : "no entry matches"),
      }),
    );
  },
};

/** The screen removes colors where they are off. */
const plainStream = { validateStream: false };
export const enterYesOrNo = "enter y or n";

/** undefined: neither yes nor no. Enter alone is no. */
export function readConfirmation(typed: string | undefined): boolean | undefined {
  const answer = typed?.trim() ?? "";
  if (/^(n|no)?$/i.test(answer)) return false;
  return /^y(es)?$/i.test(answer) ? true : undefined;
}

function on(terminal: OpenedTerminal, message: string) {
  return {
    message,
    input: terminal.keys,
    output: terminal.screen,
    signal: terminal.signal,
    withGuide: false,
  };
}

function answered<T>(answer: T | typeof CANCEL_SYMBOL): T | typeof cancelled {
  return answer === CANCEL_SYMBOL ? cancelled : answer;
}
