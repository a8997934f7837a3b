// awstools' --export FILE: what would go to stdout goes there, for a shell that sources it.

import type { World } from "../../ports.ts";

/** The file is written last, and whole: a run that failed leaves it as it was. FILE_UNWRITABLE. */
export async function printIntoFile(
  world: World,
  path: string,
  work: (printing: World) => Promise<void>,
): Promise<void> {
  const texts: string[] = [];
  await work({ ...world, out: async (text) => void texts.push(text) });
  await world.writeText(path, texts.join(""));
}
