// The roles in profiles of other tools: which role, from which IAM user, with which settings. A setting that can't
// be taken over becomes a finding.

import { isRegion, partitionOf } from "../aws/partition.ts";
import {
  externalIdProblem,
  maxMfaSeconds,
  minSessionSeconds,
  roleNameProblem,
  sessionNameProblem,
  tagsProblem,
} from "../aws/session-limits.ts";
import type { RoleSettings } from "../configuration/configuration.ts";
import { parseDuration } from "../text/duration.ts";
import type { ForeignProfile, ForeignProfiles } from "./foreign-profiles.ts";
import type { ImportFinding } from "./import-findings.ts";

export interface RoleProfile {
  readonly name: string;
  readonly partition: string;
  readonly accountId: string;
  readonly role: string;
  /** The profile of the role before this one, in a chain. */
  readonly hub: RoleProfile | undefined;
  /** The profile whose key the chain starts with. */
  readonly root: string;
  readonly profile: ForeignProfile;
  /** `via` is missing: the names of accounts are not known yet. */
  readonly settings: RoleSettings & { readonly durationSeconds: number };
}

interface NamedRole {
  readonly partition: string;
  readonly accountId: string;
  readonly role: string;
}

/** The least time for which an imported role can be used after one code: other tools ask every 12 h at most. */
const defaultSeconds = 4 * 3600;

export function readRoleProfiles(
  profiles: ForeignProfiles,
  findings: ImportFinding[],
): RoleProfile[] {
  const made = new Map<string, RoleProfile | undefined>();
  const make = (name: string, seen: readonly string[]): RoleProfile | undefined => {
    if (made.has(name)) return made.get(name);
    const refuse = (why: string, next?: string) => {
      findings.push({ profile: name, why, next });
      made.set(name, undefined);
    };
    const profile = profiles.get(name);
    if (profile?.origin.kind === "foreign") {
      return void refuse(profile.origin.why, profile.origin.next);
    }
    const arn = profile && arnOf(profile, profiles);
    if (profile === undefined || arn === undefined) return undefined;
    const named = parseRoleArn(arn);
    if (named === undefined) return void refuse("its role_arn is not the ARN of a role");
    const source = sourceOf(profile, profiles, findings);
    if (seen.includes(name)) return undefined;
    const isChained = source !== name && profiles.get(source)?.origin.kind === "role";
    const hub = isChained ? make(source, [...seen, name]) : undefined;
    if (isChained && hub === undefined) {
      return void refuse(`its source profile ${JSON.stringify(source)} is not imported`);
    }
    const root = hub?.root ?? longTermOf(source, profiles);
    const origin = profiles.get(root)?.origin;
    if (origin?.kind === "awst" && origin.call.role !== undefined) {
      const via = JSON.stringify(`${origin.call.account}/${origin.call.role}`);
      return void refuse(
        `its source profile ${JSON.stringify(root)} is a role of awst already`,
        `write a role with via = ${via}`,
      );
    }
    if (origin?.kind === "foreign") {
      return void refuse(`its source is ${JSON.stringify(root)}: ${origin.why}`, origin.next);
    }
    if (hub !== undefined && hub.partition !== named.partition) {
      return void refuse(`it is in partition ${named.partition}, its source in ${hub.partition}`);
    }
    const settings = readSettings(profile, named.partition, findings);
    const result = { name, ...named, hub, root, profile, settings };
    made.set(name, result);
    return result;
  };
  return [...profiles.keys()].flatMap((name) => make(name, []) ?? []);
}

/** Returns the role of a profile. aws-mfa names it beside the long-term key, or in the section that it writes. */
function arnOf(profile: ForeignProfile, profiles: ForeignProfiles): string | undefined {
  if (profile.origin.kind === "role") return profile.origin.arn;
  if (profile.origin.kind !== "session" && profile.origin.kind !== "none") return undefined;
  const longTerm = profiles.get(`${profile.name}${longTermSuffix}`);
  return profile.read("assumed_role_arn") ?? longTerm?.read("assume_role");
}

export const longTermSuffix = "-long-term";

export function parseRoleArn(arn: string): NamedRole | undefined {
  const pattern = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(.+)$/;
  const [, partition = "", accountId = "", role = ""] = pattern.exec(arn.trim()) ?? [];
  if (accountId === "" || roleNameProblem(role) !== undefined) return undefined;
  return { partition, accountId, role };
}

