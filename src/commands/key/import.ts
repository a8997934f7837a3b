// `awst key import [PROFILE]`: the key of an AWS profile into the keychain, and out of the file.

import { defineCommand } from "../../args/command.ts";
import { optional } from "../../args/options.ts";
import { importKey } from "../../flows/key/store-key.ts";
import { describeStoredKey, storedKeyLines } from "../../output/key/key-report.ts";
import { firstRotationNotice } from "../../output/rotation/notice-report.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key import",
  group: "Keys",
  summary: "take the key from an AWS profile, and the plain text out of its file",
  details:
    "Stores, reads back, proves, and then puts a credential_process line where the key stood, so that the profile goes on working, with the MFA session.",
  arguments: {
    profile: optional("PROFILE", "default: the identity's own, `profiles.mainAccount`"),
  },
  examples: [
    { line: "awst key import", meaning: "the profile that the configuration names" },
    { line: "awst key import other-org --identity other-org", meaning: "another identity's" },
  ],
  json: [
    ["profile", "the AWS profile it was taken from"],
    ["key", "null where the profile called awst already; else:"],
    ["key.identity", "the IAM user's name in the configuration"],
    ["key.accessKeyId", "the key's id"],
    ["key.arn", "whose key AWS says it is"],
    ["key.accountId", "12 digits"],
    ["key.keychain", "system or file"],
    ["key.replacedKeyId", "id of another key that was there before, or null"],
    ["key.wasThere", "whether this very key was there already"],
    [
      "sameKeyElsewhere[].file, .section, .line",
      "lines of AWS's files that still show the key's id",
    ],
  ],
  async run(context: Context, args) {
    const { profile } = args;
    const imported = await importKey(context, { identity: args.identity, profile });
    const { stored, sameKeyElsewhere } = imported;
    if (args.json) {
      const key = stored && describeStoredKey(stored);
      const said = { version: 1, profile: imported.profile, key: key ?? null, sameKeyElsewhere };
      await context.out(`${JSON.stringify(said)}\n`);
    }
    if (stored === undefined) {
      context.say(`profile "${imported.profile}" calls awst already: nothing to import`);
      return {};
    }
    for (const line of storedKeyLines(stored)) context.say(line);
    context.say(`profile "${imported.profile}" now asks awst, and no longer holds the key`);
    for (const { file, section, line } of sameKeyElsewhere) {
      const path = file === "config" ? context.paths.awsConfig : context.paths.awsCredentials;
      const where = section === undefined ? "" : ` [${section}]`;
      context.say(`${path}:${line}${where} still contains ${stored.accessKeyId}`);
    }
    const terms = firstRotationNotice(imported.keyRotationIntervalMinutes);
    if (terms !== undefined) context.say(terms);
    return {};
  },
});
