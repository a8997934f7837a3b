// `awst profile list`: the profiles awst owns or would write, and what is the matter with each.

import { listProfiles } from "../../flows/profile/sync-profiles.ts";
import type { Words } from "../../model/words.ts";
import { textTable } from "../../output/text-table.ts";
import type { Context } from "../../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const profiles = await listProfiles(context);
  const paths = { config: context.paths.awsConfig, credentials: context.paths.awsCredentials };
  if (words.json) {
    const rows = profiles.map((each) => ({
      ...each,
      file: paths[each.file],
      account: each.account ?? null,
      role: each.role ?? null,
      identity: each.identity ?? null,
      why: each.why ?? null,
    }));
    await context.out(`${JSON.stringify({ version: 1, profiles: rows })}\n`);
    return;
  }
  const rows = profiles.map(({ name, state, file, why }) => [
    name,
    why === undefined ? state : `${state}: ${why}`,
    paths[file],
  ]);
  if (rows.length > 0) await context.out(textTable([["PROFILE", "STATE", "FILE"], ...rows]));
  if (profiles.some(({ state }) => ["missing", "outdated", "left over"].includes(state))) {
    context.say("`awst profile sync` writes what is missing and takes out what is left over");
  }
}
