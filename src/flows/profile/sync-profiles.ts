// Writes the profiles of every account and offered role into AWS's files, and lists them. It removes owned
// profiles that are no longer configured, and those of separate sessions that have ended.

import type { Configuration } from "../../model/configuration/configuration.ts";
import {
  findIdentity,
  isAccountId,
  rolesWithProfiles,
} from "../../model/configuration/find-in-configuration.ts";
import { profileNamesOf } from "../../model/configuration/role-profile-names.ts";
import { writeSettingsOf } from "../../model/configuration/write-mode.ts";
import {
  callingProfiles,
  classifySection,
  type OwnedProfile,
  openProfileEdits,
  readCallingProfile,
} from "../../model/profile/aws-profiles.ts";
import {
  isNamedByAwst,
  scopeInName,
  type UnwritableProfile,
} from "../../model/profile/plan-rules.ts";
import { openRoleLines } from "../../model/profile/process-line.ts";
import { profileCacheFile } from "../../model/profile/profile-cache.ts";
import {
  type ProfilePlan,
  planProfiles,
  type WantedProfile,
} from "../../model/profile/profile-plan.ts";
import {
  type AwsFile,
  type FoundSection,
  parseAwsFiles,
  sectionsFor,
} from "../../model/profile/profile-sections.ts";
import {
  findReaderProblems,
  isInProfile,
  problemsOfProfiles,
  type ReaderProblem,
} from "../../model/profile/reader-problems.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import { type SessionIndex, sessionIndexFile } from "../../model/session/session-index.ts";
import { lazy } from "../../model/text/memoize.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { readPlanRules, type WriteContext, writeProfiles } from "./write-profiles.ts";

export interface SyncedProfiles {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** Profiles that called a program that no longer exists. */
  readonly repaired: readonly string[];
  readonly conflicts: ProfilePlan["conflicts"];
  readonly unwritable: ProfilePlan["unwritable"];
  readonly userRegions: ProfilePlan["userRegions"];
  readonly missing: ProfilePlan["missing"];
  /** Roles with `write.mode = "keys"` get profiles with their sessions only, so theirs are not written here. */
  readonly needSession: boolean;
}

/** A file that can't be written is not an error: see `missing`. Errors: CONFIGURATION_*; for a dry run FILE_*. */
export async function syncProfiles(
  context: WriteContext & Needs<"clock">,
  options: { readonly isDryRun: boolean },
): Promise<SyncedProfiles> {
  const configuration = await loadConfiguration(context);
  const { line } = await context.stableProgram(options.isDryRun ? "read" : "write");
  const all = planAllProfiles(context, configuration, line);
  const plan = options.isDryRun
    ? planProfiles(await (await context.awsFiles()).read(), all.wanted, {
        ...readPlanRules(context, line),
        shouldRemove: all.shouldRemove,
      })
    : (await writeProfiles(context, all.wanted, line, { shouldRemove: all.shouldRemove })).plan;
  const { written, removed, repaired, conflicts } = plan;
  const isWritten = new Set(written);
  if (!options.isDryRun && written.length + removed.length + repaired.length > 0) {
    context.state.record("profiles-changed", { written: written.length, removed: removed.length });
  }
  return {
    written,
    unchanged: plan.upToDate.filter((name) => !isWritten.has(name)),
    removed,
    repaired,
    conflicts,
    unwritable: [...all.unwritable, ...plan.unwritable],
    missing: plan.missing,
    userRegions: plan.userRegions,
    needSession: all.configured.some(({ writesKeys }) => writesKeys),
  };
}

/** A role with the names of its profiles. */
export interface ConfiguredRole {
  readonly account: string;
  readonly role: string;
  readonly identity: string;
  readonly names: readonly string[];
  readonly writesKeys: boolean;
}

export interface AllProfiles {
  readonly configured: readonly ConfiguredRole[];
  /** Those that get a process line: all but those with `write.mode = "keys"`. */
  readonly wanted: readonly WantedProfile[];
  readonly unwritable: readonly UnwritableProfile[];
  readonly shouldRemove: (owned: OwnedProfile) => boolean;
}

