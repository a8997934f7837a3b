// Reads settings for awst's configuration from AWS's files, which AWSume, aws-vault, Granted, aws-mfa and aws-runas
// use too: roles, accounts, identities, and the old profile names as aliases. Every setting of an imported profile is
// taken over, or becomes a finding.

import type { Account, Configuration } from "../configuration/configuration.ts";
import { offeredRoles, roleIn } from "../configuration/find-in-configuration.ts";
import { defaultTemplates, profileNames, whyInvalidName } from "../configuration/profile-names.ts";
import { quoteKey } from "../configuration/toml-table.ts";
import type { AwsFileTexts } from "../profile/profile-sections.ts";
import { spellDuration } from "../text/duration.ts";
import {
  type AccountEntry,
  type GroupedRoles,
  groupRoles,
  nameEntries,
} from "./account-entries.ts";
import { type ForeignProfiles, readForeignProfiles } from "./foreign-profiles.ts";
import type { ImportFinding } from "./import-findings.ts";
import {
  canBeIdentity,
  type ImportedIdentity,
  identityNames,
  type KeyToStore,
  keyToStore,
  readIdentity,
} from "./imported-identities.ts";
import type { NewAlias, NewSettings } from "./new-configuration.ts";
import { longTermSuffix, type RoleProfile, readRoleProfiles } from "./role-profiles.ts";
import { shareRoleSettings } from "./shared-role-settings.ts";
import { otherFindings } from "./unknown-settings.ts";

export interface ImportedSettings {
  /** What the configuration lacks. */
  readonly settings: NewSettings;
  /** Roles that accounts of the configuration do not offer yet. */
  readonly offers: readonly RoleOffer[];
  /** Every old profile name whose role is configured now, new or not. */
  readonly aliases: readonly NewAlias[];
  readonly keys: readonly KeyToStore[];
  /** The profile with the key of most roles, or else one with a key. */
  readonly mainProfile: string | undefined;
  readonly findings: readonly ImportFinding[];
}

export interface RoleOffer {
  readonly account: string;
  readonly role: string;
  /** Where neither [roles] nor awst has one for this role. */
  readonly duration?: string | undefined;
}

export interface ImportHints {
  /** AWS_REGION of the environment. */
  readonly region?: string | undefined;
  readonly usesAwsVault: boolean;
  readonly usesGranted: boolean;
}

const noHints: ImportHints = { usesAwsVault: false, usesGranted: false };

