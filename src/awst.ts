// The program: parses the command line, makes the real context, and exits at one place. stdout and stderr are
// used only where they are needed, since their first use costs time at the start.

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
    printError: (text) => write(process.stderr, text),
  });
}

/** Resolves when the text is written, or when its reader has stopped reading. */
function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.on("error", () => resolve());
    stream.write(text, () => resolve());
  });
}

main().then((status) => process.exit(status));
