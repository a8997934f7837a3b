// The list of names for completions: made where it is missing or older than the configuration.

import { isAwstError } from "../../model/errors.ts";
import { nameListName } from "../../model/session/name-list.ts";
import { decodeWarmState, warmStateName } from "../../model/session/warm-state.ts";
import type { Needs } from "../../ports.ts";
import { loadAndRemember, rememberNameList } from "./load-configuration.ts";

/** Its path. A configuration that is missing or broken leaves it as it is: a shell starts all the same. */
export async function rememberNames(
  world: Needs<"configurationFile" | "state" | "places" | "stamp" | "debug">,
): Promise<string> {
  const { configuration: path, state } = world.places;
  const list = `${state}/${nameListName(path)}.txt`;
  const warm = decodeWarmState(world.state.read(warmStateName(path)), world.stamp(path));
  if (warm !== undefined && world.stamp(list) !== undefined) return list;
  try {
    const { configuration } = await loadAndRemember(world);
    await rememberNameList(world, configuration);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    world.debug(`no names to complete: ${error.message}`);
  }
  return list;
}
