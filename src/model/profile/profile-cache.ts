// The cache of profiles that awst has written. While the configuration, AWS's two files and the program are
// unchanged, awst does not check the profiles again. State file `profiles`; it contains no secret.

import type { StateFile } from "../state-file.ts";
import type { MissingSection } from "./profile-plan.ts";
import type { AwsFile } from "./profile-sections.ts";
import type { ReaderProblem } from "./reader-problems.ts";
import type { UserRegion } from "./written-regions.ts";

export interface EnsuredProfiles {
  /** The profiles that are up to date, in the order of the templates. */
  readonly names: readonly string[];
  /** One of them: the value for AWS_PROFILE. */
  readonly usable: string | undefined;
  /** Names that a section of another source already uses. */
  readonly conflicts: readonly {
    readonly name: string;
    readonly file: AwsFile;
    readonly why: string;
    /** From 1. The line that has to be changed first, which `why` names. */
    readonly line?: number | undefined;
    /** The path of the other configuration that the section belongs to. */
    readonly owner?: string | undefined;
  }[];
  readonly unwritable: readonly { readonly name: string; readonly why: string }[];
  /** Sections that a file should have and that can't be written there. Absent: none. */
  readonly missing?: readonly MissingSection[] | undefined;
  /** Regions that the user set and that stay; only when the profiles were written just now. */
  readonly userRegions?: readonly UserRegion[] | undefined;
  /** Lines that keep other tools from these profiles. */
  readonly problems?: readonly ReaderProblem[] | undefined;
}

export interface CachedProfiles extends EnsuredProfiles {
  readonly identity: string;
  readonly region: string;
  /** The process line; "" where the profiles hold keys. */
  readonly line: string;
  /** The id of the temporary key in the profiles, with `write.mode = "keys"`. */
  readonly accessKeyId?: string | undefined;
  /** When that key expires, RFC 3339, UTC. */
  readonly keysUntil?: string | undefined;
  /** The keys were removed from the profiles; the next `assume` writes new ones. */
  readonly lostKeys?: true | undefined;
  /** Who wrote them: program and environment, as one text. */
  readonly program: string;
  /** The paths that the process line calls. Absent: unknown, written by an earlier version. */
  readonly calls?: readonly string[] | undefined;
  /** `profileLayout` when the profiles were written. */
  readonly layout?: number | undefined;
  /** Of the configuration and AWS's two files, when the profiles were up to date. */
  readonly fingerprints: readonly (string | null)[];
}

/** Changes when awst writes other sections for the same profiles: `assume` then writes them again. */
export const profileLayout = 2;

export interface ProfileCache {
  /** Whether awst has reported that other users can read the credentials file. */
  readonly reportedOpenFile: boolean;
  /** By `profileKey`. */
  readonly roles: Readonly<Record<string, CachedProfiles>>;
}

/** What the profiles must agree with. Absent properties are not compared, except `accessKeyId`. */
export interface WantedState extends Pick<CachedProfiles, "fingerprints"> {
  readonly identity?: string | undefined;
  readonly region?: string | undefined;
  readonly line?: string | undefined;
  readonly accessKeyId?: string | undefined;
}

export function isUpToDate(cached: CachedProfiles, wanted: WantedState, program: string): boolean {
  return (
    cached.layout === profileLayout &&
    cached.program === program &&
    cached.lostKeys !== true &&
    cached.fingerprints.every((each, index) => each === wanted.fingerprints[index]) &&
    cached.accessKeyId === (cached.accessKeyId && wanted.accessKeyId) &&
    (["identity", "region", "line"] as const).every(
      (part) => wanted[part] === undefined || wanted[part] === cached[part],
    )
  );
}

export function ensuredProfilesOf(cached: CachedProfiles): EnsuredProfiles {
  const { names, usable, conflicts, unwritable, problems } = cached;
  return { names, usable, conflicts, unwritable, problems };
}

