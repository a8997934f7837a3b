// awstools' --export FILE: what would go to stdout goes there, for a shell that sources it.

import type { Context } from "../../ports.ts";

/** The file is written last, and whole: a run that failed leaves it as it was. FILE_UNWRITABLE. */
export async function printIntoFile(
  context: Context,
  path: string,
  work: (printing: Context) => Promise<void>,
): Promise<void> {
  const texts: string[] = [];
  await work({ ...context, out: async (text) => void texts.push(text) });
  await context.writeText(path, texts.join(""));
}
