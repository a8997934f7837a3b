// `awst key import [PROFILE]`: moves the key of an AWS profile from its file into the keychain.

import { defineCommand } from "../../args/command.ts";
import { optional } from "../../args/options.ts";
import { importKey } from "../../flows/key/store-key.ts";
import {
  importedLine,
  occurrenceLine,
  storedKeyJson,
  storedKeyLines,
} from "../../output/key/key-report.ts";
import { firstRotationNotice } from "../../output/rotation/unattended-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key import",
  group: "Keys",
  summary: "move the access key of an AWS profile from its file into the keychain",
  details:
    "Stores the key, reads it back, verifies it at AWS, and then writes a credential_process line instead of the key. So the profile still works, with the MFA session. A profile with the key that the last rotation replaced gets the line too.",
  arguments: {
    profile: optional("PROFILE", "default: the identity's profile, `profiles.mainAccount`"),
  },
  examples: [
    { line: "awst key import", meaning: "import the profile that the configuration names" },
    {
      line: "awst key import other-org --identity other-org",
      meaning: "import the key of another identity",
    },
  ],
  json: [
    ["profile", "the AWS profile that contained the key"],
    ["key", "null if the profile called awst already or had a replaced key; else:"],
    ["key.identity", "the IAM user's name in the configuration"],
    ["key.accessKeyId", "the key's id"],
    ["key.arn", "the user that the key belongs to"],
    ["key.accountId", "12 digits"],
    ["key.keychain", "system or file"],
    ["key.replacedKeyId", "id of the key that was stored before, or null"],
    ["key.wasThere", "whether this key was stored already"],
    ["formerKeyId", "the key of the profile that a rotation had replaced, or null"],
    [
      "sameKeyElsewhere[].file, .section, .line",
      "lines of AWS's files that still show the key's id",
    ],
    ["sameKeyElsewhere[].profile", "the profile that signs with the key there, or null"],
  ],
  async run(context: Context, args) {
    const { identity, profile } = args;
    const imported = await importKey(context, { identity, profile });
    const { stored, formerKeyId, sameKeyElsewhere, keyRotationIntervalMinutes } = imported;
    const key = stored === undefined ? null : storedKeyJson(stored);
    const json = {
      profile: imported.profile,
      key,
      formerKeyId: formerKeyId ?? null,
      sameKeyElsewhere: sameKeyElsewhere.map((each) => ({ profile: null, ...each })),
    };
    const done = importedLine(imported.profile, stored?.accessKeyId, formerKeyId);
    if (stored === undefined) {
      return { json, notes: formerKeyId === undefined ? [done] : successNotes([done]) };
    }
    const { awsConfig, awsCredentials } = context.paths;
    const occurrences = sameKeyElsewhere.map((each) => {
      const path = each.file === "config" ? awsConfig : awsCredentials;
      return occurrenceLine({ ...each, path }, stored.accessKeyId, stored.identity);
    });
    const notice = firstRotationNotice(keyRotationIntervalMinutes);
    const rest = notice === undefined ? occurrences : [...occurrences, notice];
    return { json, notes: successNotes([...storedKeyLines(stored), done, ...rest]) };
  },
});
