// One at a time changes which key an identity holds, or does something that depends on it.

import type { Needs } from "../../ports.ts";
import type { Caller } from "../session/open-caller.ts";

/** `words`: for those that wait. Not for questions: nobody should wait for a person here. */
export async function holdKey<T>(
  world: Needs<"locks" | "say" | "processId">,
  caller: Caller,
  words: string,
  work: () => Promise<T>,
): Promise<T> {
  const how = {
    holder: `${words} (process ${world.processId})`,
    onWait: (holder: string | undefined) =>
      world.say(`waiting for ${holder ?? "another awst"} to finish`),
  };
  return (await world.locks()).hold(`key-${caller.identity.name}`, how, work);
}
