// `import`: makes settings of awst's configuration from the files of other tools, and writes them: a first
// configuration, or into one that exists. Nothing that is configured already is changed.

import type { Account, Configuration } from "../../model/configuration/configuration.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { awsumeRemarks } from "../../model/setup/awsume-settings.ts";
import {
  type ImportedSettings,
  importSettings,
  type RoleOffer,
} from "../../model/setup/imported-settings.ts";
import { mergeText } from "../../model/setup/merged-text.ts";
import { configurationText, hasSettings } from "../../model/setup/new-configuration.ts";
import type { Needs } from "../../ports.ts";
import { loadUnlessMissing } from "../session/load-configuration.ts";

export interface ImportedConfiguration extends ImportedSettings {
  /** Whether there is a configuration already. */
  readonly exists: boolean;
  /** The new settings as TOML; "" where everything is configured already. */
  readonly text: string;
  /** What else is known of the tools that were used, one line each. */
  readonly toolRemarks: readonly string[];
}

export type ImportContext = Needs<
  "configurationFile" | "awsFiles" | "paths" | "fileFingerprint" | "env" | "state" | "readText"
>;

/** Errors: CONFIGURATION_INVALID, FILE_UNREADABLE, FILE_MALFORMED. */
export async function importConfiguration(context: ImportContext): Promise<ImportedConfiguration> {
  const configuration = await loadIfExists(context);
  const texts = await (await context.awsFiles()).read();
  const exists = (file: string) =>
    context.fileFingerprint(`${context.paths.home}/${file}`) !== undefined;
  const found = importSettings(texts, configuration, {
    region: context.env["AWS_REGION"],
    usesAwsVault: exists(".awsvault") || context.env["AWS_VAULT_BACKEND"] !== undefined,
    usesGranted: exists(".granted"),
  });
  const isEmpty = !hasSettings(found.settings) && found.mainProfile === undefined;
  const isKnown = configuration !== undefined && !hasSettings(found.settings);
  const text = isEmpty || isKnown ? "" : configurationText(found.settings);
  const toolRemarks = [
    ...(configuration === undefined || text !== ""
      ? []
      : [
          `${context.paths.configuration} needs no import: awst reads it as it is, and awstools' configuration too`,
        ]),
    ...(await readAwsume(context)),
  ];
  const stored = configuration === undefined ? {} : context.state.read(cachedKeyIdsFile);
  const keys = found.keys.filter(({ identity, isInFile }) => isInFile || !stored[identity]);
  return { ...found, keys, exists: configuration !== undefined, text, toolRemarks };
}

/** AWSume's own settings: in its folder, or where XDG has them. */
async function readAwsume(context: ImportContext): Promise<readonly string[]> {
  const { home } = context.paths;
  const xdg = context.env["XDG_CONFIG_HOME"] || `${home}/.config`;
  const remarks: string[] = [];
  for (const path of [`${home}/.awsume/config.yaml`, `${xdg}/awsume/config.yaml`]) {
    if (context.fileFingerprint(path) === undefined) continue;
    const text = await context.readText(path).catch((error: unknown) => {
      if (!isAwstError(error)) throw error;
      return undefined;
    });
    remarks.push(...awsumeRemarks(path, text));
  }
  return remarks;
}

async function loadIfExists(
  context: Needs<"configurationFile">,
): Promise<Configuration | undefined> {
  const loaded = await loadUnlessMissing(context);
  return loaded instanceof AwstError ? undefined : loaded;
}

type MergeContext = ImportContext & Needs<"writeText">;

/** Errors: FILE_UNWRITABLE (it exists already), CONFIGURATION_INVALID. Nothing is written then. */
export async function writeFirstConfiguration(
  context: MergeContext,
  { exists, text }: ImportedConfiguration,
): Promise<void> {
  const path = context.paths.configuration;
  if (exists) {
    throw new AwstError("FILE_UNWRITABLE", `there is a configuration already: ${path}`, {
      hint: "awst import --merge",
    });
  }
  if (text === "") return;
  await refuseUnlessValid(context, text);
  await context.writeText(path, text, { isNew: true });
}

