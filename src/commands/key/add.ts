// `awst key add`: stores a long-term access key in the keychain.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import { addKey } from "../../flows/key/store-key.ts";
import { keyFileLine, storedKeyJson, storedKeyLines } from "../../output/key/key-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key add",
  group: "Keys",
  summary: "store a long-term access key in the keychain",
  details:
    "Prompts for the key id and, hidden, for its secret; or reads both from the console's CSV download or from stdin. The key is verified at AWS (GetCallerIdentity) and read back from the keychain before awst uses it.",
  options: {
    csv: text("FILE", "the file that the AWS console offers once"),
  },
  examples: [
    { line: "awst key add", meaning: "type the key" },
    { line: "awst key add --csv ~/Downloads/me_accessKeys.csv", meaning: "read the download" },
    { line: "aws iam create-access-key | awst key add", meaning: "read what a program prints" },
  ],
  json: [
    ["identity", "the IAM user's name in the configuration"],
    ["accessKeyId", "the key's id"],
    ["arn", "the user that the key belongs to"],
    ["accountId", "12 digits"],
    ["keychain", "system or file"],
    ["replacedKeyId", "id of the key that was stored before, or null"],
    ["wasThere", "whether this key was stored already"],
  ],
  async run(context: Context, args) {
    const { identity, csv } = args;
    const stored = await addKey(context, { identity, csv });
    const isFile = csv !== undefined && csv !== "-";
    return {
      json: storedKeyJson(stored),
      notes: successNotes([...storedKeyLines(stored), ...(isFile ? [keyFileLine(csv)] : [])]),
    };
  },
});
