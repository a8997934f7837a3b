// awst import: makes configuration of what other tools have in AWS's files, and writes it.

import { defineCommand } from "../args/command.ts";
import { flag } from "../args/options.ts";
import { type TakenOverProfiles, takeOverProfiles } from "../flows/profile/take-over-profiles.ts";
import {
  type ImportedConfiguration,
  importConfiguration,
  mergeIntoConfiguration,
  writeFirstConfiguration,
} from "../flows/setup/import-configuration.ts";
import { findingLines } from "../model/setup/import-findings.ts";
import type { RoleOffer } from "../model/setup/imported-settings.ts";
import { commandLine } from "../model/text/command-line.ts";
import { listNames } from "../model/text/nearest-name.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "import",
  group: "Start here",
  summary: "print or write profiles of AWSume, aws-vault and others as configuration",
  details:
    "Profiles with role_arn become accounts and roles, their names become aliases, source profiles become identities, and chains become `via`. Sections of aws-mfa, aws-runas and Granted are read too. awst prints what is not configured yet, every setting that is not taken over, and the command that stores each access key in the keychain. Without --take-over, it changes none of AWS's files; `awst profile remove PROFILE` undoes --take-over. awst reads the configuration of awstools as it is.",
  options: {
    write: flag("write a first configuration; an existing one is never replaced"),
    merge: flag("add what is missing to the configuration; existing settings stay unchanged"),
    takeOver: flag("make the old profiles call awst; their own lines stay as comments"),
  },
  conflicts: { write: ["merge"] },
  examples: [
    { line: "awst import", meaning: "print the lines, and what is not taken over" },
    { line: "awst import --write", meaning: "write them, if there is no configuration yet" },
    { line: "awst import --merge", meaning: "add them to the configuration" },
    {
      line: "awst import --merge --take-over",
      meaning: "and make the old profiles call awst, under their old names",
    },
  ],
  json: [
    ["configuration", "path"],
    ["isThere", "whether it existed already"],
    ["text", 'the lines; "" if everything is configured'],
    ["accounts[].name, .id, .roles", "new ones"],
    ["roles[].name, .duration", "new ones"],
    ["identities[].name, .awsProfile", "new ones"],
    ["aliases[].name, .account, .role", "old profile names, and the role of each"],
    ["keys[].profile, .command", "profiles of access keys, and the command that stores each key"],
    [
      "findings[].profile, .setting, .why, .next",
      "what is not taken over; setting null: the whole profile",
    ],
    ["notAdded[].account, .role", "with --merge: roles to add to their accounts by hand"],
    ["takenOver", "with --take-over: profiles that call awst from now on"],
    ["skipped[].name, .why", "with --take-over: profiles that do not"],
  ],
  async run(context: Context, args) {
    const found = await importConfiguration(context);
    if (args.write) await writeFirstConfiguration(context, found);
    const notAdded = args.merge ? await mergeIntoConfiguration(context, found) : [];
    const isWritten = args.write || args.merge;
    const aliases = found.aliases.map(({ name }) => name);
    const taken = args.takeOver ? await takeOverProfiles(context, aliases) : undefined;
    const path = context.paths.configuration;
    return {
      json: { ...toJson(found, path, notAdded), ...(taken ?? { takenOver: [], skipped: [] }) },
      text: isWritten || args.takeOver ? "" : found.text,
      notes: args.json
        ? []
        : [...notesOf(found, path, isWritten, notAdded), ...takeOverLines(found, taken)],
    };
  },
});

function notesOf(
  found: ImportedConfiguration,
  path: string,
  isWritten: boolean,
  notAdded: readonly RoleOffer[],
): readonly string[] {
  const next = () => {
    if (found.text === "") return "AWS's files name no role that is not configured already";
    if (isWritten) return found.exists ? `added to ${path}` : `wrote ${path}`;
    return `to add these to the configuration: awst import --${found.exists ? "merge" : "write"}`;
  };
  return [
    ...found.toolRemarks,
    ...findingLines(found.findings),
    ...notAdded.map(({ account, role }) => `not added: role ${role} of account ${account}`),
    next(),
    ...found.keys.flatMap(({ remark, command: line }) => [
      ...(remark === undefined ? [] : [remark]),
      `to store the key in the keychain: ${line}`,
    ]),
  ];
}

function takeOverLines(
  found: ImportedConfiguration,
  taken: TakenOverProfiles | undefined,
): readonly string[] {
  if (taken === undefined) {
    const [first] = found.aliases;
    if (first === undefined) return [];
    return ["to make the old profiles call awst: add --take-over"];
  }
  const [first] = taken.takenOver;
  return [
    ...(first === undefined ? [] : [`these profiles call awst now: ${listNames(taken.takenOver)}`]),
    ...taken.skipped.map(({ name, why }) => `skipped profile ${JSON.stringify(name)}: ${why}`),
    ...(first === undefined
      ? []
      : [`to undo it: ${commandLine(["awst", "profile", "remove", ...taken.takenOver])}`]),
  ];
}

function toJson(
  found: ImportedConfiguration,
  configuration: string,
  notAdded: readonly RoleOffer[],
): object {
  const { exists, text, settings, findings, aliases, keys } = found;
  return {
    configuration,
    isThere: exists,
    text,
    accounts: settings.accounts.map(({ name, id, roles, ownRoles = [] }) => ({
      name,
      id,
      roles: roles ?? ownRoles.map(([role]) => role),
    })),
    roles: settings.roles.map(({ name, duration }) => ({ name, duration })),
    identities: settings.identities.map(({ name, awsProfile }) => ({ name, awsProfile })),
    aliases,
    keys: keys.map(({ profile, command: line }) => ({ profile, command: line })),
    findings: findings.map(({ profile, setting, why, next }) => ({
      profile,
      setting: setting ?? null,
      why,
      next: next ?? null,
    })),
    notAdded: notAdded.map(({ account, role }) => ({ account, role })),
  };
}
