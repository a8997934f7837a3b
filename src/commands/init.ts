// awst init: writes a first configuration and prints the next step.

import { defineCommand } from "../args/command.ts";
import { list, withFlagName } from "../args/options.ts";
import { region } from "../args/session-options.ts";
import { initConfiguration } from "../flows/setup/init-configuration.ts";
import { parseAccount, parseRole } from "../model/setup/new-configuration.ts";
import type { Style } from "../output/style.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "init",
  group: "Start here",
  summary: "write a first configuration; asks a few questions",
  details:
    "Never replaces a configuration that exists. With --account, given once or more, awst asks nothing; without a terminal every value must be an option. Then it prints the next step: storing your access key in the keychain.",
  options: {
    account: list(
      "NAME=ID",
      "an account and its 12 digits; the first is the account of your IAM user",
      withFlagName(parseAccount),
    ),
    role: list(
      "NAME=LENGTH",
      "a role, and how long it can be used after one code",
      withFlagName(parseRole),
    ),
    region: region("the region of AWS calls and of the profiles"),
  },
  examples: [
    { line: "awst init", meaning: "with questions" },
    {
      line: "awst init --account main-account=111111111111 --role DeveloperAccess=4h --region eu-west-1",
      meaning: "without questions",
    },
  ],
  json: [
    ["path", "the file that was written"],
    ["mainAccount", "the default identity, and the AWS profile with its key"],
    ["keyIsInProfile", "whether that profile holds an access key"],
  ],
  async run(context: Context, { account, role, region, json }) {
    const made = await initConfiguration(context, { accounts: account, roles: role, region });
    const next = made.keyIsInProfile ? "awst key import" : "awst key add";
    const notesOf = (style: Style) => [
      style.ok(`wrote ${made.path}`),
      `next, store your access key in the keychain: ${next}`,
    ];
    return { json: made, notes: json ? [] : notesOf };
  },
});
