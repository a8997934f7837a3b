// The same questions on a terminal without escape sequences (TERM=dumb: editors, logs): a line of text,
// a line of answer.

import { readCode } from "../../model/session/one-time-code.ts";
import { matchingChoices } from "../../model/text/matching-choices.ts";
import type { Choice } from "../../ports/people.ts";
import type { Place } from "./terminal-device.ts";
import { type Answer, cancelled, type Questions } from "./terminal-questions.ts";

export const plainQuestions: Questions = {
  askCode: (place, message) => until(place, `${message}: `, "six digits, please", readCode),
  askSecret: (place, message) =>
    until(place, `${message}: `, "type it, or press Ctrl-C", (typed) => typed || undefined, false),
  askText: (place, message) => readLine(place, `${message}: `, true),
  confirm: (place, message) =>
    until(place, `${message} [y/N] `, "y or n, please", (typed) => {
      if (/^(n|no)?$/i.test(typed)) return false;
      return /^y(es)?$/i.test(typed) ? true : undefined;
    }),
  choose: async (place, message, options) => {
    const lines = options.map(
      ({ label, hint }, at) => `${at + 1}  ${label}${hint ? `  (${hint})` : ""}`,
    );
    place.screen.write(`${[message, ...lines].join("\r\n")}\r\n`);
    return until(place, "number or name: ", "one of the list, please", (typed) =>
      pick(options, typed),
    );
  },
};

/** By number, by the whole label, or by words that only one choice has. */
function pick<T>(options: readonly Choice<T>[], typed: string): Choice<T> | undefined {
  const wanted = typed.trim();
  if (wanted === "") return undefined;
  const exact = options[Number(wanted) - 1] ?? options.find(({ label }) => label === wanted);
  if (exact !== undefined) return exact;
  const [only, ...more] = matchingChoices(options, wanted);
  return more.length === 0 ? only : undefined;
}

/** Asks again, after `complaint`, until `read` makes something of the line. */
async function until<T>(
  place: Place,
  prompt: string,
  complaint: string,
  read: (typed: string) => T | undefined,
  isShown = true,
): Answer<T> {
  for (;;) {
    const typed = await readLine(place, prompt, isShown);
    if (typed === cancelled) return cancelled;
    const answer = read(typed);
    if (answer !== undefined) return answer;
    place.screen.write(`${complaint}\r\n`);
  }
}

/** One line; the terminal is raw, so echo, backspace and Ctrl-U are done here. */
function readLine(place: Place, prompt: string, isShown: boolean): Answer<string> {
  const { keys, screen, signal } = place;
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
      const gone = typed.slice(typed.length - count).length;
      typed = typed.slice(0, typed.length - gone);
      if (isShown) screen.write("\b \b".repeat(gone));
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
