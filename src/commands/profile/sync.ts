// `awst profile sync`: the profiles of every account and offered role.

import { syncProfiles } from "../../flows/profile/sync-profiles.ts";
import { obstacleLines } from "../../model/profile/profile-obstacles.ts";
import { flagOption, type Words } from "../../model/words.ts";
import type { World } from "../../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const isDryRun = flagOption(words, "dry-run");
  const { isWithoutSessions, ...done } = await syncProfiles(world, { isDryRun });
  for (const line of obstacleLines(done, world.places)) world.say(line);
  if (isWithoutSessions)
    world.say('with mode = "keys", `awst assume` writes a profile with its keys');
  if (words.json) {
    await world.out(`${JSON.stringify({ version: 1, dryRun: isDryRun, ...done })}\n`);
    return;
  }
  const { written, removed, mended, unchanged } = done;
  const will = isDryRun ? "would be " : "";
  const lines = [
    ...written.map((name) => `${will}written  ${name}`),
    ...mended.map((name) => `${will}mended   ${name}`),
    ...removed.map((name) => `${will}removed  ${name}`),
  ];
  await world.out(lines.map((line) => `${line}\n`).join(""));
  const count = unchanged.length;
  if (count > 0) world.say(`${count} ${count === 1 ? "profile was" : "profiles were"} up to date`);
}
