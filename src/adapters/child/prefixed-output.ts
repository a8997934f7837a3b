// Copies what a program prints to awst's own streams, line by line and with a prefix. A line is written at once, so that
// lines of the two streams are not mixed up inside.

import type { Readable } from "node:stream";

/** Resolves when the streams have ended. A reader that has gone away (`| head`) is not an error. */
export async function copyWithPrefix(
  streams: readonly (readonly [from: Readable | null, to: NodeJS.WriteStream])[],
  prefix: string,
): Promise<void> {
  await Promise.all(
    streams.map(async ([from, to]) => {
      if (from === null) return;
      const ignore = () => {};
      to.on("error", ignore);
      try {
        for await (const line of linesOf(from)) {
          await new Promise<void>((resolve) => to.write(`${prefix}${line}\n`, () => resolve()));
        }
      } finally {
        to.off("error", ignore);
      }
    }),
  );
}

/** Yields lines without their ends; the last one also where it has none. */
async function* linesOf(from: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of from.setEncoding("utf8")) {
    const lines = `${rest}${chunk}`.split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
