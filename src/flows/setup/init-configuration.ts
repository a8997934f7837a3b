// `init`: writes a first configuration from options, from AWS's files, or from answers to questions. It never replaces
// a configuration. An invalid answer is asked for again, with the reason.

import { fallbackRegion, isRegion } from "../../model/aws/partition.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { staticKeyOf } from "../../model/profile/long-term-keys.ts";
import { type ImportedSettings, importSettings } from "../../model/setup/imported-settings.ts";
import {
  configurationText,
  type NewAccount,
  type NewRole,
  parseAccount,
  parseRole,
} from "../../model/setup/new-configuration.ts";
import { listNames } from "../../model/text/nearest-name.ts";
import type { Needs } from "../../ports.ts";
import { type OfferedFunction, offerFunction } from "../shell/offer-function.ts";
import {
  type ImportedConfiguration,
  importConfiguration,
  writeFirst,
} from "./import-configuration.ts";

export type InitContext = Needs<
  | "paths"
  | "fileFingerprint"
  | "readText"
  | "writeText"
  | "configurationFile"
  | "state"
  | "terminal"
  | "say"
  | "awsFiles"
  | "env"
>;

export interface InitializedConfiguration {
  readonly path: string;
  /** The default identity, and the AWS profile with its key. */
  readonly mainAccount: string;
  readonly keyIsInProfile: boolean;
  /** What was taken from AWS's files instead of answers. */
  readonly imported: ImportedConfiguration | undefined;
  /** Old profile names whose roles are not in the configuration. */
  readonly notImported: readonly string[];
  readonly shell: OfferedFunction | undefined;
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
  const mayAsk = options.accounts.length === 0;
  const imported = mayAsk ? await offerImport(context) : undefined;
  if (imported !== undefined) {
    await writeFirst(context, imported);
    const { mainAccount = "" } = imported.settings;
    const made = await describe(context, mainAccount, imported);
    return { ...made, shell: await offerFunction(context, { mayAsk }) };
  }
  const found = importSettings(await (await context.awsFiles()).read());
  const answers = mayAsk ? await askForOptions(context, options, found) : options;
  const { accounts, roles } = answers;
  const [main] = accounts;
  if (main === undefined) throw new Error("no account was given");
  const text = configurationText({
    defaultRegion: answers.region,
    mainAccount: main.name,
    device: found.mainProfile === main.name ? found.settings.device : undefined,
    command: found.mainProfile === main.name ? found.settings.command : undefined,
    accounts,
    roles,
    identities: [],
  });
  await context.writeText(path, text, { isNew: true });
  const made = await describe(context, main.name, undefined);
  const notImported = found.aliases.map(({ name }) => name);
  return { ...made, notImported, shell: await offerFunction(context, { mayAsk }) };
}

async function describe(
  context: InitContext,
  mainAccount: string,
  imported: ImportedConfiguration | undefined,
): Promise<Omit<InitializedConfiguration, "shell">> {
  const texts = await (await context.awsFiles()).read();
  const keyIsInProfile = staticKeyOf(texts, mainAccount) !== undefined;
  const path = context.paths.configuration;
  return { path, mainAccount, keyIsInProfile, imported, notImported: [] };
}

/** Returns what AWS's files have, if the user wants it instead of questions. Errors: INTERRUPTED. */
async function offerImport(context: InitContext): Promise<ImportedConfiguration | undefined> {
  const terminal = await context.terminal();
  if (!terminal.isHere()) return undefined;
  const found = await importConfiguration(context);
  const names = found.aliases.map(({ name }) => name);
  if (names.length === 0) return undefined;
  const text = `AWS's files have profiles with roles (${listNames(names, 5)}). Use them?`;
  return (await terminal.confirm({ text })) ? found : undefined;
}

export interface InitOptions {
  /** The identity's own account first. */
  readonly accounts: readonly NewAccount[];
  /** Empty for the two built-in roles. */
  readonly roles: readonly NewRole[];
  readonly region: string | undefined;
}

type QuestionContext = Needs<"terminal" | "say" | "env">;

/** Errors: CHOICE_NEEDED without a terminal, INTERRUPTED. */
async function askForOptions(
  context: QuestionContext,
  options: InitOptions,
  found: ImportedSettings,
): Promise<InitOptions> {
  if (!(await context.terminal()).isHere()) {
    throw new AwstError("CHOICE_NEEDED", "no terminal to ask for the accounts", {
      hint: "awst init --account main-account=111111111111 --region eu-west-1",
    });
  }
  const suggested = found.mainProfile ?? "main-account";
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
    found.settings.defaultRegion ??
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