/**
 * Adds the settings to the configuration. Returns the roles that its accounts do not offer and that have to be added
 * by hand. Errors: CONFIGURATION_INVALID where the result would be invalid or lose a setting; nothing is written then.
 */
export async function mergeIntoConfiguration(
  context: MergeContext,
  found: ImportedConfiguration,
): Promise<readonly RoleOffer[]> {
  if (!found.exists) {
    await writeFirstConfiguration(context, found);
    return [];
  }
  const file = await context.configurationFile();
  const { configuration: before, fingerprint } = await file.load();
  const text = await file.text();
  const isLeft = ({ account, role }: RoleOffer) =>
    mergeText(text, { accounts: [], roles: [], identities: [] }, [{ account, role }]).left.length >
    0;
  const left = found.offers.filter(isLeft);
  const isWritable = ({ account, role }: RoleOffer) =>
    !left.some((each) => each.account === account && each.role === role);
  const aliases = found.settings.aliases?.filter(isWritable) ?? [];
  const offers = found.offers.filter(isWritable);
  const merged = mergeText(text, { ...found.settings, aliases }, offers).text;
  if (merged === text) return left;
  const after = await refuseUnlessValid(context, merged);
  refuseIfLost(before, after, context.paths.configuration);
  if ((await file.load()).fingerprint !== fingerprint) {
    const message = `${context.paths.configuration} changed during the import`;
    throw new AwstError("CONFIGURATION_INVALID", message, { hint: "awst import --merge" });
  }
  await context.writeText(context.paths.configuration, merged);
  return left;
}

/** Reads the text back as the next command will. Every text that awst writes as configuration passes here first.
 *  Errors: CONFIGURATION_INVALID. */
export async function refuseUnlessValid(
  context: Needs<"configurationFile" | "paths">,
  text: string,
  hint = "awst import prints the lines to add by hand",
): Promise<Configuration> {
  const file = await context.configurationFile();
  const { configuration, problems } = await file.checkText(text);
  if (configuration !== undefined) return configuration;
  const { paths } = context;
  const [first] = problems;
  const message = `${paths.configuration} is unchanged, because it would be invalid: ${first?.message}`;
  throw new AwstError("CONFIGURATION_INVALID", message, { hint });
}

/** Everything that was configured must be configured in the same way afterwards. */
function refuseIfLost(before: Configuration, after: Configuration, path: string): void {
  const lost = [
    ...[...before.accounts.values()].filter(({ name }) => !isUnchanged(name, before, after)),
    ...differing(before.roles, after.roles),
    ...differing(before.identities, after.identities),
    ...differing(before.aliases, after.aliases),
  ];
  const isSame = before.defaultIdentity === after.defaultIdentity;
  if (lost.length === 0 && isSame) return;
  throw new AwstError("CONFIGURATION_INVALID", `${path} is unchanged: a setting would change`, {
    hint: "awst import prints the lines to add by hand",
  });
}

/** A new role may join those of an account, and nothing else. */
function isUnchanged(name: string, before: Configuration, after: Configuration): boolean {
  const without = ({ roles: _, roleSettings: __, ...account }: Account) => JSON.stringify(account);
  const [old, now] = [before.accounts.get(name), after.accounts.get(name)];
  if (old === undefined || now === undefined || without(old) !== without(now)) return false;
  const hasRoles = old.roles?.every((each) => now.roles?.includes(each)) ?? now.roles === undefined;
  return (
    hasRoles && differing(old.roleSettings ?? new Map(), now.roleSettings ?? new Map()).length === 0
  );
}

function differing<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): readonly T[] {
  const isSame = (name: string, value: T) =>
    JSON.stringify(after.get(name)) === JSON.stringify(value);
  return [...before].filter(([name, value]) => !isSame(name, value)).map(([, value]) => value);
}
