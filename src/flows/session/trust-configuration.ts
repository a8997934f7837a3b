// Decides whether a command of the configuration may run, and records the user's yes. In the default location it may; in
// another place after a yes to exactly this text; never where other users can change the file.

import type { Configuration } from "../../model/configuration/configuration.ts";
import {
  sharedKeysFile,
  trustedConfigurationsFile,
  trustOf,
} from "../../model/configuration/trust.ts";
import { AwstError } from "../../model/errors.ts";
import { keyItem } from "../../model/keychain/items.ts";
import { promptSources } from "../../model/session/code-source.ts";
import { commandLine } from "../../model/text/command-line.ts";
import type { Context, Needs } from "../../ports.ts";
import { loadConfiguration } from "./load-configuration.ts";

type TrustNeeds = Needs<"configurationFile" | "paths" | "state" | "say" | "env" | "terminal">;

/** Asks on the terminal where the user has not decided yet. Says why a command does not run. Errors: INTERRUPTED. */
export async function mayRunCommand(context: TrustNeeds, command: string): Promise<boolean> {
  const { configuration: path } = context.paths;
  const source = await (await context.configurationFile()).source();
  if (source.openTo !== undefined) {
    context.say(`warning: the [mfa] command is not run: ${source.openTo}`);
    return false;
  }
  const trust = trustOf(path, source, context.state.read(trustedConfigurationsFile));
  if (trust === "trusted") return true;
  const why = trust === "changed" ? "has changed" : "is not in the default location";
  if (await confirmOnTerminal(context, `${path} ${why}. Run its command ${command}?`)) {
    await recordTrust(context, source.hash);
    return true;
  }
  const hint = commandLine(["awst", "config", "trust", "--config", path]);
  context.say(`warning: the [mfa] command is not run: ${path} ${why}; to allow it: ${hint}`);
  return false;
}

async function confirmOnTerminal(
  context: Needs<"env" | "terminal">,
  text: string,
): Promise<boolean> {
  if (!promptSources(context.env, { prompt: ["terminal"] }).includes("terminal")) return false;
  const terminal = await context.terminal();
  return terminal.isHere() && (await terminal.confirm({ text }));
}

async function recordTrust(context: Needs<"state" | "paths">, hash: string): Promise<void> {
  const { configuration: path } = context.paths;
  await context.state.update(trustedConfigurationsFile, (old) => ({ ...old, [path]: hash }));
  context.state.record("configuration-trusted", { path, hash });
}

export interface TrustedConfiguration {
  readonly path: string;
  /** The commands that may run from now on. */
  readonly commands: readonly string[];
  /** Whether the configuration uses the keys of the default one from now on. */
  readonly sharesKeys: boolean;
}

/** `keys`: the configuration uses the default one's keys. Errors: USAGE, CONFIGURATION_*, FILE_UNWRITABLE, KEYCHAIN_*. */
export async function trustConfiguration(
  context: Context,
  { keys }: { readonly keys: boolean },
): Promise<TrustedConfiguration> {
  const { configuration: path, itemPrefix } = context.paths;
  const configuration = await loadConfiguration(context);
  const source = await (await context.configurationFile()).source();
  if (source.isDefault) {
    throw new AwstError("USAGE", `${path} is the default configuration, which is trusted`, {
      hint: "awst config trust --config PATH",
    });
  }
  if (source.openTo !== undefined) throw new AwstError("USAGE", source.openTo);
  const isSeparate = itemPrefix !== "";
  if (keys && isSeparate) await refuseOwnKeys(context, configuration);
  await recordTrust(context, source.hash);
  if (keys && isSeparate) context.state.write(sharedKeysFile, true);
  const { identities } = configuration;
  const commands = [...identities.values()].flatMap(({ command }) => command ?? []);
  return { path, commands: [...new Set(commands)], sharesKeys: keys || !isSeparate };
}

/** A configuration with keys of its own would no longer find them. */
async function refuseOwnKeys(context: Context, configuration: Configuration): Promise<void> {
  const keychain = await context.keychain(configuration.keychainBackend);
  for (const { name } of configuration.identities.values()) {
    if ((await keychain.read(keyItem(name))) === undefined) continue;
    const message = `${configuration.path} has an access key of its own for ${JSON.stringify(name)}`;
    throw new AwstError("USAGE", message, { hint: "awst config trust, without --keys" });
  }
}
