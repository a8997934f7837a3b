// Writes a role's profiles into AWS's files. When they are up to date already, nothing is parsed, locked
// or written.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { printedProfileName, scopedProfileName } from "../../model/configuration/profile-names.ts";
import { plainAccountName, profileNamesOf } from "../../model/configuration/role-profile-names.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import type { IsAwstKey, SectionContent } from "../../model/profile/aws-profiles.ts";
import { type PlanRules, planRules } from "../../model/profile/plan-rules.ts";
import { readProcessLine, roleLine } from "../../model/profile/process-line.ts";
import {
  type CachedProfiles,
  type EnsuredProfiles,
  ensuredProfilesOf,
  isUpToDate,
  profileCacheFile,
  profileKey,
  profileLayout,
  withCachedProfiles,
} from "../../model/profile/profile-cache.ts";
import { otherOwnerOfKey, otherOwnerOfLine } from "../../model/profile/profile-owner.ts";
import {
  type ProfilePlan,
  planProfiles,
  type WantedProfile,
} from "../../model/profile/profile-plan.ts";
import {
  type AwsFileTexts,
  type FileProblems,
  parseAwsFiles,
} from "../../model/profile/profile-sections.ts";
import { findReaderProblems, problemsOfProfiles } from "../../model/profile/reader-problems.ts";
import { writtenRegionsFile } from "../../model/profile/written-regions.ts";
import { resolveTarget } from "../../model/session/resolve-target.ts";
import type { RoleSession } from "../../model/session/session.ts";
import { sessionIndexFile } from "../../model/session/session-index.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { SessionFlags, Target } from "../../model/session/target.ts";
import { memoizeTexts } from "../../model/text/memoize.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { callerOf, readFingerprints } from "./profile-cache.ts";

export type WriteContext = Needs<
  | "paths"
  | "program"
  | "stableProgram"
  | "state"
  | "fileFingerprint"
  | "awsFiles"
  | "say"
  | "env"
  | "configurationFile"
>;

/** Writes the profiles of an obtained session. `region`: --region. Errors: those of `writeRoleProfiles`. */
export async function writeSessionProfiles(
  context: WriteContext,
  request: SessionRequest,
  obtained: ObtainedSession,
  region: string | undefined,
): Promise<EnsuredProfiles> {
  const { account, role, session } = obtained;
  const configuration = await loadConfiguration(context);
  const { identity, flags } = request;
  const names = { account, role, identity, flags, env: context.env };
  const target = obtained.target ?? resolveTarget(configuration, names);
  return writeRoleProfiles(context, { target, session, region, configuration });
}

export interface ProfilesOnlyRequest {
  readonly account: string;
  readonly role: string;
  readonly identity: string | undefined;
  readonly flags: SessionFlags;
  readonly region: string | undefined;
}

export interface ProfilesOnly {
  readonly target: Target;
  readonly profiles: EnsuredProfiles;
  /** With `write.mode = "keys"`, profiles hold credentials, so none can be written without a session. */
  readonly needSession: boolean;
}

/**
 * Writes a role's profiles without a session and without a call (--profile-only).
 * Errors: ACCOUNT_UNKNOWN, ROLE_UNKNOWN, USAGE, CONFIGURATION_*, FILE_*.
 */
export async function writeProfilesOnly(
  context: WriteContext,
  request: ProfilesOnlyRequest,
): Promise<ProfilesOnly> {
  const configuration = await loadConfiguration(context);
  const { account, role, identity, flags, region } = request;
  const target = resolveTarget(configuration, { account, role, identity, flags, env: context.env });
  const session = undefined;
  const profiles = await writeRoleProfiles(context, { target, session, region, configuration });
  return { target, profiles, needSession: target.writesKeys };
}

export interface RoleProfiles {
  readonly target: Target;
  /** undefined with --profile-only: with `write.mode = "keys"`, nothing is written then. */
  readonly session: RoleSession | undefined;
  /** --region */
  readonly region: string | undefined;
  readonly configuration: Pick<
    Configuration,
    "writeProfiles" | "aliases" | "accounts" | "writePrint" | "defaultIdentity"
  >;
}

