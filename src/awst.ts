// The program: words from the command line, the real context, one exit. stdout and stderr are touched only
// where they are needed: their first use is a part of the start.

import { run } from "./cli/run.ts";
import { openContext } from "./context.ts";

async function main(): Promise<number> {
  return run(process.argv.slice(2), {
    env: process.env,
    openContext,
    crashed: new Promise((_, reject) => {
      process.once("uncaughtException", reject);
      process.once("unhandledRejection", reject);
    }),
    print: (text) => write(process.stdout, text),
    complain: (text) => write(process.stderr, text),
  });
}

/** Resolves when the text is out, or can't go out any more: a reader that left has what it wanted. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.on("error", () => resolve());
    stream.write(text, () => resolve());
  });
}

main().then((status) => process.exit(status));
