// Writes sealed secrets to stdout. Other output may miss a reader that is gone; a sealed secret has no other copy, so
// that is an error here.

import { writeSync } from "node:fs";
import { AwstError } from "../../model/errors.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";

/** `whose`: for the error. Errors: INTERRUPTED. */
export function writeSealed(text: string, whose: string): void {
  try {
    for (let rest = Buffer.from(text); rest.length > 0; ) {
      rest = rest.subarray(writeSome(rest));
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    // EOF: on Windows.
    const isGone = code === "EPIPE" || code === "EOF";
    const why = isGone ? "the reader closed the pipe" : systemErrorText(cause);
    const message = `the sealed secrets of ${whose} can't be written to stdout (${why})`;
    throw new AwstError("INTERRUPTED", message, { cause });
  }
}

/** Returns the number of bytes written; 0, after 5 ms, when a non-blocking pipe is full. */
function writeSome(bytes: Buffer): number {
  try {
    return writeSync(1, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    return 0;
  }
}
