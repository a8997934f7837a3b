// awst whoami [--profile NAME]: who AWS says this is, and where the credentials came from.

import { defineCommand } from "../args/command.ts";
import { text } from "../args/options.ts";
import { whoami } from "../flows/session/whoami.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import { untilText } from "../output/session/session-report.ts";
import { textTable } from "../output/text-table.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "whoami",
  group: "Sessions",
  summary: "who AWS says you are here, and where those credentials came from",
  details:
    "Looks where AWS CLI, boto3 and Terraform look, in their order, and asks AWS GetCallerIdentity.",
  options: {
    profile: text("NAME", "this profile instead of what the shell has"),
  },
  examples: [
    { line: "awst whoami", meaning: "with what this shell has" },
    { line: 'awst whoami --profile "main-account DeveloperAccess"', meaning: "of one profile" },
  ],
  json: [
    ["arn", "who AWS says this is"],
    ["accountId", "12 digits"],
    ["source", "where the credentials came from, in words"],
    ["profile", "the profile they came from, or null"],
    ["accessKeyId", "of the credentials"],
    ["expiresAt", "their end as far as the source tells it, RFC 3339, UTC, or null"],
  ],
  async run(context: Context, args) {
    const caller = await whoami(context, args.profile);
    const { arn, accountId, source, accessKeyId, expiresAt, profile } = caller;
    const end = expiresAt === undefined ? null : rfc3339(expiresAt);
    const rows = [
      ["arn", arn],
      ["account", accountId],
      ["from", source],
      ["key", accessKeyId],
      ...(expiresAt === undefined ? [] : [["until", untilText(expiresAt, context.now())]]),
    ];
    return {
      json: { arn, accountId, source, profile: profile ?? null, accessKeyId, expiresAt: end },
      text: textTable(rows),
    };
  },
});
