// awst init: writes a first configuration, and prints the next step.

import { defineCommand } from "../args/command.ts";
import { list, text } from "../args/options.ts";
import { initConfiguration } from "../flows/setup/init-configuration.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "init",
  group: "Start here",
  summary: "write a first configuration, from a few questions",
  details:
    "Never in the place of another. Without a terminal everything is given by options; --account, given once or more, asks nothing. What comes next is said: the key's way into the keychain.",
  options: {
    account: list(
      "NAME=ID",
      "an account and its 12 digits; the first is the one your IAM user is in",
    ),
    role: list("NAME=LENGTH", "a role, and how long a code is good for"),
    region: text("REGION", "where STS and IAM are called; the profiles' region"),
  },
  examples: [
    { line: "awst init", meaning: "asks" },
    {
      line: "awst init --account main-account=111111111111 --role DeveloperAccess=4h --region eu-west-1",
      meaning: "does not",
    },
  ],
  json: [
    ["path", "the file that was written"],
    ["mainAccount", "the default identity, and the AWS profile with its key"],
    ["keyIsInProfile", "whether that profile holds the key now"],
  ],
  async run(context: Context, { account, role, region, json }) {
    const made = await initConfiguration(context, { accounts: account, roles: role, region });
    const next = made.keyIsInProfile ? "awst key import" : "awst key add";
    const notes = [`wrote ${made.path}`, `next, store your access key in the keychain: ${next}`];
    return { json: made, notes: json ? [] : notes };
  },
});
