// A call that takes long, shown to who sits there: after a second a line on stderr counts on, and it is gone
// with the answer. Nothing is shown in a pipe, in the background or on a terminal that can't take a line back.

import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { isInForeground } from "../terminal/foreground.ts";

/** Begins to show; the answer ends it. */
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
