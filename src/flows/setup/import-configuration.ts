// `import`: what other tools left on this machine, as lines for awst's configuration. Nothing of theirs is
// changed; a configuration that is there is never touched.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { isAwstError } from "../../model/errors.ts";
import {
  type KnownNames,
  type ProfileProposal,
  proposeFromProfiles,
} from "../../model/setup/imported-settings.ts";
import {
  configurationText,
  type Proposal,
  type ProposedRole,
} from "../../model/setup/new-configuration.ts";
import { spellDuration } from "../../model/text/duration.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";

export interface ImportProposal extends ProfileProposal {
  /** Whether there is a configuration already: the text then stands behind it. */
  readonly isThere: boolean;
  readonly proposal: Proposal;
  /** "" where nothing is to be added. */
  readonly text: string;
  /** Key profiles that no identity has taken over: their names as identities. */
  readonly unimported: readonly {
    readonly profile: string;
    readonly identity: string | undefined;
  }[];
}

type ProposeNeeds = Needs<"configurationFile" | "awsFiles" | "paths" | "fileFingerprint" | "env">;

/** Errors: CONFIGURATION_INVALID, FILE_UNREADABLE, FILE_MALFORMED. */
export async function proposeImport(context: ProposeNeeds): Promise<ImportProposal> {
  const configuration = await loadIfThere(context);
  const texts = await (await context.awsFiles()).read();
  const found = proposeFromProfiles(texts, knownNames(configuration));
  const remarks = [...toolRemarks(context, configuration), ...found.remarks];
  const { accounts, roles, identities } = found.proposal;
  const [firstKey = "main-account"] = found.keyProfiles;
  const mainAccount = found.sources.find((each) => found.keyProfiles.includes(each)) ?? firstKey;
  const isThere = configuration !== undefined;
  const proposal: Proposal = {
    ...(isThere ? {} : { mainAccount, defaultRegion: context.env["AWS_REGION"] }),
    accounts,
    roles: withBuiltIns(configuration, roles),
    identities,
  };
  const isEmpty = accounts.length === 0 && roles.length === 0 && identities.length === 0;
  const text = isEmpty ? "" : configurationText(proposal);
  const known = [...(configuration?.identities.values() ?? [])];
  const unimported = found.keyProfiles.flatMap((profile) => {
    const owner = known.find(({ awsProfile }) => awsProfile === profile)?.name;
    const isDefault = profile === mainAccount && !isThere;
    const isProposed = identities.some(({ awsProfile }) => awsProfile === profile);
    if (owner === undefined && !isDefault && !isProposed) return [];
    const identity = owner ?? (isProposed ? profile : undefined);
    return [
      { profile, identity: identity === configuration?.defaultIdentity ? undefined : identity },
    ];
  });
  return { ...found, remarks, isThere, proposal, text, unimported };
}

async function loadIfThere(
  context: Needs<"configurationFile">,
): Promise<Configuration | undefined> {
  try {
    return await loadConfiguration(context);
  } catch (error) {
    if (isAwstError(error, "CONFIGURATION_MISSING")) return undefined;
    throw error;
  }
}

/** A first table of roles closes the list: those that were built in then have to stand in it. */
function withBuiltIns(
  configuration: Configuration | undefined,
  roles: readonly ProposedRole[],
): readonly ProposedRole[] {
  if (configuration === undefined || configuration.rolesAreConfigured) return roles;
  if (roles.length === 0) return roles;
  const builtIn = [...configuration.roles.values()].filter(
    ({ name }) => !roles.some((role) => role.name === name),
  );
  const told = builtIn.map(({ name, durationSeconds }) => ({
    name,
    duration: spellDuration(durationSeconds),
  }));
  return [...told, ...roles];
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

/** What else is known by its traces. */
function toolRemarks(
  context: Needs<"paths" | "fileFingerprint">,
  configuration: Configuration | undefined,
): readonly string[] {
  const { home, configuration: path } = context.paths;
  const isThere = (file: string) => context.fileFingerprint(`${home}/${file}`) !== undefined;
  return [
    ...(configuration === undefined
      ? []
      : [`${path} is read as it is, awstools' own too: what it says needs no import`]),
    ...(isThere(".awsume") || isThere(".config/awsume")
      ? [
          "AWSume keeps accounts and roles in AWS's own files: they are below; its cache is not needed",
        ]
      : []),
    ...(isThere(".awsvault")
      ? ["aws-vault's keys: aws-vault exec NAME --no-session -- env | awst key add"]
      : []),
  ];
}