/** `configuration`: the existing one. */
export function importSettings(
  texts: AwsFileTexts,
  configuration?: Configuration,
  hints: ImportHints = noHints,
): ImportedSettings {
  const profiles = readForeignProfiles(texts);
  const findings: ImportFinding[] = [];
  const all = readRoleProfiles(profiles, findings).filter((each) => isImportable(each, findings));
  const roles = inOnePartition(all, findings);
  const roots = byCount(roles.map(({ root }) => root));
  const withKey = [...profiles.values()].filter(({ origin }) => origin.kind === "key");
  const mainProfile = roots[0] ?? withKey[0]?.name;
  const names = identityNames(roots, profiles, configuration);
  const main = configuration?.defaultIdentity ?? names.get(roots[0] ?? "") ?? mainProfile;
  const defaultRegion =
    configuration === undefined
      ? newDefaultRegion(mainProfile, profiles, hints)
      : configuration.defaultRegion;

  const wanted = [
    ...new Set([...roots, ...(roots.length === 0 && mainProfile ? [mainProfile] : [])]),
  ];
  const identities = new Map<string, ImportedIdentity & { readonly root: string }>();
  for (const root of wanted) {
    const name = names.get(root) ?? configuration?.defaultIdentity ?? root;
    if (identities.has(name)) continue;
    const own = roles.filter((each) => names.get(each.root) === name);
    const isDefault = name === main;
    const facts = { profiles, roles: own, configuration, defaultRegion, isDefault };
    identities.set(name, { ...readIdentity(name, root, facts, findings), root });
  }

  const known = [...(configuration?.accounts.values() ?? [])].map((account) => ({
    ...account,
    identity: account.identity ?? configuration?.defaultIdentity ?? "",
  }));
  const grouped = groupRoles(roles, (root) => names.get(root) ?? root, known);
  const accountNames = nameEntries(
    grouped.entries,
    known.map(({ name }) => name),
  );
  const fresh = grouped.entries.filter((each) => each.known === undefined);
  const shared = shareRoleSettings(fresh, {
    nameOf: (entry) => accountNames.get(entry) ?? entry.id,
    identityOf: (entry) => (entry.identity === main ? undefined : entry.identity),
    configuration,
  });
  const more = settingsOfKnown(grouped, configuration, findings);
  const aliases = findAliases(grouped, accountNames, {
    profiles,
    taken: [...identities.values()].map(({ awsProfile }) => awsProfile),
    configuration,
    findings,
  });
  const mainIdentity = [...identities.values()].find(({ isDefault }) => isDefault);
  const isFirst = configuration === undefined;
  findings.push(...otherFindings({ profiles, roles, wanted, defaultRegion, isFirst }));
  // Only aws-vault reads these.
  const ofAwsVault = ["include_profile", "parent_profile", "mfa_process", "session_tags"];
  const usesAwsVault =
    hints.usesAwsVault ||
    [...profiles.values()].some(({ keys }) => keys.some((key) => ofAwsVault.includes(key)));
  const existing = configuration?.aliases ?? new Map();
  return {
    settings: {
      defaultRegion: isFirst ? defaultRegion : undefined,
      mainAccount: isFirst ? (main ?? "main-account") : undefined,
      mfaSessionProfile: sessionProfileOf(mainProfile, aliases, profiles),
      device: isFirst ? mainIdentity?.device : undefined,
      command: isFirst ? mainIdentity?.command : undefined,
      accounts: shared.accounts,
      roles: [...shared.roles, ...more.roles],
      identities: [...identities.values()].filter((each) => !each.isDefault && !each.isKnown),
      aliases: aliases.filter(({ name }) => !existing.has(name)),
    },
    offers: more.offers,
    aliases,
    keys: [...identities.values()].flatMap(
      (each) => keyToStore(each, each.root, profiles, { ...hints, usesAwsVault }) ?? [],
    ),
    mainProfile,
    findings,
  };
}

function isImportable({ name, root }: RoleProfile, findings: ImportFinding[]): boolean {
  if (canBeIdentity(root)) return true;
  const why = `awst can't write the name of its source profile, ${JSON.stringify(root)}`;
  findings.push({ profile: name, why, next: "rename that profile" });
  return false;
}

/** An IAM user can assume roles of its own partition only: the one that most of its roles are in. */
function inOnePartition(roles: readonly RoleProfile[], findings: ImportFinding[]): RoleProfile[] {
  const partitions = new Map(
    [...new Set(roles.map(({ root }) => root))].map((root) => {
      const own = roles.filter((each) => each.root === root);
      return [root, byCount(own.map(({ partition }) => partition))[0]] as const;
    }),
  );
  return roles.filter(({ name, root, partition }) => {
    const usual = partitions.get(root);
    if (partition === usual) return true;
    const why = `its role is in partition ${partition}, its source profile ${JSON.stringify(root)} in ${usual}`;
    findings.push({ profile: name, why });
    return false;
  });
}

function newDefaultRegion(
  main: string | undefined,
  profiles: ForeignProfiles,
  hints: ImportHints,
): string | undefined {
  const read = (name: string | undefined) => name && profiles.get(name)?.read("region");
  return read(main) ?? read("default") ?? hints.region;
}

/** Roles in accounts of the configuration: what is missing there, and which of their settings differ. */
function settingsOfKnown(
  { entries }: GroupedRoles,
  configuration: Configuration | undefined,
  findings: ImportFinding[],
): { readonly offers: readonly RoleOffer[]; readonly roles: NewSettings["roles"] } {
  const offers: RoleOffer[] = [];
  const roles: NewSettings["roles"][number][] = [];
  for (const { known, profiles } of entries) {
    if (known === undefined || configuration === undefined) continue;
    for (const { name, role, settings } of profiles) {
      const isThere = offeredRoles(configuration, known).includes(role);
      const duration =
        configuration.rolesAreConfigured || configuration.roles.has(role)
          ? undefined
          : spellDuration(settings.durationSeconds);
      if (!isThere && known.roles !== undefined) {
        offers.push({ account: known.name, role, ...(duration && { duration }) });
      }
      const isNew = !isThere && configuration.rolesAreConfigured && !configuration.roles.has(role);
      if (isNew && !roles.some((each) => each.name === role)) {
        roles.push({ name: role, duration: spellDuration(settings.durationSeconds) });
      }
      const had: object = { ...withoutUndefined(known), ...roleIn(configuration, known, role) };
      findings.push(...differences(name, known, role, { ...settings }, { ...had }));
    }
  }
  const unique = new Map(offers.map((each) => [`${each.account}/${each.role}`, each]));
  return { offers: [...unique.values()], roles };
}

