// Decides whether a profile's credential_process is this very program. Such a line is answered in this process, which
// has awst's own secrets; any other program, also one that is called awst, is started without them.

import { processLine, readProcessLine, splitArgs } from "../../model/profile/process-line.ts";
import type { Needs } from "../../ports.ts";

/** What `findOwnProcessArgs` needs of the context. */
export type OwnProgram = "program" | "stableProgram" | "fileFingerprint";

/**
 * Returns the arguments of a line that starts this program, without the program; undefined for every other line. Only
 * the form that awst writes counts: in another one, a shell could see more than this one command.
 */
export async function findOwnProcessArgs(
  context: Needs<OwnProgram>,
  line: string,
): Promise<readonly string[] | undefined> {
  const slashed = line.replaceAll("\\", "/").trim();
  const call = readProcessLine(slashed);
  const all = splitArgs(slashed);
  if (call === undefined || all === undefined || processLine(all) !== slashed) return undefined;
  const stable = (await context.stableProgram("read")).program;
  const isOwn = [context.program, stable].some((own) => isSame(context, call.program, own));
  return isOwn ? all.slice(call.program.length) : undefined;
}

/** Compares files, not paths: a link to this program is this program. */
function isSame(
  context: Needs<"fileFingerprint">,
  program: readonly string[],
  own: readonly string[],
): boolean {
  // `awst.js` starts by itself too, where its first line finds Node.
  const expected = program.length === 1 ? own.slice(-1) : own;
  return (
    program.length === expected.length &&
    program.every((path, at) => {
      const fingerprint = isAbsolute(path) ? context.fileFingerprint(path) : undefined;
      return (
        fingerprint !== undefined && fingerprint === context.fileFingerprint(expected[at] ?? "")
      );
    })
  );
}

function isAbsolute(path: string): boolean {
  return /^(\/|[a-z]:\/)/i.test(path);
}
