// awst init: a first configuration, and what to type then.

import { makeConfiguration } from "../flows/setup/make-configuration.ts";
import { listOption, textOption, type Words } from "../model/words.ts";
import type { World } from "../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const made = await makeConfiguration(world, {
    accounts: listOption(words, "account"),
    roles: listOption(words, "role"),
    region: textOption(words, "region"),
  });
  if (words.json) return world.out(`${JSON.stringify({ version: 1, ...made }, null, 2)}\n`);
  world.say(`${made.path} is written`);
  const next = made.keyIsInProfile ? "awst key import" : "awst key add";
  world.say(`next, your access key into the keychain: ${next}`);
}