/** Returns the key of a role's entry. `scope`: of a session with flags of its own. */
export function profileKey(
  configuration: string,
  account: string,
  role: string,
  scope?: string,
): string {
  return JSON.stringify([configuration, account, role, ...(scope === undefined ? [] : [scope])]);
}

/** Returns the account and the role of an entry; undefined for a text that is not such a key. */
export function roleOfKey(
  key: string,
): { readonly account: string; readonly role: string } | undefined {
  try {
    const [, account, role]: unknown[] = JSON.parse(key);
    return typeof account === "string" && typeof role === "string" ? { account, role } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the path of the configuration that an entry belongs to. */
export function configurationOfKey(key: string): string | undefined {
  try {
    const [configuration]: unknown[] = JSON.parse(key);
    return typeof configuration === "string" ? configuration : undefined;
  } catch {
    return undefined;
  }
}

export function withCachedProfiles(
  cache: ProfileCache,
  key: string,
  profiles: CachedProfiles,
): ProfileCache {
  const { [key]: _, ...others } = cache.roles;
  return { ...cache, roles: { ...others, [key]: profiles } };
}

/** Returns the profiles of one configuration whose temporary keys have expired, by `profileKey`. */
export function profilesWithExpiredKeys(
  { roles }: ProfileCache,
  configuration: string,
  awsNow: Date,
): readonly (readonly [
  key: string,
  profiles: CachedProfiles & { readonly accessKeyId: string },
])[] {
  return Object.entries(roles).flatMap(([key, profiles]) => {
    const { accessKeyId, keysUntil } = profiles;
    if (accessKeyId === undefined || keysUntil === undefined) return [];
    const hasEnded = Date.parse(keysUntil) <= awsNow.getTime();
    const isOurs = configurationOfKey(key) === configuration;
    return hasEnded && isOurs ? [[key, { ...profiles, accessKeyId }]] : [];
  });
}

/**
 * Returns the cache after the keys were removed from the profiles of some roles. `conflicts`: profiles that still hold
 * keys. Their role keeps its entry, so that the next run tries again.
 */
export function withoutKeys(
  cache: ProfileCache,
  conflicts: readonly { readonly name: string }[],
  haveLostKeys: (profiles: CachedProfiles, key: string) => boolean,
): ProfileCache {
  const blocked = new Set(conflicts.map(({ name }) => name));
  const roles = Object.entries(cache.roles).map(([key, profiles]) => {
    const isBlocked = profiles.names.some((name) => blocked.has(name));
    if (isBlocked || !haveLostKeys(profiles, key)) return [key, profiles];
    const { accessKeyId: _id, keysUntil: _until, ...rest } = profiles;
    return [key, { ...rest, lostKeys: true }];
  });
  return { ...cache, roles: Object.fromEntries(roles) };
}

const maxEntries = 300;

export const profileCacheFile: StateFile<ProfileCache> = {
  name: "profiles",
  isShared: true,
  version: 1,
  decode(stored) {
    const { reportedOpenFile, roles } = Object(stored) as Record<string, unknown>;
    const valid = Object.entries(Object(roles)).filter((entry): entry is [string, CachedProfiles] =>
      isCachedProfiles(entry[1]),
    );
    return { reportedOpenFile: reportedOpenFile === true, roles: Object.fromEntries(valid) };
  },
  /** The newest entries are last; the oldest are dropped. */
  encode({ reportedOpenFile, roles }) {
    const newest = Object.fromEntries(Object.entries(roles).slice(-maxEntries));
    return { reportedOpenFile, roles: newest };
  },
};

function isCachedProfiles(value: unknown): value is CachedProfiles {
  if (typeof value !== "object" || value === null) return false;
  const { names, usable, conflicts, unwritable, fingerprints, line, program, region, ...more } =
    value as Record<string, unknown>;
  const { missing = [], problems = [], calls = [] } = more;
  const lists = [names, conflicts, unwritable, fingerprints, missing, problems, calls];
  const texts = [line, program, region, usable === undefined ? "" : usable];
  return lists.every(Array.isArray) && texts.every((text) => typeof text === "string");
}
