// Makes AWS's files hold the profiles of every account and offered role, and takes out owned ones that
// are no longer configured, or whose session of its own has ended.

import { type ProfilePlan, planProfiles } from "../../model/profile/profile-plan.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { planEveryProfile } from "./plan-every-profile.ts";
import { readPlanRules, type WriteNeeds, writeUntilSeen } from "./write-profiles.ts";

export interface SyncedProfiles {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** Lines whose program was gone. */
  readonly mended: readonly string[];
  readonly inTheWay: ProfilePlan["inTheWay"];
  readonly unwritable: ProfilePlan["unwritable"];
  /** With `mode = "keys"` profiles come with their sessions: none is written here. */
  readonly isWithoutSessions: boolean;
}

/** Errors: CONFIGURATION_*, FILE_UNREADABLE, FILE_MALFORMED, FILE_UNWRITABLE. */
export async function syncProfiles(
  world: WriteNeeds & Needs<"configurationFile" | "env" | "now">,
  how: { readonly isDryRun: boolean },
): Promise<SyncedProfiles> {
  const configuration = await loadConfiguration(world);
  const every = await planEveryProfile(world, configuration);
  const plan = how.isDryRun
    ? planProfiles(await (await world.awsFiles()).read(), every.wanted, {
        ...(await readPlanRules(world)),
        goes: every.goes,
      })
    : (await writeUntilSeen(world, every.wanted, every.goes)).plan;
  const { written, removed, mended, inTheWay } = plan;
  if (!how.isDryRun && written.length + removed.length + mended.length > 0) {
    world.state.record("profiles-changed", { written: written.length, removed: removed.length });
  }
  return {
    written,
    unchanged: plan.standing.filter((name) => !written.includes(name)),
    removed,
    mended,
    inTheWay,
    unwritable: [...every.unwritable, ...plan.unwritable],
    isWithoutSessions: configuration.writeMode === "keys",
  };
}
