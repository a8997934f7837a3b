// The program for prompts: `status` in one small file, since a shell waits for it before every line. The
// same words, the same command and the same errors as in `awst.ts`; what is not plainly `status` (help, a
// mistake) is left to that one.

import { findPaths } from "./adapters/file/paths.ts";
import { openState } from "./adapters/file/state.ts";
import { openStreams } from "./adapters/streams.ts";
import { parseWords } from "./cli/parse-words.ts";
import { errorText } from "./cli/print-error.ts";
import { shellVerbs } from "./cli/shell-verbs.ts";
import { run } from "./commands/status.ts";
import { exitStatus } from "./model/errors.ts";

/** `argv`: what was typed behind the program's name. Whether it was for this one; it then ends by itself. */
export function answerPrompt(argv: readonly string[]): boolean {
  const parsed = parseWords(
    argv,
    shellVerbs.filter(({ path }) => path[0] === "status"),
  );
  if (parsed === undefined) return false;
  const { words, globals } = parsed;
  const { env } = process;
  const streams = openStreams(globals);
  const state = openState(
    findPaths(env, globals.configuration).state,
    "status",
    () => Promise.reject(new Error("status changes nothing")),
    streams.debug,
  );
  run({ env, state, now: () => new Date(), out: streams.out }, words).catch((error: unknown) => {
    process.stderr.write(errorText(error, globals));
    process.exitCode = exitStatus(error);
  });
  return true;
}
