// Loads the configuration, once per process, and caches what a warm start and the completion of names in
// shells need of it.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { writeRules } from "../../model/configuration/write-mode.ts";
import { type AwstError, isAwstError, isFailure } from "../../model/errors.ts";
import { lockAfterFile } from "../../model/keychain/sealed-seen.ts";
import { configCacheFile, makeConfigCache } from "../../model/session/config-cache.ts";
import { nameListName, nameListText } from "../../model/session/name-list.ts";
import type { Needs } from "../../ports.ts";

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly fingerprint: string;
}

/** Errors: CONFIGURATION_MISSING, CONFIGURATION_INVALID. */
export async function loadConfiguration(
  context: Needs<"configurationFile">,
): Promise<Configuration> {
  return (await (await context.configurationFile()).load()).configuration;
}

/** Returns the error where there is no configuration, for commands that also work after it was deleted. Errors:
 *  CONFIGURATION_INVALID. */
export async function loadUnlessMissing(
  context: Needs<"configurationFile">,
): Promise<Configuration | AwstError> {
  try {
    return await loadConfiguration(context);
  } catch (error) {
    if (!isAwstError(error, "CONFIGURATION_MISSING")) throw error;
    return error;
  }
}

/** Loads the configuration, and updates the cache. */
export async function loadAndCacheConfiguration(
  context: Needs<"configurationFile" | "state" | "paths">,
): Promise<LoadedConfiguration> {
  const loaded = await (await context.configurationFile()).load();
  const { configuration, fingerprint } = loaded;
  const file = configCacheFile(context.paths.configuration, fingerprint);
  const modes = writeRules(configuration).flatMap(([account = null, role = null, { mode }]) => {
    return mode === undefined ? [] : [[account, role, mode] as const];
  });
  const cache = makeConfigCache(configuration, fingerprint, modes);
  if (JSON.stringify(context.state.read(file)) !== JSON.stringify(cache)) {
    cacheNameList(context, configuration);
    context.state.write(file, cache);
  }
  const { lockAfterSeconds } = configuration;
  if (context.state.read(lockAfterFile) !== lockAfterSeconds) {
    context.state.write(lockAfterFile, lockAfterSeconds);
  }
  return loaded;
}

function cacheNameList(context: Needs<"state" | "paths">, configuration: Configuration): void {
  const name = nameListName(context.paths.configuration);
  context.state.replaceText(name, nameListText(configuration));
}

/** Returns the path of the name list, which shells read to complete names. A missing or invalid configuration
 *  leaves the list as it is: a shell must start without an error. */
export async function writeNameList(
  context: Needs<"configurationFile" | "state" | "paths" | "fileFingerprint" | "debug">,
): Promise<string> {
  const { configuration: path, state } = context.paths;
  const list = `${state}/${nameListName(path)}.txt`;
  const cache = context.state.read(configCacheFile(path, context.fileFingerprint(path)));
  if (cache !== undefined && context.fileFingerprint(list) !== undefined) return list;
  try {
    const { configuration } = await loadAndCacheConfiguration(context);
    cacheNameList(context, configuration);
  } catch (error) {
    if (!isFailure(error)) throw error;
    context.debug(`the list of names for completion is not updated: ${error.message}`);
  }
  return list;
}