const settingNames: Readonly<Record<string, readonly [setting: string, key: string]>> = {
  region: ["region", "region"],
  externalId: ["external_id", "externalId"],
  sessionName: ["role_session_name", "sessionName"],
  sourceIdentity: ["source_identity", "sourceIdentity"],
  tags: ["session_tags", "tags"],
};

function differences(
  profile: string,
  account: Account,
  role: string,
  wanted: Readonly<Record<string, unknown>>,
  had: Readonly<Record<string, unknown>>,
): readonly ImportFinding[] {
  return Object.entries(settingNames).flatMap(([name, [setting, key]]) => {
    const value = wanted[name];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(had[name])) return [];
    const target = `[accounts.${quoteKey(account.name)}.roles.${quoteKey(role)}] ${key}`;
    const why = `the account is configured without ${JSON.stringify(value)}`;
    return [{ profile, setting, why, next: `write it to ${target}` }];
  });
}

function withoutUndefined(account: Account): object {
  return Object.fromEntries(Object.entries(account).filter(([, value]) => value !== undefined));
}

/** Returns an alias for each old profile name, also for profiles that only call another tool for one of them. */
function findAliases(
  { entryOf }: GroupedRoles,
  accountNames: ReadonlyMap<AccountEntry, string>,
  facts: {
    readonly profiles: ForeignProfiles;
    /** Profiles of identities: they keep their names. */
    readonly taken: readonly string[];
    readonly configuration: Configuration | undefined;
    readonly findings: ImportFinding[];
  },
): readonly NewAlias[] {
  const { profiles, taken, configuration, findings } = facts;
  const targets = new Map<string, NewAlias>();
  for (const [profile, entry] of entryOf) {
    const account = accountNames.get(entry) ?? entry.id;
    targets.set(profile.name, { name: profile.name, account, role: profile.role });
  }
  for (const { name, origin } of profiles.values()) {
    if (origin.kind !== "process") continue;
    const named = origin.args.map((arg) => arg.replace(/^--profile=/, ""));
    const target = named.map((arg) => targets.get(arg)).find((each) => each !== undefined);
    if (target !== undefined && !targets.has(name)) targets.set(name, { ...target, name });
  }
  const templates = configuration?.writeProfiles ?? defaultTemplates;
  const owners = new Map(
    [...targets.values()].flatMap(({ account, role }) =>
      profileNames(account, role, templates).map((each) => [each, `${account} ${role}`] as const),
    ),
  );
  return [...targets.values()].filter(({ name, account, role }) => {
    const owner = owners.get(name);
    if (owner === `${account} ${role}`) return false;
    const why =
      whyInvalidName(name) ??
      (name === "default" ? "it is what AWS's tools use where no profile is named" : undefined) ??
      (taken.includes(name) ? "it is the profile of an identity" : undefined) ??
      (/^-|^arn:/.test(name) ? "an alias can't start like this" : undefined) ??
      (owner === undefined ? undefined : `it is the profile name of ${JSON.stringify(owner)}`);
    if (why === undefined) return true;
    const next = `use the name ${JSON.stringify(`${account}/${role}`)}`;
    findings.push({ profile: name, setting: "the name", why, next });
    return false;
  });
}

/** Returns the section in which aws-mfa keeps the session of the main key, if it is the user's own session. */
function sessionProfileOf(
  main: string | undefined,
  aliases: readonly NewAlias[],
  profiles: ForeignProfiles,
): string | undefined {
  if (main === undefined || !main.endsWith(longTermSuffix)) return undefined;
  const name = main.slice(0, -longTermSuffix.length);
  const isRole = aliases.some((each) => each.name === name);
  return !isRole && profiles.get(name)?.origin.kind === "session" ? name : undefined;
}

/** The most frequent name first. */
function byCount(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([name]) => name);
}
