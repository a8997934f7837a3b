// Questions drawn with clack on a terminal that understands escape sequences. Each ends with its answer,
// or with `cancelled` (Escape, an interrupted question).

import { autocomplete, CANCEL_SYMBOL, confirm, isCancel, password, text } from "@clack/prompts";
import type { Secret } from "../../model/secret.ts";
import { readCode } from "../../model/session/one-time-code.ts";
import { matchingChoices } from "../../model/text/matching-choices.ts";
import type { Choice } from "../../ports/people.ts";
import type { Place } from "./terminal-device.ts";

export const cancelled: unique symbol = Symbol("cancelled");
export type Answer<T> = Promise<T | typeof cancelled>;

export interface Questions {
  askCode(place: Place, message: string): Answer<Secret>;
  askSecret(place: Place, message: string): Answer<string>;
  askText(place: Place, message: string): Answer<string>;
  confirm(place: Place, message: string): Answer<boolean>;
  choose<T>(place: Place, message: string, options: readonly Choice<T>[]): Answer<Choice<T>>;
}

export const drawnQuestions: Questions = {
  askCode: async (place, message) => {
    const answer = await password({
      ...on(place, message),
      // Each character stands for itself: a code is shown, since it is good once and easily mistyped.
      mask: "$&",
      clearOnError: true,
      validate: (typed) => (readCode(typed) === undefined ? "six digits, please" : undefined),
    });
    return (isCancel(answer) ? undefined : readCode(answer)) ?? cancelled;
  },
  askSecret: async (place, message) =>
    answered(
      await password({
        ...on(place, message),
        validate: (typed) => (typed ? undefined : "type it, or press Ctrl-C"),
      }),
    ),
  askText: async (place, message) => answered(await text(on(place, message))),
  confirm: async (place, message) =>
    answered(await confirm({ ...on(place, message), initialValue: false })),
  choose: async (place, message, options) => {
    let last = { typed: "", found: options };
    const found = (typed: string) => {
      if (last.typed !== typed) last = { typed, found: matchingChoices(options, typed) };
      return last.found;
    };
    return answered(
      await autocomplete({
        ...on(place, message),
        options: options.map((choice) => ({
          value: choice,
          label: choice.label,
          ...(choice.hint === undefined ? {} : { hint: choice.hint }),
        })),
        maxItems: Math.max(5, place.screen.rows - 6),
        filter: (typed, { value }) => found(typed).includes(value),
        validate: (chosen) => (chosen ? undefined : "nothing matches"),
      }),
    );
  },
};

function on(place: Place, message: string) {
  return {
    message,
    input: place.keys,
    output: place.screen,
    signal: place.signal,
    withGuide: false,
  };
}

function answered<T>(answer: T | typeof CANCEL_SYMBOL): T | typeof cancelled {
  return answer === CANCEL_SYMBOL ? cancelled : answer;
}
