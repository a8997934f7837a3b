// Questions to the person at the terminal. Nothing of a question goes to stdout or stderr; where nobody can
// be asked, or the asked one stops it, it ends with an error, the terminal as it was.

import { AwstError, type ErrorCode } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import type { Question, Terminal } from "../../ports/people.ts";
import { deviceIsHere, inTerminal, type Place } from "./terminal-device.ts";
import { plainQuestions } from "./terminal-plain.ts";
import { type Answer, cancelled, drawnQuestions } from "./terminal-questions.ts";

/** Beside the port's errors: CODE_NEEDED, CONFIRMATION_NEEDED, CHOICE_NEEDED where nobody is here any more. */
export function openTerminal({ color }: { readonly color: boolean }): Terminal {
  const isDumb = process.env.TERM === "dumb";
  const questions = isDumb ? plainQuestions : drawnQuestions;

  async function ask<T>(
    question: Question,
    nobody: ErrorCode,
    work: (place: Place) => Answer<T>,
  ): Promise<T> {
    const options = { color, isDumb, timeoutMs: question.timeoutMs };
    const answer = await inTerminal(options, async (place) => [await work(place)] as const);
    if (answer === undefined) {
      throw new AwstError(
        nobody,
        "no terminal to ask at: none is here, or this is a background job",
      );
    }
    if (answer[0] === cancelled) throw new AwstError("INTERRUPTED", "interrupted");
    return answer[0];
  }

  return {
    isHere: deviceIsHere,
    askCode: (question) =>
      ask(question, "CODE_NEEDED", (place) => questions.askCode(place, question.text)),
    askSecret: async (question) =>
      new Secret(
        await ask(question, "CONFIRMATION_NEEDED", (place) =>
          questions.askSecret(place, question.text),
        ),
      ),
    askText: (question) =>
      ask(question, "CONFIRMATION_NEEDED", (place) => questions.askText(place, question.text)),
    confirm: (question) =>
      ask(question, "CONFIRMATION_NEEDED", (place) => questions.confirm(place, question.text)),
    choose: async (question, options) => {
      const chosen = await ask(question, "CHOICE_NEEDED", (place) =>
        questions.choose(place, question.text, options),
      );
      return chosen.value;
    },
    show: async (draw) => {
      await inTerminal({ color, isDumb }, async ({ screen }) => {
        const { columns, rows } = screen;
        screen.write(
          draw({ columns, rows })
            .map((line) => `${line}\r\n`)
            .join(""),
        );
      });
    },
    countDown: async (text, until) => {
      const work = isDumb ? waitPlainly : waitDrawn;
      const shown = await inTerminal({ color, isDumb }, async (place) => {
        await work(place, text, until);
        return true;
      });
      // Nobody to show it to: the wait is the same.
      if (shown === undefined) await pause(until.getTime() - Date.now());
    },
  };
}

async function waitDrawn(place: Place, text: string, until: Date): Promise<void> {
  place.keys.resume();
  for (let left = secondsUntil(until); left > 0; left = secondsUntil(until)) {
    const line = `${text} ${left} s`;
    place.screen.write(`\r\x1b[K${line.slice(-(place.screen.columns - 1))}`);
    await pause(until.getTime() - Date.now() - (left - 1) * 1000, place.signal);
    if (place.signal.aborted) break;
  }
  place.screen.write("\r\x1b[K");
}

async function waitPlainly(place: Place, text: string, until: Date): Promise<void> {
  place.keys.resume();
  place.screen.write(`${text} ${secondsUntil(until)} s\r\n`);
  await pause(until.getTime() - Date.now(), place.signal);
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
