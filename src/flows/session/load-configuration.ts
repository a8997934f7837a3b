// The configuration, parsed once per process, and written down for the next warm start and for the shells
// that complete its names.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { nameListName, nameListText } from "../../model/session/name-list.ts";
import { makeWarmState, warmStateName } from "../../model/session/warm-state.ts";
import type { Needs } from "../../ports.ts";

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly stamp: string;
}

/** Errors: CONFIGURATION_MISSING, CONFIGURATION_INVALID. */
export async function loadConfiguration(world: Needs<"configurationFile">): Promise<Configuration> {
  return (await (await world.configurationFile()).load()).configuration;
}

/** The same, and the state of a warm start made to fit it. */
export async function loadAndRemember(
  world: Needs<"configurationFile" | "state" | "places">,
): Promise<LoadedConfiguration> {
  const loaded = await (await world.configurationFile()).load();
  const name = warmStateName(world.places.configuration);
  const state = makeWarmState(loaded.configuration, loaded.stamp);
  if (JSON.stringify(world.state.read(name)) !== JSON.stringify(state)) {
    await rememberNameList(world, loaded.configuration);
    world.state.replace(name, state);
  }
  return loaded;
}

export async function rememberNameList(
  world: Needs<"state" | "places">,
  configuration: Configuration,
): Promise<void> {
  const name = nameListName(world.places.configuration);
  world.state.replaceText(name, nameListText(configuration));
}