function sourceOf(
  profile: ForeignProfile,
  profiles: ForeignProfiles,
  findings: ImportFinding[],
): string {
  const { name, read } = profile;
  const source = read("source_profile");
  if (source !== undefined) return source;
  if (profile.origin.kind !== "role") return awsMfaSource(name, profiles);
  const hasOwn = read("aws_access_key_id") !== undefined;
  if (hasOwn || !profiles.has("default")) return name;
  findings.push({
    profile: name,
    setting: "source_profile",
    why: 'it is missing: the role is assumed with the key of "default"',
  });
  return "default";
}

/** Returns the long-term profile to which a section of aws-mfa belongs: the longest name that begins the same. */
function awsMfaSource(name: string, profiles: ForeignProfiles): string {
  const withKey = [...profiles.values()].filter(({ origin }) => origin.kind === "key");
  const candidates = withKey
    .map((each) => ({ name: each.name, stem: each.name.replace(/-long-term$/, "") }))
    .filter(({ stem }) => name === stem || name.startsWith(`${stem}-`))
    .sort((one, other) => other.stem.length - one.stem.length);
  return candidates[0]?.name ?? withKey[0]?.name ?? name;
}

/** Returns the profile with the long-term key of a section in which aws-mfa stores its session. */
function longTermOf(name: string, profiles: ForeignProfiles): string {
  const longTerm = `${name}${longTermSuffix}`;
  return profiles.get(name)?.origin.kind !== "key" && profiles.has(longTerm) ? longTerm : name;
}

function readSettings(
  { name, read }: ForeignProfile,
  partition: string,
  findings: ImportFinding[],
): RoleProfile["settings"] {
  const skip = (setting: string, why: string) => findings.push({ profile: name, setting, why });
  const checked = (setting: string, problemOf: (text: string) => string | undefined) => {
    const value = read(setting);
    const problem = value === undefined ? undefined : problemOf(value);
    if (problem === undefined) return value;
    skip(setting, problem);
    return undefined;
  };
  const region = checked("region", (text) => {
    if (!isRegion(text)) return `${JSON.stringify(text)} is not the name of a region`;
    const theirs = partitionOf(text).name;
    return theirs === partition ? undefined : `${text} is in ${theirs}, the role in ${partition}`;
  });
  const tags = readTags(read("session_tags"));
  const tagProblem = tags && tagsProblem(tags);
  if (tagProblem !== undefined) skip("session_tags", tagProblem);
  return withValues({
    durationSeconds: readDuration({ read, skip }),
    sessionName: checked("role_session_name", sessionNameProblem),
    externalId: checked("external_id", externalIdProblem),
    sourceIdentity: checked("source_identity", sessionNameProblem),
    tags: tagProblem === undefined ? tags : undefined,
    region,
  });
}

/** Leaves out what has no value. */
function withValues(
  all: {
    readonly [Key in keyof RoleProfile["settings"]]: RoleProfile["settings"][Key] | undefined;
  },
): RoleProfile["settings"] {
  const set = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as unknown as RoleProfile["settings"];
}

/** Parses `key1=value1,key2=value2`. */
function readTags(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const pairs = text.split(",").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return at === -1 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

/**
 * Returns for how long the role can be used after one code. `session_token_duration` (aws-runas) says just that.
 * The others are the length of one session, which awst renews: they make the time longer, never shorter.
 */
function readDuration(reading: {
  readonly read: ForeignProfile["read"];
  readonly skip: (setting: string, why: string) => void;
}): number {
  const { read, skip } = reading;
  const secondsOf = (setting: string) => {
    const value = read(setting);
    if (value === undefined) return undefined;
    const seconds = parseDuration(value.replace(/(\D)0[ms]/g, "$1"));
    if (seconds !== undefined && seconds >= minSessionSeconds && seconds <= maxMfaSeconds)
      return seconds;
    skip(setting, `${JSON.stringify(value)} is not a duration from 15m to 36h`);
    return undefined;
  };
  const code = secondsOf("session_token_duration");
  const session = Math.max(
    secondsOf("duration_seconds") ?? 0,
    secondsOf("credentials_duration") ?? 0,
  );
  for (const setting of ["duration_seconds", "credentials_duration"]) {
    const seconds = parseDuration(read(setting) ?? "");
    if (seconds !== undefined && seconds >= minSessionSeconds && seconds < 3600) {
      skip(setting, "awst renews sessions of 1 h; for one short session: --duration");
    }
  }
  return Math.max(code ?? defaultSeconds, session);
}
