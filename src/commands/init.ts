// awst init: a first configuration, and what to type then.

import { makeConfiguration } from "../flows/setup/make-configuration.ts";
import { listOption, textOption, type Words } from "../model/words.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const made = await makeConfiguration(context, {
    accounts: listOption(words, "account"),
    roles: listOption(words, "role"),
    region: textOption(words, "region"),
  });
  if (words.json) return context.out(`${JSON.stringify({ version: 1, ...made }, null, 2)}\n`);
  context.say(`${made.path} is written`);
  const next = made.keyIsInProfile ? "awst key import" : "awst key add";
  context.say(`next, your access key into the keychain: ${next}`);
}
