// Takes profiles that awst owns out of AWS's files; lines of the user's own in them stay.

import { AwstError } from "../../model/errors.ts";
import {
  type AwsFileTexts,
  type IsOurKey,
  judgeSection,
  openProfileEdits,
} from "../../model/profile/aws-profiles.ts";
import { type OwnedProfile, ownedProfiles } from "../../model/profile/long-term-keys.ts";
import { decodeProfileMemory, profilesName } from "../../model/profile/profile-cache.ts";
import { isNamedByAwst, planProfiles, takeOutKeys } from "../../model/profile/profile-plan.ts";
import { suggestion } from "../../model/text/nearest-name.ts";
import type { Needs } from "../../ports.ts";
import { readPlanRules } from "./write-profiles.ts";

/**
 * Names: as `profile list` has them; none: every profile of a role that bears a name of awst's.
 * Errors: USAGE (no such profile), PROFILE_IN_THE_WAY (not awst's), FILE_*; nothing is removed then.
 */
export async function removeProfiles(
  context: Needs<"awsFiles" | "state" | "stamp" | "program">,
  names: readonly string[],
): Promise<{ readonly removed: readonly string[] }> {
  const { isOurKey } = await readPlanRules(context);
  const memory = decodeProfileMemory(context.state.read(profilesName));
  const written = new Set(Object.values(memory.roles).flatMap((each) => each.names));
  const removed = await (await context.awsFiles()).edit((texts) => {
    for (const name of names) refuseUnlessOwned(texts, name, isOurKey);
    const goes = ({ name, call }: OwnedProfile) =>
      names.length === 0 ? isNamedByAwst({ name, call }, written) : names.includes(name);
    const plan = planProfiles(texts, [], { goes, isOurKey });
    const keyed = names.length === 0 ? namesWithOurKeys(texts, isOurKey) : names;
    const keys = takeOutKeys(plan.texts, keyed, isOurKey);
    return { texts: keys.texts, result: [...plan.removed, ...keys.removed] };
  });
  if (removed.length > 0)
    context.state.record("profiles-changed", { written: 0, removed: removed.length });
  return { removed };
}

function refuseUnlessOwned(texts: AwsFileTexts, name: string, isOurKey: IsOurKey): void {
  const edits = openProfileEdits(texts);
  const found = edits.named(name);
  if (found.length === 0) {
    const known = ownedProfiles(texts).map((each) => each.name);
    throw new AwstError("USAGE", `there is no profile ${JSON.stringify(name)}`, {
      hint: suggestion(name, known),
    });
  }
  const judged = found.map(({ section }) => judgeSection(section, isOurKey));
  if (judged.some(({ kind }) => kind === "process" || kind === "keys")) return;
  const obstacle = judged.find((each) => each.kind === "in the way");
  const why = obstacle?.kind === "in the way" ? obstacle.why : "awst has written nothing in it";
  throw new AwstError(
    "PROFILE_IN_THE_WAY",
    `profile ${JSON.stringify(name)} is not awst's: ${why}`,
  );
}

function namesWithOurKeys(texts: AwsFileTexts, isOurKey: IsOurKey): readonly string[] {
  return openProfileEdits(texts).found.flatMap(({ names, section }) => {
    const judged = judgeSection(section, isOurKey);
    return judged.kind === "keys" && isOurKey(judged.accessKeyId) ? names.slice(0, 1) : [];
  });
}
