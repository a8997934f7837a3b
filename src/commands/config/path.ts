// `awst config path`: where the configuration file is, or is looked for.

import type { Words } from "../../model/words.ts";
import type { Needs } from "../../ports.ts";

export async function run(world: Needs<"places" | "stamp" | "out">, words: Words): Promise<void> {
  const { configuration: path, configurationIsNamed: named } = world.places;
  const exists = world.stamp(path) !== undefined;
  const json = { version: 1, path, exists, named };
  await world.out(words.json ? `${JSON.stringify(json)}\n` : `${path}\n`);
}
