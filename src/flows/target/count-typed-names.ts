// For `exec` without `--`: where the names end and the program starts, by the configuration.

import { isFailure } from "../../model/errors.ts";
import { countNames } from "../../model/session/count-names.ts";
import { pickKey, picksFile } from "../../model/session/frecency.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";

export interface UnsplitNames {
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly all: boolean;
}

/** Returns how many of the arguments are names; undefined where no configuration can be read. */
export async function countTypedNames(
  context: Needs<"configurationFile" | "state">,
  { account, role, all }: UnsplitNames,
): Promise<number | undefined> {
  try {
    const configuration = await loadConfiguration(context);
    const picks = context.state.read(picksFile);
    const names = [account, role].flatMap((each) => each ?? []);
    return countNames(names, {
      configuration,
      all,
      wasUsed: (used) => Object.hasOwn(picks, pickKey(used.account, used.role)),
    });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return undefined;
  }
}
