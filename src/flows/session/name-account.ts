// The account a person typed, by its whole name; said aloud where only a part was typed.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { findAccount } from "../../model/configuration/find-account.ts";
import type { Needs } from "../../ports.ts";

/** ACCOUNT_UNKNOWN */
export async function nameAccount(
  world: Needs<"say">,
  configuration: Configuration,
  typed: string,
): Promise<string> {
  const { name, guessed } = findAccount(configuration.accounts.keys(), typed, { mayGuess: true });
  if (guessed) world.say(`${JSON.stringify(typed)} is taken for ${name}`);
  return name;
}
