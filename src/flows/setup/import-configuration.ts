// `import`: makes lines for awst's configuration from the files of other tools. It changes neither their files
// nor an existing configuration.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { isAwstError } from "../../model/errors.ts";
import {
  type ImportedSettings,
  importSettings,
  type KnownNames,
} from "../../model/setup/imported-settings.ts";
import {
  configurationText,
  type NewRole,
  type NewSettings,
} from "../../model/setup/new-configuration.ts";
import { spellDuration } from "../../model/text/duration.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";

export interface ImportedConfiguration extends ImportedSettings {
  /** Whether there is a configuration already: the text can then be appended to it. */
  readonly exists: boolean;
  readonly settings: NewSettings;
  /** "" where everything is configured already. */
  readonly text: string;
  /** Profiles with a long-term key that is not in the keychain yet, with their identities. */
  readonly unimported: readonly {
    readonly profile: string;
    readonly identity: string | undefined;
  }[];
}

type ImportContext = Needs<"configurationFile" | "awsFiles" | "paths" | "fileFingerprint" | "env">;

/** Errors: CONFIGURATION_INVALID, FILE_UNREADABLE, FILE_MALFORMED. */
export async function importConfiguration(context: ImportContext): Promise<ImportedConfiguration> {
  const configuration = await loadIfExists(context);
  const texts = await (await context.awsFiles()).read();
  const found = importSettings(texts, knownNames(configuration));
  const remarks = [...toolRemarks(context, configuration), ...found.remarks];
  const { accounts, roles, identities } = found.settings;
  const [firstKey = "main-account"] = found.keyProfiles;
  const mainAccount = found.sources.find((each) => found.keyProfiles.includes(each)) ?? firstKey;
  const exists = configuration !== undefined;
  const settings: NewSettings = {
    ...(exists ? {} : { mainAccount, defaultRegion: context.env["AWS_REGION"] }),
    accounts,
    roles: withBuiltIns(configuration, roles),
    identities,
  };
  const isEmpty = accounts.length === 0 && roles.length === 0 && identities.length === 0;
  const text = isEmpty ? "" : configurationText(settings);
  const known = [...(configuration?.identities.values() ?? [])];
  const unimported = found.keyProfiles.flatMap((profile) => {
    const owner = known.find(({ awsProfile }) => awsProfile === profile)?.name;
    const isDefault = profile === mainAccount && !exists;
    const isNew = identities.some(({ awsProfile }) => awsProfile === profile);
    if (owner === undefined && !isDefault && !isNew) return [];
    const identity = owner ?? (isNew ? profile : undefined);
    return [
      { profile, identity: identity === configuration?.defaultIdentity ? undefined : identity },
    ];
  });
  return { ...found, remarks, exists, settings, text, unimported };
}

async function loadIfExists(
  context: Needs<"configurationFile">,
): Promise<Configuration | undefined> {
  try {
    return await loadConfiguration(context);
  } catch (error) {
    if (isAwstError(error, "CONFIGURATION_MISSING")) return undefined;
    throw error;
  }
}

/** The first table in [roles] replaces the built-in roles, so the text must list those too. */
function withBuiltIns(
  configuration: Configuration | undefined,
  roles: readonly NewRole[],
): readonly NewRole[] {
  if (configuration === undefined || configuration.rolesAreConfigured) return roles;
  if (roles.length === 0) return roles;
  const builtIn = [...configuration.roles.values()].filter(
    ({ name }) => !roles.some((role) => role.name === name),
  );
  const added = builtIn.map(({ name, durationSeconds }) => ({
    name,
    duration: spellDuration(durationSeconds),
  }));
  return [...added, ...roles];
}

function knownNames(configuration: Configuration | undefined): KnownNames {
  const accounts = [...(configuration?.accounts.values() ?? [])];
  const { defaultIdentity } = configuration ?? {};
  const identities = [...(configuration?.identities.values() ?? [])].sort(
    (one, other) => Number(other.name === defaultIdentity) - Number(one.name === defaultIdentity),
  );
  return {
    accounts: new Map(accounts.map(({ id, name }) => [id, name])),
    roles: new Set(configuration?.roles.keys() ?? []),
    identities: new Map(identities.map(({ awsProfile, name }) => [awsProfile, name])),
  };
}

/** Returns what else is known from files that other tools left. */
function toolRemarks(
  context: Needs<"paths" | "fileFingerprint">,
  configuration: Configuration | undefined,
): readonly string[] {
  const { home, configuration: path } = context.paths;
  const exists = (file: string) => context.fileFingerprint(`${home}/${file}`) !== undefined;
  return [
    ...(configuration === undefined
      ? []
      : [`${path} needs no import: awst reads it as it is, and awstools' configuration too`]),
    ...(exists(".awsume") || exists(".config/awsume")
      ? [
          "AWSume has its accounts and roles in AWS's own files, and they are imported; its cache is not needed",
        ]
      : []),
    ...(exists(".awsvault")
      ? ["to copy a key from aws-vault: aws-vault exec NAME --no-session -- env | awst key add"]
      : []),
  ];
}
