// The configuration, parsed once per process, and written down for the next warm start and for the shells
// that complete its names.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { findAccount } from "../../model/configuration/find-in-configuration.ts";
import { isAwstError } from "../../model/errors.ts";
import {
  configCacheName,
  decodeConfigCache,
  makeConfigCache,
} from "../../model/session/config-cache.ts";
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

/** The same, and the state of a warm start made to fit it. */
export async function loadAndCacheConfiguration(
  context: Needs<"configurationFile" | "state" | "paths">,
): Promise<LoadedConfiguration> {
  const loaded = await (await context.configurationFile()).load();
  const name = configCacheName(context.paths.configuration);
  const state = makeConfigCache(loaded.configuration, loaded.fingerprint);
  if (JSON.stringify(context.state.read(name)) !== JSON.stringify(state)) {
    await rememberNameList(context, loaded.configuration);
    context.state.replace(name, state);
  }
  return loaded;
}

export async function rememberNameList(
  context: Needs<"state" | "paths">,
  configuration: Configuration,
): Promise<void> {
  const name = nameListName(context.paths.configuration);
  context.state.replaceText(name, nameListText(configuration));
}

/** ACCOUNT_UNKNOWN */
export async function resolveAccount(
  context: Needs<"say">,
  configuration: Configuration,
  typed: string,
): Promise<string> {
  const { name, guessed } = findAccount(configuration.accounts.keys(), typed, { mayGuess: true });
  if (guessed) context.say(`${JSON.stringify(typed)} is taken for ${name}`);
  return name;
}

/** Its path. A configuration that is missing or broken leaves it as it is: a shell starts all the same. */
export async function writeNameList(
  context: Needs<"configurationFile" | "state" | "paths" | "fileFingerprint" | "debug">,
): Promise<string> {
  const { configuration: path, state } = context.paths;
  const list = `${state}/${nameListName(path)}.txt`;
  const warm = decodeConfigCache(
    context.state.read(configCacheName(path)),
    context.fileFingerprint(path),
  );
  if (warm !== undefined && context.fileFingerprint(list) !== undefined) return list;
  try {
    const { configuration } = await loadAndCacheConfiguration(context);
    await rememberNameList(context, configuration);
  } catch (error) {
    if (!isAwstError(error)) throw error;
    context.debug(`no names to complete: ${error.message}`);
  }
  return list;
}
