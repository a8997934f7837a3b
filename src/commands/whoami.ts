// awst whoami [--profile NAME]: who AWS says this is, and where the credentials came from.

import { whoami } from "../flows/session/whoami.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import { textOption, type Words } from "../model/words.ts";
import { untilText } from "../output/session/session-report.ts";
import { textTable } from "../output/text-table.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const identityContext = await whoami(context, textOption(words, "profile"));
  const { arn, accountId, source, accessKeyId, expiresAt, profile } = identityContext;
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
    return context.out(`${JSON.stringify(answer, null, 2)}\n`);
  }
  const rows = [
    ["arn", arn],
    ["account", accountId],
    ["from", source],
    ["key", accessKeyId],
    ...(expiresAt === undefined ? [] : [["until", untilText(expiresAt, context.now())]]),
  ];
  await context.out(textTable(rows));
}
