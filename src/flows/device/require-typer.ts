// Before anything is begun: somebody to type a new device's codes, or the wish that they are made here.

import { AwstError } from "../../model/errors.ts";
import type { Needs } from "../../ports.ts";

/** Errors: CODE_NEEDED. */
export async function requireTyper(
  world: Needs<"terminal">,
  makesCodes: boolean,
  retry: string,
): Promise<void> {
  if (makesCodes || (await world.terminal()).isHere()) return;
  const message = "a new device's codes have to be typed, and nobody is here to ask";
  throw new AwstError("CODE_NEEDED", message, {
    hint: retry.includes(" --store") ? retry : `${retry} --store`,
  });
}
