// awst import: what other tools left here, as lines for the configuration.

import { type ImportProposal, proposeImport } from "../flows/setup/propose-import.ts";
import { AwstError } from "../model/errors.ts";
import { commandLine } from "../model/text/command-line.ts";
import { flagOption, type Words } from "../model/words.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const found = await proposeImport(context);
  const path = context.paths.configuration;
  if (flagOption(words, "write")) await write(context, found);
  if (words.json) return context.out(toJson(found, path));
  for (const remark of found.remarks) context.say(remark);
  if (found.text === "") context.say("AWS's files name no role that is not configured");
  else if (flagOption(words, "write")) context.say(`${path} is written`);
  else {
    await context.out(found.text);
    const where = commandLine([path]);
    context.say(
      found.isThere
        ? `to take these over: awst import >> ${where}`
        : "to take these over: awst import --write",
    );
  }
  for (const { command } of keysOf(found))
    context.say(`the key goes into the keychain with: ${command}`);
}

async function write(context: Context, { isThere, text }: ImportProposal): Promise<void> {
  const path = context.paths.configuration;
  if (isThere) {
    throw new AwstError("FILE_UNWRITABLE", `there is a configuration already: ${path}`, {
      hint: `${commandLine(["awst", "import"])} >> ${commandLine([path])}`,
    });
  }
  if (text !== "") await context.writeText(path, text, { isNew: true });
}

function keysOf({ unimported }: ImportProposal) {
  return unimported.map(({ profile, identity }) => {
    const named = identity === undefined ? [] : ["--identity", identity];
    return { profile, command: commandLine(["awst", "key", "import", profile, ...named]) };
  });
}

function toJson(found: ImportProposal, configuration: string): string {
  const { isThere, text, proposal, remarks } = found;
  const answer = {
    version: 1,
    configuration,
    isThere,
    text,
    accounts: proposal.accounts.map(({ name, id, roles = [] }) => ({ name, id, roles })),
    roles: proposal.roles.map(({ name, duration }) => ({ name, duration })),
    identities: proposal.identities,
    keys: keysOf(found),
    remarks,
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}
