// `init`: the first configuration, from what is given or asked. Never in the place of another.

import { isRegion } from "../../model/aws/partition.ts";
import { AwstError } from "../../model/errors.ts";
import { staticKeyOf } from "../../model/profile/profile-sections.ts";
import { configurationText } from "../../model/setup/first-configuration.ts";
import { readAccount, readRole } from "../../model/setup/written-names.ts";
import type { Needs } from "../../ports.ts";
import { askForConfiguration, type GivenConfiguration } from "./ask-for-configuration.ts";

export type MakeNeeds = Needs<
  "paths" | "stamp" | "writeText" | "terminal" | "say" | "awsFiles" | "env"
>;

export interface MadeConfiguration {
  readonly path: string;
  /** The default identity, and the AWS profile with its key. */
  readonly mainAccount: string;
  readonly keyIsInProfile: boolean;
}

/** Errors: FILE_UNWRITABLE where there is one, USAGE, CHOICE_NEEDED with nobody to ask, INTERRUPTED. */
export async function makeConfiguration(
  context: MakeNeeds,
  given: GivenConfiguration,
): Promise<MadeConfiguration> {
  const path = context.paths.configuration;
  if (context.stamp(path) !== undefined) {
    throw new AwstError("FILE_UNWRITABLE", `there is a configuration already: ${path}`, {
      hint: "awst config check",
    });
  }
  const wanted = given.accounts.length > 0 ? given : await askForConfiguration(context, given);
  const accounts = wanted.accounts.map(readAccount);
  const [main] = accounts;
  if (main === undefined) throw new Error("no account was asked for");
  if (wanted.region !== undefined && !isRegion(wanted.region)) {
    throw new AwstError("USAGE", `${JSON.stringify(wanted.region)} is not the name of a region`);
  }
  const text = configurationText({
    defaultRegion: wanted.region,
    mainAccount: main.name,
    accounts,
    roles: wanted.roles.map(readRole),
    identities: [],
  });
  await context.writeText(path, text, { isNew: true });
  const texts = await (await context.awsFiles()).read();
  const keyIsInProfile = staticKeyOf(texts, main.name) !== undefined;
  return { path, mainAccount: main.name, keyIsInProfile };
}