/** A file that can't be read or written is not an error: the result says which sections are missing. */
export async function writeRoleProfiles(
  context: WriteContext,
  request: RoleProfiles,
): Promise<EnsuredProfiles> {
  const { target, session, configuration } = request;
  const scope = target.scoped ? (scopeOf(target.flags) ?? target.fingerprint) : undefined;
  const key = profileKey(context.paths.configuration, target.account.name, target.role.name, scope);
  const names = namesOf(request, scope);
  const region = request.region ?? target.profileRegion;
  const identity = target.identity.name;
  const isKeys = target.writesKeys;
  const keys = isKeys ? session?.keys : undefined;
  const program = await context.stableProgram("write");
  const process = roleLine({
    program: program.line,
    configuration: context.paths.configurationIsNamed ? context.paths.configuration : undefined,
    identity: identity === configuration.defaultIdentity ? undefined : identity,
    account: target.account.name,
    role: target.role.name,
    flags: target.scoped ? target.flags : undefined,
  });
  const line = isKeys ? "" : (process.line ?? "");
  const calls = isKeys ? [] : program.program;
  const wantedState = { identity, region, line, calls, accessKeyId: keys?.accessKeyId };
  const before = { ...wantedState, fingerprints: readFingerprints(context) };
  const cached = context.state.read(profileCacheFile).roles[key];
  const startedBy = callerOf(context);
  if (cached && isUpToDate(cached, before, startedBy) && isAbout(cached, names))
    return ensuredProfilesOf(cached);

  const nothing = { names: [], usable: undefined, conflicts: [], unwritable: [] };
  if (isKeys && keys === undefined) return nothing;
  const whyNot = isKeys ? await whyNoKeys(context) : process.line === undefined && process.why;
  if (whyNot) return { ...nothing, unwritable: names.map((name) => ({ name, why: whyNot })) };
  const wanted = names.map(
    (name): WantedProfile =>
      keys === undefined
        ? { name, region, kind: "process", line }
        : { name, region, kind: "keys", keys },
  );
  const hasOption = request.region !== undefined;
  const { plan, fingerprints } = await writeProfiles(context, wanted, program.line, { hasOption });
  const { upToDate, conflicts, unwritable, missing, userRegions } = plan;
  const usable = printedProfileName(upToDate, {
    account: target.account.name,
    role: target.role.name,
    template: configuration.writePrint,
    plain: plainAccountName(configuration, target.account.name),
  });
  const found = findReaderProblems(parseAwsFiles(plan.texts), plan.texts.notUtf8);
  const problems = problemsOfProfiles(found, upToDate);
  const ensured = {
    ...{ names: upToDate, usable, conflicts, unwritable, problems },
    ...(userRegions.length > 0 && { userRegions }),
  };
  // A repaired folder shows in no fingerprint, so the next run tries again.
  if (missing.length > 0) return { ...ensured, missing };
  const cache = context.state.read(profileCacheFile);
  const written = { program: startedBy, fingerprints, layout: profileLayout };
  const keysUntil = keys?.expiresAt.toISOString();
  const entry = { ...ensured, ...wantedState, ...(keysUntil && { keysUntil }), ...written };
  context.state.write(profileCacheFile, withCachedProfiles(cache, key, entry));
  return ensured;
}

/** Returns why no credentials are written into the credentials file; undefined: this user alone has access. */
async function whyNoKeys(context: WriteContext): Promise<string | undefined> {
  const files = await context.awsFiles();
  const path = context.paths.awsCredentials;
  if (!(await files.isOpenToOthers())) return files.openTo();
  return `other users can read ${path}, so awst writes no credentials into it; to allow it: chmod 600 ${path}`;
}

function namesOf(request: RoleProfiles, scope: string | undefined): readonly string[] {
  const { account, role } = request.target;
  if (scope !== undefined) {
    const plain = plainAccountName(request.configuration, account.name) ?? account.name;
    return [scopedProfileName(plain, role.name, scope)];
  }
  return profileNamesOf(request.configuration, account.name, role.name);
}

/** Whether a cache entry covers exactly these names. Its conflicts may be about profiles of other roles too. */
function isAbout(cached: CachedProfiles, names: readonly string[]): boolean {
  const others = [...cached.conflicts, ...cached.unwritable].map(({ name }) => name);
  const isCovered = (name: string) => cached.names.includes(name) || others.includes(name);
  return names.every(isCovered) && cached.names.every((name) => names.includes(name));
}

export interface WrittenProfiles {
  /** The first round's plan, whose texts are in the files now. */
  readonly plan: ProfilePlan;
  /** Of the files in which a later round found nothing to change. */
  readonly fingerprints: readonly (string | null)[];
}

/**
 * Writes profiles, and reads the files again until nothing is left to change: another program may have
 * written between two rounds. A file that can't be read or written stays as it is: see `plan.missing`.
 */
