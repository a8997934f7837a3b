// The profiles awst owns or would write, and what is the matter with each.

import {
  type AwsFile,
  findProfiles,
  homeOf,
  parseAwsFiles,
} from "../../model/profile/profile-headers.ts";
import { judgeSection } from "../../model/profile/profile-ownership.ts";
import { planProfiles } from "../../model/profile/profile-plan.ts";
import { ownedProfiles } from "../../model/profile/profile-sections.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { planEveryProfile } from "./plan-every-profile.ts";
import { readPlanRules } from "./write-profiles.ts";

export interface ListedProfile {
  readonly name: string;
  readonly file: AwsFile;
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly identity: string | undefined;
  /** `own`: a section that calls awst under a name of the user's choice, or an identity's own.
   *  `keys`: temporary keys that `mode = "keys"` wrote. `left over`: `profile sync` takes it out. */
  readonly state:
    | "good"
    | "outdated"
    | "missing"
    | "in the way"
    | "unwritable"
    | "keys"
    | "own"
    | "left over";
  /** For what is in the way or unwritable. */
  readonly why: string | undefined;
}

/** Errors: CONFIGURATION_*, FILE_UNREADABLE, FILE_MALFORMED. */
export async function listProfiles(
  world: Needs<
    "configurationFile" | "awsFiles" | "places" | "program" | "state" | "stamp" | "env" | "now"
  >,
): Promise<readonly ListedProfile[]> {
  const configuration = await loadConfiguration(world);
  const every = await planEveryProfile(world, configuration);
  const texts = await (await world.awsFiles()).read();
  const rules = await readPlanRules(world);
  const plan = planProfiles(texts, every.wanted, rules);
  const unwritable = [...every.unwritable, ...plan.unwritable];
  const found = findProfiles(parseAwsFiles(texts));
  const isThere = (name: string) => found.some((each) => each.names.includes(name));
  const keyed = found.filter(
    ({ section }) => judgeSection(section, rules.isOurKey).kind === "keys",
  );
  const holdsKeys = (name: string) => keyed.some((each) => each.names.includes(name));

  const configured = every.configured.map((each): ListedProfile => {
    const { name, account, role, identity } = each;
    const obstacle = plan.inTheWay.find((one) => one.name === name);
    const impossible = unwritable.find((one) => one.name === name);
    const kind = configuration.writeMode === "keys" ? "keys" : "process";
    const file = obstacle?.file ?? homeOf(name, kind).file;
    const about = { name, file, account, role, identity, why: obstacle?.why ?? impossible?.why };
    if (impossible !== undefined) return { ...about, state: "unwritable" };
    if (obstacle !== undefined) return { ...about, state: "in the way" };
    if (kind === "keys") return { ...about, state: holdsKeys(name) ? "keys" : "missing" };
    if (!plan.written.includes(name)) return { ...about, state: "good" };
    return { ...about, state: isThere(name) ? "outdated" : "missing" };
  });
  const names = new Set(configured.map(({ name }) => name));
  const others = ownedProfiles(texts)
    .filter(({ name }) => !names.has(name))
    .map((owned): ListedProfile => {
      const { account, role, identity } = owned.call;
      const state = every.goes(owned) ? "left over" : "own";
      return { name: owned.name, file: owned.file, account, role, identity, state, why: undefined };
    });
  return [...configured, ...others];
}
