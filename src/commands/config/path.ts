// `awst config path`: where the configuration file is, or is looked for.

import type { Words } from "../../model/words.ts";
import type { Needs } from "../../ports.ts";

export async function run(context: Needs<"paths" | "stamp" | "out">, words: Words): Promise<void> {
  const { configuration: path, configurationIsNamed: named } = context.paths;
  const exists = context.stamp(path) !== undefined;
  const json = { version: 1, path, exists, named };
  await context.out(words.json ? `${JSON.stringify(json)}\n` : `${path}\n`);
}
