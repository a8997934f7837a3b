// The program for prompts: `status` in one small file, since a shell waits for it before every prompt. It uses
// the same definition, parser and errors as awst.ts; help and usage errors are left to that program.

import { openFileFingerprints } from "./adapters/file/file-fingerprints.ts";
import { findPaths } from "./adapters/file/paths.ts";
import { openClock, openState } from "./adapters/file/state.ts";
import { openStreams } from "./adapters/streams.ts";
import type { CommandDefinition } from "./args/command.ts";
import { findCommand, parseCommand } from "./args/parse.ts";
import { errorText } from "./cli/print-error.ts";
import { printResult } from "./cli/print-result.ts";
import { command } from "./commands/status.ts";
import { exitStatus } from "./model/errors.ts";

/** Returns whether `argv`, what was typed after the program's name, was a `status`; the process then ends by itself. */
export function answerPrompt(argv: readonly string[]): boolean {
  const found = findCommand(argv, [command.name]);
  const parsed = found.name === undefined ? undefined : parseCommand(command, found.argv);
  if (parsed?.kind !== "parsed") return false;
  const { args, globals } = parsed;
  const env = { ...process.env, ...globals.env };
  const streams = openStreams(globals);
  const now = () => new Date();
  const paths = findPaths(env, globals.configuration);
  const state = openState({
    folder: paths.state,
    sharedFolder: paths.sharedState,
    command: "status",
    now,
    locks: changesNothing,
    debug: streams.debug,
  });
  const { clock } = openClock({ state, now, say: streams.say });
  const { fileFingerprint } = openFileFingerprints();
  const context = { ...streams, env, state, clock, fileFingerprint, writeText: changesNothing };
  const definition: CommandDefinition<typeof context> = command;
  definition
    .run(context, args)
    .then((result) => printResult(context, result, { json: args.json, color: globals.color }))
    .catch((error: unknown) => {
      process.stderr.write(errorText(error, globals));
      process.exitCode = exitStatus(error);
    });
  return true;
}

function changesNothing(): Promise<never> {
  return Promise.reject(new Error("status changes nothing"));
}