/** Errors: USAGE where the environment names an invalid region. */
export function planAllProfiles(
  context: Needs<"env" | "paths" | "state" | "clock">,
  configuration: Configuration,
  start: readonly string[],
): AllProfiles {
  const { configuration: path, configurationIsNamed } = context.paths;
  const named = configurationIsNamed ? path : undefined;
  const configured: ConfiguredRole[] = [];
  const wanted: WantedProfile[] = [];
  const unwritable: UnwritableProfile[] = [];
  for (const account of configuration.accounts.values()) {
    const identity = findIdentity(configuration, account.identity ?? configuration.defaultIdentity);
    const accountRegion = account.region ?? callRegion(identity, configuration, context.env).region;
    const lineOf = openRoleLines({
      program: start,
      configuration: named,
      identity: identity.name === configuration.defaultIdentity ? undefined : identity.name,
      flags: undefined,
    });
    for (const role of rolesWithProfiles(configuration, account)) {
      const region = account.roleSettings?.get(role)?.region ?? accountRegion;
      const writesKeys = writeSettingsOf(configuration, account.name, role).mode === "keys";
      const names = profileNamesOf(configuration, account.name, role);
      configured.push({ account: account.name, role, identity: identity.name, names, writesKeys });
      if (writesKeys) continue;
      const { line, why } = lineOf(account.name, role);
      for (const name of names) {
        if (line === undefined) unwritable.push({ name, why });
        else wanted.push({ name, region, kind: "process", line });
      }
    }
  }
  return {
    configured,
    wanted,
    unwritable,
    shouldRemove: removalRule(context, configuration, named, configured),
  };
}

/** Returns which owned profiles are to be removed, because their role or their session no longer exists. */
function removalRule(
  context: Needs<"state" | "clock">,
  configuration: Configuration,
  named: string | undefined,
  configured: readonly ConfiguredRole[],
): (owned: OwnedProfile) => boolean {
  const awsNow = context.clock().awsNow.getTime();
  // Most files have no profile about which this has to be known.
  const known = lazy(() => ({
    index: context.state.read(sessionIndexFile),
    names: new Set(configured.flatMap((each) => each.names)),
    written: new Set(
      Object.values(context.state.read(profileCacheFile).roles).flatMap((each) => each.names),
    ),
  }));
  const mayBeTried = (account: string) =>
    !configuration.rolesAreConfigured && configuration.accounts.get(account)?.roles === undefined;
  return ({ name, call }) => {
    const { account, role, flags } = call;
    // Lines of an identity, and lines with another configuration file, are not from this configuration.
    if (account === undefined || role === undefined || call.configuration !== named) return false;
    const { index, names, written } = known();
    if (names.has(name)) return false;
    if (flags.length > 0) return hasEnded(index, name, account, role, awsNow);
    const isKnown = configured.some((each) => each.account === account && each.role === role);
    if (!isKnown && isAccountId(account) && !configuration.accounts.has(account)) {
      return !isLive(index, account, role, awsNow);
    }
    if (!isKnown) return !(configuration.accounts.has(account) && mayBeTried(account));
    // A profile whose name the user chose stays; one under an earlier name of awst's is removed.
    return isNamedByAwst({ name, call }, written);
  };
}

/** Of a role in an account that is not configured. */
function isLive(index: SessionIndex, account: string, role: string, now: number): boolean {
  return Object.values(index).some(
    (each) =>
      each.account === account &&
      each.role === role &&
      Math.max(Date.parse(each.expiresAt), Date.parse(each.renewableUntil ?? each.expiresAt)) > now,
  );
}

// Sessions leave the index one day after their end, so a session that is not in it has ended too.
function hasEnded(
  index: SessionIndex,
  name: string,
  account: string,
  role: string,
  now: number,
): boolean {
  const scope = scopeInName(name);
  if (scope === undefined) return false;
  const session = Object.values(index).find((each) => {
    return each.account === account && each.role === role && each.scope?.startsWith(scope);
  });
  if (session === undefined) return true;
  const ends = [session.expiresAt, session.renewableUntil ?? session.expiresAt].map(Date.parse);
  return Math.max(...ends) <= now;
}

export interface ListedProfile {
  readonly name: string;
  readonly file: AwsFile;
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly identity: string | undefined;
  /** `own`: a section that calls awst under a name the user chose, or that belongs to an identity.
   *  `keys`: temporary keys that `write.mode = "keys"` wrote; `no keys`: they are written by the next `assume`.
   *  `left over`: `profile sync` removes it.
   *  `unreadable`: awst reads it, and other tools can't. */
  readonly state:
    | "up to date"
    | "outdated"
    | "missing"
    | "conflict"
    | "unwritable"
    | "unreadable"
    | "keys"
    | "no keys"
    | "own"
    | "left over";
  /** The reason for `conflict`, `unwritable` and `unreadable`. */
  readonly why: string | undefined;
  /** The line that has to be changed first, where the conflict is a line. From 1. */
  readonly line?: number | undefined;
  /** The path of the other configuration that the section belongs to. */
  readonly owner?: string | undefined;
}

