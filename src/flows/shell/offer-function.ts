// `init` offers to add the line that loads the shell function to the shell's start file. It writes after a yes only,
// appends, and changes nothing else in the file.

import { isAwstError } from "../../model/errors.ts";
import { probableShell, shellIntegration } from "../../model/shell/shells.ts";
import { setupLine } from "../../output/shell/shell-functions.ts";
import type { Needs } from "../../ports.ts";

export interface OfferedFunction {
  readonly line: string;
  /** As users write it: `~/.bashrc`. */
  readonly file: string;
  readonly isAdded: boolean;
}

type OfferContext = Needs<
  "env" | "paths" | "fileFingerprint" | "readText" | "writeText" | "terminal"
>;

/**
 * Returns what was offered; undefined where the function is loaded, or its line is in the file already.
 * `mayAsk`: without it, nothing is written. Errors: INTERRUPTED, FILE_UNREADABLE.
 */
export async function offerFunction(
  context: OfferContext,
  { mayAsk }: { readonly mayAsk: boolean },
): Promise<OfferedFunction | undefined> {
  if (shellIntegration(context.env).isFunction) return undefined;
  const { line, file } = setupLine(probableShell(context.env));
  const path = file.startsWith("~/") ? context.paths.home + file.slice(1) : undefined;
  const exists = path !== undefined && context.fileFingerprint(path) !== undefined;
  const text = exists ? await context.readText(path) : "";
  if (text.includes("awst shell-init")) return undefined;
  const terminal = mayAsk && path !== undefined ? await context.terminal() : undefined;
  const isAgreed =
    terminal?.isHere() === true &&
    (await terminal.confirm({ text: `Let assume change this shell: add ${line} to ${file}?` }));
  if (!isAgreed || path === undefined) return { line, file, isAdded: false };
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  try {
    await context.writeText(path, `${gap}${line}\n`, { isAppended: true });
  } catch (error) {
    // The configuration is written already: the user adds the line.
    if (!isAwstError(error, "FILE_UNWRITABLE")) throw error;
    return { line, file, isAdded: false };
  }
  return { line, file, isAdded: true };
}
