// `init`: the first configuration, from what is given or asked. Never in the place of another.

import { fallbackRegion, isRegion } from "../../model/aws/partition.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { staticKeyOf } from "../../model/profile/long-term-keys.ts";
import { proposeFromProfiles } from "../../model/setup/imported-settings.ts";
import { configurationText, readAccount, readRole } from "../../model/setup/new-configuration.ts";
import type { Needs } from "../../ports.ts";
export type MakeNeeds = Needs<
  "paths" | "fileFingerprint" | "writeText" | "terminal" | "say" | "awsFiles" | "env"
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
  if (context.fileFingerprint(path) !== undefined) {
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

export interface GivenConfiguration {
  /** `NAME=12 DIGITS` each; the first is the identity's own. */
  readonly accounts: readonly string[];
  /** `NAME=DURATION` each; none: the two that are built in. */
  readonly roles: readonly string[];
  readonly region: string | undefined;
}

type AskNeeds = Needs<"terminal" | "say" | "awsFiles" | "env">;

/** CHOICE_NEEDED with nobody to ask; INTERRUPTED. */
export async function askForConfiguration(
  context: AskNeeds,
  given: GivenConfiguration,
): Promise<GivenConfiguration> {
  if (!(await context.terminal()).isHere()) {
    throw new AwstError("CHOICE_NEEDED", "no terminal to ask about accounts on", {
      hint: "awst init --account main-account=111111111111 --region eu-west-1",
    });
  }
  const usual = await usualProfile(context);
  const name = await ask(
    context,
    `AWS profile of your access key, and its account's name (${usual})`,
    (typed) => (typed === "" ? usual : typed),
  );
  const main = await ask(context, `12 digits of account ${name}`, (typed) => {
    readAccount(`${name}=${typed}`);
    return `${name}=${typed}`;
  });
  const here =
    given.region ??
    context.env["AWS_REGION"] ??
    context.env["AWS_DEFAULT_REGION"] ??
    fallbackRegion;
  const region = await ask(context, `region (${here})`, (typed) => {
    if (typed === "" || isRegion(typed)) return typed || here;
    throw new AwstError("USAGE", `${JSON.stringify(typed)} is not the name of a region`);
  });
  const accounts = await askAll(
    context,
    "another account, NAME=12 digits (Enter: no more)",
    readAccount,
  );
  const roles =
    given.roles.length > 0
      ? given.roles
      : await askAll(
          context,
          "a role, NAME=4h (Enter: DeveloperAccess=4h and AdminAccess=1h, or no more)",
          readRole,
        );
  return { accounts: [main, ...accounts], roles, region };
}

async function askAll(
  context: AskNeeds,
  text: string,
  check: (typed: string) => unknown,
): Promise<readonly string[]> {
  const all: string[] = [];
  for (;;) {
    const typed = await ask(context, text, (each) => {
      if (each !== "") check(each);
      return each;
    });
    if (typed === "") return all;
    all.push(typed);
  }
}

async function ask(
  context: AskNeeds,
  text: string,
  read: (typed: string) => string,
): Promise<string> {
  const terminal = await context.terminal();
  for (;;) {
    const typed = (await terminal.askText({ text })) ?? "";
    try {
      return read(typed.trim());
    } catch (error) {
      if (!isAwstError(error, "USAGE")) throw error;
      context.say(error.message);
    }
  }
}

/** The profile whose key others point at, or the one with a key; awstools' name where there is none. */
async function usualProfile(context: AskNeeds): Promise<string> {
  const nothing = { accounts: new Map(), roles: new Set<string>(), identities: new Map() };
  const { sources, keyProfiles } = proposeFromProfiles(
    await (await context.awsFiles()).read(),
    nothing,
  );
  const [first = "main-account"] = keyProfiles;
  return sources.find((each) => keyProfiles.includes(each)) ?? first;
}
