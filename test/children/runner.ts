// A program that runs another as `exec` does (argv[2] "run") or asks a shell command for a code
// ("code"), and prints how that ended. argv[3…]: the arguments.

import { openChildren } from "../../src/adapters/child/children.ts";
import { exitStatus } from "../../src/model/errors.ts";

const [, , what, ...args] = process.argv;
const children = openChildren(process.env);
try {
  if (what === "run") process.exitCode = await children.run(args, process.env);
  else
    console.log(
      `code ${(await children.capture(args[0] ?? "", { timeoutMs: Number(args[1]) })).reveal()}`,
    );
} catch (error) {
  console.log(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = exitStatus(error);
}
if (process.versions.bun !== undefined) process.exit();
