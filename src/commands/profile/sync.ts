// `awst profile sync`: the profiles of every account and offered role.

import { syncProfiles } from "../../flows/profile/sync-profiles.ts";
import { flagOption, type Words } from "../../model/words.ts";
import { obstacleLines } from "../../output/profile/profile-obstacles.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const isDryRun = flagOption(words, "dry-run");
  const { isWithoutSessions, ...done } = await syncProfiles(context, { isDryRun });
  for (const line of obstacleLines(done, context.paths)) context.say(line);
  if (isWithoutSessions)
    context.say('with mode = "keys", `awst assume` writes a profile with its keys');
  if (words.json) {
    await context.out(`${JSON.stringify({ version: 1, dryRun: isDryRun, ...done })}\n`);
    return;
  }
  const { written, removed, mended, unchanged } = done;
  const will = isDryRun ? "would be " : "";
  const lines = [
    ...written.map((name) => `${will}written  ${name}`),
    ...mended.map((name) => `${will}mended   ${name}`),
    ...removed.map((name) => `${will}removed  ${name}`),
  ];
  await context.out(lines.map((line) => `${line}\n`).join(""));
  const count = unchanged.length;
  if (count > 0)
    context.say(`${count} ${count === 1 ? "profile was" : "profiles were"} up to date`);
}
