// `awst key add`: a long-term access key into the keychain.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { addKey } from "../../flows/key/store-key.ts";
import { describeStoredKey, storedKeyLines } from "../../output/key/key-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key add",
  group: "Keys",
  summary: "put a long-term access key into the keychain",
  details:
    "Asks, hidden, for the key id and its secret; or takes both from the console's CSV download or from stdin. The key is proved at AWS (GetCallerIdentity) and read back before it counts.",
  options: {
    csv: text("FILE", "the file the AWS console offers once"),
  },
  examples: [
    { line: "awst key add", meaning: "type it in" },
    { line: "awst key add --csv ~/Downloads/me_accessKeys.csv", meaning: "from the download" },
    { line: "aws iam create-access-key | awst key add", meaning: "from what a program prints" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["accessKeyId", "the key's id"],
    ["arn", "whose key AWS says it is"],
    ["accountId", "12 digits"],
    ["keychain", "system or file"],
    ["replacedKeyId", "id of another key that was there before, or null"],
    ["wasThere", "whether this very key was there already"],
  ],
  async run(context: Context, args) {
    const csv = args.csv;
    const stored = await addKey(context, { identity: args.identity, csv });
    if (args.json)
      await context.out(`${JSON.stringify({ version: 1, ...describeStoredKey(stored) })}\n`);
    for (const line of storedKeyLines(stored)) context.say(line);
    if (csv !== undefined && csv !== "-") context.say(`${csv} still holds the key: remove it`);
    return {};
  },
});
