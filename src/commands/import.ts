// awst import: prints what other tools have configured, as lines for the configuration.

import { defineCommand } from "../args/command.ts";
import { flag } from "../args/options.ts";
import {
  type ImportedConfiguration,
  importConfiguration,
} from "../flows/setup/import-configuration.ts";
import { AwstError } from "../model/errors.ts";
import { commandLine } from "../model/text/command-line.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "import",
  group: "Start here",
  summary: "print profiles of AWSume, aws-vault and AWS files as configuration",
  details:
    "Profiles with role_arn become accounts and roles, source profiles with an access key become identities, and chains become `via`. awst prints what is not configured yet, and the command that stores each access key in the keychain. It deletes nothing. awst reads the configuration of awstools as it is.",
  options: {
    write: flag("write a first configuration; an existing one is never replaced"),
  },
  examples: [
    { line: "awst import", meaning: "print the lines" },
    { line: "awst import --write", meaning: "write them, if there is no configuration yet" },
    {
      line: "awst import > lines.toml",
      meaning: "lines to append to a configuration that exists",
    },
  ],
  json: [
    ["configuration", "path"],
    ["isThere", "whether it existed already"],
    ["text", 'the lines; "" if everything is configured'],
    ["accounts[].name, .id, .roles", "new ones"],
    ["roles[].name, .duration", "new ones"],
    ["identities[].name, .awsProfile", "new ones"],
    ["keys[].profile, .command", "profiles with a long-term key, and the command that stores it"],
    ["remarks", "what was found and skipped"],
  ],
  async run(context: Context, args) {
    const found = await importConfiguration(context);
    const path = context.paths.configuration;
    if (args.write) await write(context, found);
    const isPrinted = found.text !== "" && !args.write;
    return {
      json: toJson(found, path),
      text: isPrinted ? found.text : "",
      notes: args.json ? [] : notesOf(found, path, args.write),
    };
  },
});

function notesOf(
  found: ImportedConfiguration,
  path: string,
  isWritten: boolean,
): readonly string[] {
  const next = () => {
    if (found.text === "") return "AWS's files name no role that is not configured already";
    if (isWritten) return `wrote ${path}`;
    const line = found.exists ? `awst import >> ${commandLine([path])}` : "awst import --write";
    return `to add these to the configuration: ${line}`;
  };
  const keys = keysOf(found).map(
    ({ command: line }) => `to store the key in the keychain: ${line}`,
  );
  return [...found.remarks, next(), ...keys];
}

async function write(context: Context, { exists, text }: ImportedConfiguration): Promise<void> {
  const path = context.paths.configuration;
  if (exists) {
    throw new AwstError("FILE_UNWRITABLE", `there is a configuration already: ${path}`, {
      hint: `${commandLine(["awst", "import"])} >> ${commandLine([path])}`,
    });
  }
  if (text !== "") await context.writeText(path, text, { isNew: true });
}

function keysOf({ unimported }: ImportedConfiguration) {
  return unimported.map(({ profile, identity }) => {
    const named = identity === undefined ? [] : ["--identity", identity];
    return { profile, command: commandLine(["awst", "key", "import", profile, ...named]) };
  });
}

function toJson(found: ImportedConfiguration, configuration: string): object {
  const { exists, text, settings, remarks } = found;
  return {
    configuration,
    isThere: exists,
    text,
    accounts: settings.accounts.map(({ name, id, roles = [] }) => ({ name, id, roles })),
    roles: settings.roles.map(({ name, duration }) => ({ name, duration })),
    identities: settings.identities,
    keys: keysOf(found),
    remarks,
  };
}