export interface ProfileListing {
  readonly profiles: readonly ListedProfile[];
  /** Lines that other tools refuse or misread, in profiles of awst or for a whole file. */
  readonly problems: readonly ReaderProblem[];
}

/** Errors: CONFIGURATION_*, FILE_UNREADABLE, FILE_MALFORMED. */
export async function listProfiles(
  context: Needs<
    | "configurationFile"
    | "awsFiles"
    | "paths"
    | "stableProgram"
    | "state"
    | "fileFingerprint"
    | "env"
    | "clock"
  >,
): Promise<ProfileListing> {
  const configuration = await loadConfiguration(context);
  const start = (await context.stableProgram("read")).line;
  const all = planAllProfiles(context, configuration, start);
  const texts = await (await context.awsFiles()).read();
  const rules = readPlanRules(context, start);
  const plan = planProfiles(texts, all.wanted, { ...rules, shouldRemove: all.shouldRemove });
  const unwritable = byName([...all.unwritable, ...plan.unwritable]);
  const conflicts = byName(plan.conflicts);
  const written = new Set(plan.written);
  const documents = parseAwsFiles(texts);
  const existing = openProfileEdits(texts).named;
  const holdsKeys = ({ section }: FoundSection) =>
    classifySection(section, rules.isAwstKey).kind === "keys";
  const configured: ListedProfile[] = [];
  for (const { account, role, identity, names, writesKeys } of all.configured) {
    for (const name of names) {
      const conflict = conflicts.get(name);
      const impossible = unwritable.get(name);
      const file = conflict?.file ?? sectionsFor(name, writesKeys ? "keys" : "process")[0].file;
      const why = conflict?.why ?? impossible?.why;
      const { line, owner } = conflict ?? {};
      let state: ListedProfile["state"] = "up to date";
      if (impossible !== undefined) state = "unwritable";
      else if (conflict !== undefined) state = "conflict";
      else if (writesKeys) state = existing(name).some(holdsKeys) ? "keys" : "no keys";
      else if (written.has(name)) state = existing(name).length > 0 ? "outdated" : "missing";
      configured.push({ name, file, account, role, identity, state, why, line, owner });
    }
  }
  const known = new Set(configured.map(({ name }) => name));
  const calling = callingProfiles(documents, (name) => !known.has(name));
  const owned = calling.flatMap((found) => readCallingProfile(found, () => false) ?? []);
  // Of a profile in both files, the config file's section is listed, which is the last one.
  const others = [...byName(owned).values()].map((owned): ListedProfile => {
    const { name, call } = owned;
    const { account, role, identity } = call;
    const conflict = conflicts.get(name);
    const file = conflict?.file ?? owned.file;
    const about = { name, file, account, role, identity, why: conflict?.why, line: conflict?.line };
    if (conflict !== undefined) return { ...about, state: "conflict" };
    return { ...about, state: all.shouldRemove(owned) ? "left over" : "own" };
  });
  const listed = [...configured, ...others];
  const problems = findReaderProblems(documents, texts.notUtf8);
  if (problems.length === 0) return { profiles: listed, problems };
  const relevant = problemsOfProfiles(problems, [...listed.map(({ name }) => name)]);
  return { profiles: listed.map((each) => asOtherToolsRead(each, relevant)), problems: relevant };
}

const readable: readonly ListedProfile["state"][] = ["up to date", "keys", "own"];

/** Returns the profile as other tools see it: a profile of a file that they refuse does not work. */
function asOtherToolsRead(
  profile: ListedProfile,
  problems: readonly ReaderProblem[],
): ListedProfile {
  if (!readable.includes(profile.state)) return profile;
  const problem = problems.find((each) => {
    return each.spoils === "file" || isInProfile(each, [profile.name]);
  });
  if (problem === undefined) return profile;
  return {
    ...profile,
    state: "unreadable",
    why: `line ${problem.line} of the ${problem.file} file`,
  };
}

function byName<T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((each) => [each.name, each]));
}