export async function writeProfiles(
  context: WriteContext,
  wanted: readonly WantedProfile[],
  line: readonly string[],
  how: {
    readonly shouldRemove?: PlanRules["shouldRemove"];
    /** Whether --region names the region: it then replaces one that the user set. */
    readonly hasOption?: boolean;
  } = {},
): Promise<WrittenProfiles> {
  const files = await context.awsFiles();
  const { shouldRemove, hasOption = false } = how;
  const rules = {
    ...readPlanRules(context, line),
    ...(hasOption && { writtenRegions: undefined }),
    shouldRemove,
  };
  const planFor = (texts: AwsFileTexts, problems: FileProblems = {}) =>
    planProfiles(texts, wanted, { ...rules, problems });
  let first: ProfilePlan | undefined;
  let problems: FileProblems = {};
  for (let rounds = 1; ; rounds += 1) {
    const fingerprints = readFingerprints(context);
    const texts = await unlessFileError(files.read());
    const plan = texts && planFor(texts, problems);
    const isDone =
      plan?.texts.config === texts?.config && plan?.texts.credentials === texts?.credentials;
    const result = first ?? plan;
    if (result !== undefined && (isDone || rounds > 3)) {
      await recordRegions(context, wanted, result);
      if (first !== undefined) await reportOpenFile(context);
      return { plan: result, fingerprints };
    }
    const editing = files.edit((found, failed = {}) => {
      problems = { ...failed };
      const now = planFor(found, problems);
      return { texts: now.texts, result: now };
    }, "each");
    first ??= await editing.catch((error: unknown) => {
      // The lock can't be acquired, so neither file can be changed.
      if (!isFileError(error)) throw error;
      problems = { config: error.message, credentials: error.message };
      return planFor(texts ?? noTexts, problems);
    });
  }
}

const noTexts: AwsFileTexts = { config: undefined, credentials: undefined };

async function unlessFileError<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isFileError(error)) return undefined;
    throw error;
  }
}

function isFileError(error: unknown): error is AwstError {
  const codes = ["FILE_UNREADABLE", "FILE_UNWRITABLE", "FILE_MALFORMED", "WAIT_TIMED_OUT"] as const;
  return isAwstError(error, ...codes);
}

/** Records the regions that awst wrote, so that a different one is known as the user's. */
async function recordRegions(
  context: Needs<"state">,
  wanted: readonly WantedProfile[],
  { upToDate, userRegions }: ProfilePlan,
): Promise<void> {
  const known = context.state.read(writtenRegionsFile);
  const other = wanted.filter(({ name, region }) => known.get(name) !== region);
  if (other.length === 0) return;
  const written = new Set(upToDate);
  for (const { name } of userRegions) written.delete(name);
  const changed = other.filter(({ name }) => written.has(name));
  if (changed.length === 0) return;
  await context.state.update(writtenRegionsFile, (old) => {
    return new Map([...old, ...changed.map(({ name, region }) => [name, region] as const)]);
  });
}

interface OwnRules extends PlanRules {
  readonly isAwstKey: IsAwstKey;
  readonly otherOwner: (content: SectionContent) => string | undefined;
}

/** Returns rules that know which temporary keys awst wrote, and which lines call a missing program.
 *  `line`: the start of a process line now. */
export function readPlanRules(
  context: Needs<"state" | "fileFingerprint" | "paths">,
  line: readonly string[],
): OwnRules {
  const cache = context.state.read(profileCacheFile);
  const { roles } = cache;
  const index = context.state.read(sessionIndexFile);
  const ids = [...Object.values(roles), ...Object.values(index)].map((each) => each.accessKeyId);
  // Thousands of lines call the same program.
  const isMissing = memoizeTexts(100, (path) => context.fileFingerprint(path) === undefined);
  const exists = (path: string) => !isMissing(path);
  const { configuration: path, defaultConfiguration: defaultPath } = context.paths;
  const own = { path, defaultPath, exists };
  const otherOwner = (content: SectionContent) => {
    if (content.kind === "keys") return otherOwnerOfKey(content.accessKeyId, cache, own);
    const call = content.kind === "process" ? readProcessLine(content.line) : undefined;
    return call && otherOwnerOfLine(call, own);
  };
  const writtenRegions = context.state.read(writtenRegionsFile);
  return { ...planRules(ids, line, isMissing), otherOwner, writtenRegions };
}

/** Reports once that other users can read the credentials file. */
async function reportOpenFile(context: WriteContext): Promise<void> {
  const cache = context.state.read(profileCacheFile);
  if (cache.reportedOpenFile || !(await (await context.awsFiles()).isOpenToOthers())) return;
  const path = context.paths.awsCredentials;
  context.say(`other users of this machine can read ${path}; to prevent it: chmod 600 ${path}`);
  context.state.write(profileCacheFile, { ...cache, reportedOpenFile: true });
}
