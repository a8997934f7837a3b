// awst init: writes a first configuration and prints the next step.

import { defineCommand } from "../args/command.ts";
import { list, withFlagName } from "../args/options.ts";
import { region } from "../args/session-options.ts";
import {
  type InitializedConfiguration,
  initConfiguration,
} from "../flows/setup/init-configuration.ts";
import { findingLines } from "../model/setup/import-findings.ts";
import { parseAccount, parseRole } from "../model/setup/new-configuration.ts";
import { listNames } from "../model/text/nearest-name.ts";
import type { Style } from "../output/style.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "init",
  group: "Start here",
  summary: "write a first configuration; asks a few questions",
  details:
    "Never replaces a configuration that exists. If AWS's files have profiles with roles, it offers to use them, as `import` does. At the end it offers to add the line of the shell function to your shell's start file. With --account, given once or more, awst asks nothing; without a terminal every value must be an option. Then it prints the next step: storing your access key in the keychain.",
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
    ["isImported", "whether it was made from AWS's files"],
    ["notImported", "profiles of AWS's files whose roles are not in the configuration"],
  ],
  async run(context: Context, { account, role, region, json }) {
    const made = await initConfiguration(context, { accounts: account, roles: role, region });
    const { path, mainAccount, keyIsInProfile, imported, notImported } = made;
    const isImported = imported !== undefined;
    return {
      json: { path, mainAccount, keyIsInProfile, isImported, notImported },
      notes: json ? [] : (style: Style) => notesOf(made, style),
    };
  },
});

function notesOf(made: InitializedConfiguration, style: Style): readonly string[] {
  const { path, keyIsInProfile, imported, notImported, shell } = made;
  const keys = imported?.keys.flatMap(({ remark, command: line }) => [
    ...(remark === undefined ? [] : [remark]),
    `next, store your access key in the keychain: ${line}`,
  ]);
  return [
    style.ok(`wrote ${path}`),
    ...findingLines(imported?.findings ?? []),
    ...(notImported.length === 0
      ? []
      : [`to add the roles of other profiles (${listNames(notImported, 5)}): awst import --merge`]),
    ...shellLines(shell),
    ...(keys ?? [
      `next, store your access key in the keychain: awst key ${keyIsInProfile ? "import" : "add"}`,
    ]),
  ];
}

function shellLines(shell: InitializedConfiguration["shell"]): readonly string[] {
  if (shell === undefined) return [];
  const { line, file, isAdded } = shell;
  return isAdded
    ? [`added to ${file}: ${line}; it works in the next shell that you open`]
    : [`to let assume change this shell, add to ${file}: ${line}`];
}
