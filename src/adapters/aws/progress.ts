// Shows a call that takes more than 1 s: a line on stderr counts the seconds, and disappears with the response.
// Nothing is shown in a pipe, in the background, or on a terminal that can't erase a line.

import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { isInForeground } from "../terminal/stop-guard.ts";

/** Starts to show the call; the returned function ends it. */
export type ShowProgress = (what: string) => () => void;

export const showProgress: ShowProgress = (what) => {
  if (!isatty(2) || process.env["TERM"] === "dumb") return () => {};
  const begin = performance.now();
  let isShown = false;
  const draw = () => {
    if (!isInForeground()) return;
    isShown = true;
    write(`\r\x1b[K${what} … ${Math.round((performance.now() - begin) / 1000)} s`);
  };
  const timer = setInterval(draw, 1000);
  return () => {
    clearInterval(timer);
    if (isShown && isInForeground()) write("\r\x1b[K");
  };
};

function write(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // A terminal that is gone or busy misses nothing.
  }
}
