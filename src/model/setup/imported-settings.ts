// Reads settings for awst's configuration from AWS's files: profiles with `role_arn` become accounts and roles,
// profiles with a long-term key become identities. A profile that can't be imported becomes a remark.

import { longestMfaSeconds, roleNameComplaint, shortestSeconds } from "../aws/session-limits.ts";
import {
  type AwsFileTexts,
  type FoundSection,
  findProfiles,
  parseAwsFiles,
} from "../profile/aws-profiles.ts";
import { readValue } from "../profile/ini-document.ts";
import { spellDuration } from "../text/duration.ts";
import type { NewAccount, NewRole, NewSettings } from "./new-configuration.ts";

/** The names in an existing configuration. */
export interface KnownNames {
  /** Account id → name. */
  readonly accounts: ReadonlyMap<string, string>;
  readonly roles: ReadonlySet<string>;
  /** AWS profile → identity name; the default identity first. */
  readonly identities: ReadonlyMap<string, string>;
}

export interface ImportedSettings {
  readonly settings: Pick<NewSettings, "accounts" | "roles" | "identities">;
  /** Profiles with a long-term key. */
  readonly keyProfiles: readonly string[];
  /** The `source_profile` of the roles' profiles, the most frequent first. */
  readonly sources: readonly string[];
  /** What is not imported and why, one line each. */
  readonly remarks: readonly string[];
}

interface RoleProfile {
  readonly name: string;
  readonly accountId: string;
  readonly role: string;
  readonly source: string | undefined;
  readonly read: (key: string) => string | undefined;
}

export function importSettings(texts: AwsFileTexts, known: KnownNames): ImportedSettings {
  const profiles = settingsByProfile(findProfiles(parseAwsFiles(texts)));
  const remarks: string[] = [];
  const roleProfiles = [...profiles].flatMap(([name, read]) => readRole(name, read, remarks));
  const keyProfiles = [...profiles].filter(([, read]) => holdsKey(read)).map(([name]) => name);
  const sources = byCount(roleProfiles.flatMap(({ source }) => source ?? []));
  const ids = [...new Set(roleProfiles.map(({ accountId }) => accountId))];
  const names = nameAccounts(ids, known, roleProfiles);
  const mains = sources.filter((source) => keyProfiles.includes(source));
  const [main] = known.identities.size > 0 ? known.identities.keys() : mains;
  const identities = mains
    .filter((profile) => profile !== main && !known.identities.has(profile))
    .map((profile) => ({ name: profile, awsProfile: profile }));

  const fresh = ids.filter((id) => !known.accounts.has(id));
  const accounts = fresh.map((id): NewAccount => {
    const here = roleProfiles.filter(({ accountId }) => accountId === id);
    const only = (key: string) => {
      const values = [...new Set(here.flatMap(({ read }) => read(key) ?? []))];
      return values.length === 1 ? values[0] : undefined;
    };
    const [source] = byCount(here.flatMap(({ source: each }) => rootOf(each, roleProfiles) ?? []));
    const identity =
      source === undefined || source === main
        ? undefined
        : (known.identities.get(source) ?? source);
    return {
      name: names.get(id) ?? id,
      id,
      region: only("region"),
      externalId: only("external_id"),
      identity: identity !== undefined && mains.includes(source ?? "") ? identity : undefined,
      roles: [...new Set(here.map(({ role }) => role))],
    };
  });
  const roles = [...new Map(roleProfiles.map((each) => [each.role, each])).values()]
    .filter(({ role }) => !known.roles.has(role))
    .map((each): NewRole => {
      const hub = roleProfiles.find(({ name }) => name === each.source);
      const via = hub && `${names.get(hub.accountId)}/${hub.role}`;
      return { name: each.role, duration: durationOf(each, remarks), via };
    });
  return { settings: { accounts, roles, identities }, keyProfiles, sources, remarks };
}

function settingsByProfile(found: readonly FoundSection[]) {
  const profiles = new Map<string, RoleProfile["read"]>();
  for (const { names } of found) {
    const [name = ""] = names;
    const sections = found
      .filter((each) => each.names.includes(name))
      .map(({ section }) => section);
    profiles.set(name, (key) =>
      sections.map((section) => readValue(section, key)).find((value) => value !== undefined),
    );
  }
  return profiles;
}

function readRole(name: string, read: RoleProfile["read"], remarks: string[]): RoleProfile[] {
  const shown = JSON.stringify(name);
  const arn = read("role_arn");
  if (read("sso_start_url") ?? read("sso_session")) {
    remarks.push(`profile ${shown} is not imported: it signs in with IAM Identity Center`);
  }
  if (arn === undefined) return [];
  const [, accountId = "", role = ""] = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? [];
  if (accountId === "" || roleNameComplaint(role) !== undefined) {
    remarks.push(`profile ${shown} is not imported: its role_arn is not the ARN of a role`);
    return [];
  }
  if (read("credential_source") ?? read("web_identity_token_file")) {
    remarks.push(`profile ${shown} is not imported: its credentials do not come from a profile`);
    return [];
  }
  return [{ name, accountId, role, source: read("source_profile"), read }];
}

function holdsKey(read: RoleProfile["read"]): boolean {
  return (
    /^AKIA/.test(read("aws_access_key_id") ?? "") && read("aws_secret_access_key") !== undefined
  );
}

/** Returns the first profile of a chain. */
function rootOf(source: string | undefined, profiles: readonly RoleProfile[]): string | undefined {
  const seen = new Set<string>();
  let at = source;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const next = profiles.find(({ name }) => name === at)?.source;
    if (next === undefined) return at;
    at = next;
  }
  return at;
}

function nameAccounts(
  ids: readonly string[],
  known: KnownNames,
  profiles: readonly RoleProfile[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(known.accounts.values());
  for (const id of ids) {
    const wanted = known.accounts.get(id) ?? nameFor(id, profiles);
    const isFree = known.accounts.has(id) || !taken.has(wanted);
    const name = isFree ? wanted : `${wanted}-${id}`;
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

/** Returns what the account's profile names have in common, or else the first of them. */
function nameFor(id: string, profiles: readonly RoleProfile[]): string {
  const names = profiles.filter(({ accountId }) => accountId === id).map(({ name }) => name);
  const [first = id] = names;
  let length = first.length;
  while (!names.every((name) => name.startsWith(first.slice(0, length)))) length -= 1;
  const shared = first.slice(0, length).replace(/[\s/_.:@-]+$/, "");
  return shared.length > 1 ? shared : first;
}

function durationOf({ name, read }: RoleProfile, remarks: string[]): string {
  const seconds = Number(read("duration_seconds") ?? 3600);
  if (Number.isInteger(seconds) && seconds >= shortestSeconds && seconds <= longestMfaSeconds) {
    return spellDuration(seconds);
  }
  remarks.push(
    `profile ${JSON.stringify(name)}: its duration_seconds is invalid, so its role gets 1 h`,
  );
  return "1h";
}

function byCount(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([name]) => name);
}
