// The verbs for the long-term access key, as data.

import type { JsonField, Verb } from "./verb.ts";

const storedKey: readonly JsonField[] = [
  ["identity", "the IAM user's name in the configuration"],
  ["accessKeyId", "the key's id"],
  ["arn", "whose key AWS says it is"],
  ["accountId", "12 digits"],
  ["keychain", "system or file"],
  ["replacedKeyId", "id of another key that was there before, or null"],
  ["wasThere", "whether this very key was there already"],
];

const keyAdd: Verb = {
  path: ["key", "add"],
  summary: "put a long-term access key into the keychain",
  details:
    "Asks, hidden, for the key id and its secret; or takes both from the console's CSV download or " +
    "from stdin. The key is proved at AWS (GetCallerIdentity) and read back before it counts.",
  arguments: [],
  options: [{ name: "csv", placeholder: "FILE", help: "the file the AWS console offers once" }],
  examples: [
    { line: "awst key add", meaning: "type it in" },
    { line: "awst key add --csv ~/Downloads/me_accessKeys.csv", meaning: "from the download" },
    { line: "aws iam create-access-key | awst key add", meaning: "from what a program prints" },
  ],
  json: [["version", "1"], ...storedKey],
  machine: false,
};

const keyImport: Verb = {
  path: ["key", "import"],
  summary: "take the key from an AWS profile, and the plain text out of its file",
  details:
    "Stores, reads back, proves, and then puts a credential_process line where the key stood, so that " +
    "the profile goes on working, with the MFA session.",
  arguments: [
    {
      name: "PROFILE",
      required: false,
      help: "default: the identity's own, `profiles.mainAccount`",
    },
  ],
  options: [],
  examples: [
    { line: "awst key import", meaning: "the profile that the configuration names" },
    { line: "awst key import other-org --identity other-org", meaning: "another identity's" },
  ],
  json: [
    ["version", "1"],
    ["profile", "the AWS profile it was taken from"],
    ["key", "null where the profile called awst already; else:"],
    ...storedKey.map(([field, meaning]): JsonField => [`key.${field}`, meaning]),
    [
      "sameKeyElsewhere[].file, .section, .line",
      "lines of AWS's files that still show the key's id",
    ],
  ],
  machine: false,
};

export const keyVerbs: readonly Verb[] = [keyAdd, keyImport];
