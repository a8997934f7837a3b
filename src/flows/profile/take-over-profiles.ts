// `import --take-over`: profiles of other tools call awst from then on, under their own names.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { planTakeOver, type TakeOverPlan } from "../../model/profile/take-over-plan.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { planAllProfiles } from "./sync-profiles.ts";
import { readPlanRules, type WriteContext } from "./write-profiles.ts";

export type TakenOverProfiles = Omit<TakeOverPlan, "texts">;

/** Returns the aliases whose names are profiles of another tool, and that `import --take-over` would make call awst.
 *  Errors: CONFIGURATION_*, FILE_*. */
export async function findProfilesToTakeOver(
  context: WriteContext & Needs<"clock">,
  configuration: Configuration,
): Promise<readonly string[]> {
  if (configuration.aliases.size === 0) return [];
  const { line } = await context.stableProgram("read");
  const { wanted } = planAllProfiles(context, configuration, line);
  const ofAliases = wanted.filter(({ name }) => configuration.aliases.has(name));
  const texts = await (await context.awsFiles()).read();
  return planTakeOver(texts, ofAliases, readPlanRules(context, line)).takenOver;
}

/** `names`: other names than aliases are ignored; each alias is taken over or skipped. Errors: CONFIGURATION_*, FILE_*. */
export async function takeOverProfiles(
  context: WriteContext & Needs<"clock">,
  names: readonly string[],
): Promise<TakenOverProfiles> {
  const configuration = await loadConfiguration(context);
  const { line } = await context.stableProgram("write");
  const all = planAllProfiles(context, configuration, line);
  const isAsked = ({ name }: { readonly name: string }) =>
    names.includes(name) && configuration.aliases.has(name);
  const wanted = all.wanted.filter(isAsked);
  const rules = readPlanRules(context, line);
  const files = await context.awsFiles();
  const { takenOver, skipped } = await files.edit((texts) => {
    const plan = planTakeOver(texts, wanted, rules);
    return { texts: plan.texts, result: plan };
  });
  if (takenOver.length > 0) {
    context.state.record("profiles-changed", { written: takenOver.length, removed: 0 });
  }
  const withKeys = all.configured
    .filter(({ writesKeys }) => writesKeys)
    .flatMap(({ names }) => names)
    .map((name) => ({ name, why: 'its role has write.mode = "keys"' }));
  const others = [...all.unwritable, ...withKeys].filter(isAsked);
  return { takenOver, skipped: [...skipped, ...others] };
}
