// `init`: writes a first configuration from options, from AWS's files, or from answers to questions. It never replaces
// a configuration. An invalid answer is asked for again, with the reason: each answer is checked in the text that would be
// written, and the whole text again before it is written.

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
  refuseUnlessValid,
  writeFirstConfiguration,
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

/** Errors: FILE_UNWRITABLE (it exists already), USAGE, CHOICE_NEEDED without a terminal, CONFIGURATION_INVALID,
 *  INTERRUPTED. Nothing is written then. */
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
  refuseDuplicates("--account", options.accounts);
  refuseDuplicates("--role", options.roles);
  const mayAsk = options.accounts.length === 0;
  const imported = mayAsk ? await offerImport(context) : undefined;
  if (imported !== undefined) {
    await writeFirstConfiguration(context, imported);
    const { mainAccount = "" } = imported.settings;
    const made = await describe(context, mainAccount, imported);
    return { ...made, shell: await offerFunction(context, { mayAsk }) };
  }
  const found = importSettings(await (await context.awsFiles()).read());
  const answers = mayAsk ? await askForOptions(context, options, found) : options;
  const [main] = answers.accounts;
  if (main === undefined) throw new Error("no account was given");
  const isMain = found.mainProfile === main.name;
  const { device, command } = isMain ? found.settings : {};
  const text = textOf({ ...answers, device, command });
  await refuseUnlessValid(context, text, "awst init");
  await context.writeText(path, text, { isNew: true });
  const made = await describe(context, main.name, undefined);
  const notImported = found.aliases.map(({ name }) => name);
  return { ...made, notImported, shell: await offerFunction(context, { mayAsk }) };
}

interface FirstSettings extends InitOptions {
  readonly device?: string | undefined;
  readonly command?: string | undefined;
}

function textOf({ region, accounts, ...more }: FirstSettings): string {
  const mainAccount = accounts[0]?.name;
  return configurationText({
    defaultRegion: region,
    mainAccount,
    accounts,
    ...more,
    identities: [],
  });
}

/** Of two values for one name, awst can't know which is right. Errors: USAGE. */
function refuseDuplicates(flag: string, all: readonly { readonly name: string }[]): void {
  const names = all.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice === undefined) return;
  throw new AwstError("USAGE", `${flag}: ${JSON.stringify(twice)} is given twice`);
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

type QuestionContext = Needs<"terminal" | "say" | "env" | "configurationFile" | "paths">;

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
  const given = options.roles;
  const check = async (answers: Partial<InitOptions>) =>
    refuseInvalidAnswer(context, { region: undefined, accounts: [], roles: given, ...answers });
  const name = await ask(
    context,
    `AWS profile of your access key, and name of its account (${suggested})`,
    async (typed) => {
      await check({ accounts: [{ name: typed || suggested, id: "111111111111" }] });
      return typed || accept(context, suggested);
    },
  );
  const main = await ask(context, `12 digits of account ${name}`, (typed) =>
    /^\d{12}$/.test(typed) ? { name, id: typed } : reject("type 12 digits"),
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
    { text: "another account, NAME=12 digits (Enter to continue)", first: [main] },
    parseAccount,
    (accounts) => check({ accounts }),
  );
  const roles =
    given.length > 0
      ? given
      : await askAll(
          context,
          {
            text: "a role, NAME=4h (Enter to continue; without roles: DeveloperAccess=4h, AdminAccess=1h)",
            first: [],
          },
          parseRole,
          (roles) => check({ accounts, roles }),
        );
  return { accounts, roles, region };
}

/** Errors: USAGE where a configuration with these answers would be invalid. */
async function refuseInvalidAnswer(context: QuestionContext, answers: InitOptions): Promise<void> {
  const { problems } = await (await context.configurationFile()).checkText(textOf(answers));
  const [first] = problems;
  if (first !== undefined) reject(first.message);
}

/** Prints the default that an empty answer accepts. */
function accept(context: QuestionContext, suggested: string): string {
  context.say(`using ${suggested}`);
  return suggested;
}

function reject(message: string): never {
  throw new AwstError("USAGE", message);
}

/** Asks until the answer is empty. A name that is typed again replaces its earlier value, in its place. */
async function askAll<T extends { readonly name: string }>(
  context: QuestionContext,
  { text, first }: { readonly text: string; readonly first: readonly T[] },
  parse: (typed: string) => T,
  check: (all: readonly T[]) => Promise<void>,
): Promise<readonly T[]> {
  let all = first;
  for (;;) {
    const next = await ask(context, text, async (typed) => {
      if (typed === "") return undefined;
      const value = parse(typed);
      const isKnown = all.some(({ name }) => name === value.name);
      const others = all.map((each) => (each.name === value.name ? value : each));
      const changed = isKnown ? others : [...all, value];
      await check(changed);
      if (isKnown) context.say(`replaced the earlier value of ${JSON.stringify(value.name)}`);
      return changed;
    });
    if (next === undefined) return all;
    all = next;
  }
}

async function ask<T>(
  context: QuestionContext,
  text: string,
  read: (typed: string) => T | Promise<T>,
): Promise<T> {
  const terminal = await context.terminal();
  for (;;) {
    const typed = (await terminal.askText({ text })) ?? "";
    try {
      return await read(typed.trim());
    } catch (error) {
      if (!isAwstError(error, "USAGE")) throw error;
      context.say(error.message);
    }
  }
}
