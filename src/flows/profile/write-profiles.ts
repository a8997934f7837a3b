// Plans a change of AWS's files and writes it: under the lock with what stands there then, and looked at
// again afterwards, so that what is remembered as seen was seen.

import type { AwsFileTexts } from "../../model/profile/aws-file-texts.ts";
import { planRules } from "../../model/profile/plan-rules.ts";
import {
  type PlanRules,
  type ProfilePlan,
  planProfiles,
  type WantedProfile,
} from "../../model/profile/profile-plan.ts";
import {
  decodeProfileMemory,
  encodeProfileMemory,
  profilesName,
} from "../../model/profile/remembered-profiles.ts";
import { decodeSessionIndex, sessionIndexName } from "../../model/session/session-index.ts";
import type { Needs } from "../../ports.ts";
import { readStamps } from "./recall-profiles.ts";

export type WriteNeeds = Needs<"places" | "program" | "state" | "stamp" | "awsFiles" | "say">;

export interface SeenPlan {
  /** What was done: the first round's, whose texts are now in the files. */
  readonly plan: ProfilePlan;
  /** Taken before the look that found nothing more to change. */
  readonly stamps: readonly (string | null)[];
}

/** Errors: FILE_UNREADABLE, FILE_MALFORMED, FILE_UNWRITABLE. */
export async function writeUntilSeen(
  world: WriteNeeds,
  wanted: readonly WantedProfile[],
  goes?: PlanRules["goes"],
): Promise<SeenPlan> {
  const files = await world.awsFiles();
  const rules = { ...(await readPlanRules(world)), goes };
  const look = (texts: AwsFileTexts) => planProfiles(texts, wanted, rules);
  let done: ProfilePlan | undefined;
  for (let rounds = 1; ; rounds += 1) {
    const stamps = await readStamps(world);
    const texts = await files.read();
    const plan = look(texts);
    const isSettled =
      plan.texts.config === texts.config && plan.texts.credentials === texts.credentials;
    if (isSettled || rounds > 3) {
      if (done !== undefined) await sayOnceIfOpen(world);
      return { plan: done ?? plan, stamps };
    }
    const made = await files.edit((found) => {
      const now = look(found);
      return { texts: now.texts, result: now };
    });
    done ??= made;
  }
}

/** Which temporary keys are awst's own, and the lines whose program is gone. */
export async function readPlanRules(
  world: Needs<"state" | "stamp" | "program">,
): Promise<PlanRules & { readonly isOurKey: (id: string) => boolean }> {
  const memory = decodeProfileMemory(world.state.read(profilesName));
  const index = decodeSessionIndex(world.state.read(sessionIndexName));
  const ids = [...Object.values(memory.roles), ...Object.values(index)].map(
    (each) => each.accessKeyId,
  );
  return planRules(ids, world.program, (path) => world.stamp(path) === undefined);
}

async function sayOnceIfOpen(world: WriteNeeds): Promise<void> {
  const memory = decodeProfileMemory(world.state.read(profilesName));
  if (memory.openIsSaid || !(await (await world.awsFiles()).isOpenToOthers())) return;
  const path = world.places.awsCredentials;
  world.say(`other users of this machine can read ${path}: chmod 600 would keep them out`);
  world.state.replace(profilesName, encodeProfileMemory({ ...memory, openIsSaid: true }));
}
