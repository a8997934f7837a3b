// awst whoami [--profile NAME]: who AWS says this is, and where the credentials came from.

import { nameCaller } from "../flows/session/name-caller.ts";
import { untilText } from "../model/shell/session-report.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import { textTable } from "../model/text/text-table.ts";
import { textOption, type Words } from "../model/words.ts";
import type { World } from "../ports.ts";

export async function run(world: World, words: Words): Promise<void> {
  const caller = await nameCaller(world, textOption(words, "profile"));
  const { arn, accountId, source, accessKeyId, expiresAt, profile } = caller;
  if (words.json) {
    const answer = {
      version: 1,
      arn,
      accountId,
      source,
      profile: profile ?? null,
      accessKeyId,
      expiresAt: expiresAt === undefined ? null : rfc3339(expiresAt),
    };
    return world.out(`${JSON.stringify(answer, null, 2)}\n`);
  }
  const rows = [
    ["arn", arn],
    ["account", accountId],
    ["from", source],
    ["key", accessKeyId],
    ...(expiresAt === undefined ? [] : [["until", untilText(expiresAt, world.now())]]),
  ];
  await world.out(textTable(rows));
}
