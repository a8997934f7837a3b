// `init`: writes a first configuration from options, or from answers to questions. It never replaces a
// configuration. An invalid answer is asked for again, with the reason.

import { fallbackRegion, isRegion } from "../../model/aws/partition.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { staticKeyOf } from "../../model/profile/long-term-keys.ts";
import { importSettings } from "../../model/setup/imported-settings.ts";
import {
  configurationText,
  type NewAccount,
  type NewRole,
  parseAccount,
  parseRole,
} from "../../model/setup/new-configuration.ts";
import type { Needs } from "../../ports.ts";

export type InitContext = Needs<
  "paths" | "fileFingerprint" | "writeText" | "terminal" | "say" | "awsFiles" | "env"
>;

export interface InitializedConfiguration {
  readonly path: string;
  /** The default identity, and the AWS profile with its key. */
  readonly mainAccount: string;
  readonly keyIsInProfile: boolean;
}

/** Errors: FILE_UNWRITABLE (it exists already), USAGE, CHOICE_NEEDED without a terminal, INTERRUPTED. */
export async function initConfiguration(
  context: InitContext,
  options: InitOptions,
): Promise<InitializedConfiguration> {
  const path = context.paths.configuration;
  if (context.fileFingerprint(path) !== undefined) {
    throw new AwstError("FILE_UNWRITABLE", `there is a configuration already: ${path}`, {
      hint: "awst config check",
    });
  }
  const answers = options.accounts.length > 0 ? options : await askForOptions(context, options);
  const { accounts, roles } = answers;
  const [main] = accounts;
  if (main === undefined) throw new Error("no account was given");
  const text = configurationText({
    defaultRegion: answers.region,
    mainAccount: main.name,
    accounts,
    roles,
    identities: [],
  });
  await context.writeText(path, text, { isNew: true });
  const texts = await (await context.awsFiles()).read();
  const keyIsInProfile = staticKeyOf(texts, main.name) !== undefined;
  return { path, mainAccount: main.name, keyIsInProfile };
}

export interface InitOptions {
  /** The identity's own account first. */
  readonly accounts: readonly NewAccount[];
  /** Empty for the two built-in roles. */
  readonly roles: readonly NewRole[];
  readonly region: string | undefined;
}

type QuestionContext = Needs<"terminal" | "say" | "awsFiles" | "env">;

/** Errors: CHOICE_NEEDED without a terminal, INTERRUPTED. */
async function askForOptions(context: QuestionContext, options: InitOptions): Promise<InitOptions> {
  if (!(await context.terminal()).isHere()) {
    throw new AwstError("CHOICE_NEEDED", "no terminal to ask for the accounts", {
      hint: "awst init --account main-account=111111111111 --region eu-west-1",
    });
  }
  const suggested = await suggestedProfile(context);
  const name = await ask(
    context,
    `AWS profile of your access key, and name of its account (${suggested})`,
    (typed) => typed || accept(context, suggested),
  );
  const main = await ask(context, `12 digits of account ${name}`, (typed) =>
    /^\d{12}$/.test(typed) ? parseAccount(`${name}=${typed}`) : reject("type 12 digits"),
  );
  const suggestedRegion =
    options.region ??
    context.env["AWS_REGION"] ??
    context.env["AWS_DEFAULT_REGION"] ??
    fallbackRegion;
  const region = await ask(context, `region (${suggestedRegion})`, (typed) => {
    if (typed === "" || isRegion(typed)) return typed || accept(context, suggestedRegion);
    return reject(`${JSON.stringify(typed)} is not the name of a region, such as eu-west-1`);
  });
  const accounts = await askAll(
    context,
    "another account, NAME=12 digits (Enter to continue)",
    parseAccount,
  );
  const roles =
    options.roles.length > 0
      ? options.roles
      : await askAll(
          context,
          "a role, NAME=4h (Enter to continue; without roles: DeveloperAccess=4h, AdminAccess=1h)",
          parseRole,
        );
  return { accounts: [main, ...accounts], roles, region };
}

/** Prints the default that an empty answer accepts. */
function accept(context: QuestionContext, suggested: string): string {
  context.say(`using ${suggested}`);
  return suggested;
}

function reject(message: string): never {
  throw new AwstError("USAGE", message);
}

async function askAll<T>(
  context: QuestionContext,
  text: string,
  parse: (typed: string) => T,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    const value = await ask(context, text, (typed) => (typed === "" ? undefined : parse(typed)));
    if (value === undefined) return all;
    all.push(value);
  }
}

async function ask<T>(
  context: QuestionContext,
  text: string,
  read: (typed: string) => T,
): Promise<T> {
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

/** Returns the source profile of other profiles, or one with a key, or awstools' usual name. */
async function suggestedProfile(context: QuestionContext): Promise<string> {
  const { mainProfile = "main-account" } = importSettings(await (await context.awsFiles()).read());
  return mainProfile;
}
