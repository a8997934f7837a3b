// Makes AWS's files hold the profiles of every account and offered role, and takes out owned ones that
// are no longer configured, or whose session of its own has ended.

import { clockName, clockOf } from "../../model/clock.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import { findIdentity, offeredRoles } from "../../model/configuration/find-in-configuration.ts";
import { profileNames } from "../../model/configuration/profile-names.ts";
import {
  type AwsFile,
  findProfiles,
  homeOf,
  judgeSection,
  parseAwsFiles,
} from "../../model/profile/aws-profiles.ts";
import { type OwnedProfile, ownedProfiles } from "../../model/profile/long-term-keys.ts";
import { roleLine } from "../../model/profile/process-line.ts";
import { decodeProfileMemory, profilesName } from "../../model/profile/profile-cache.ts";
import {
  isNamedByAwst,
  type ProfilePlan,
  planProfiles,
  scopeInName,
  type UnwritableProfile,
  type WantedProfile,
} from "../../model/profile/profile-plan.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import {
  decodeSessionIndex,
  type SessionIndex,
  sessionIndexName,
} from "../../model/session/session-index.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "../session/load-configuration.ts";
import { readPlanRules, type WriteNeeds, writeUntilSeen } from "./write-profiles.ts";

export interface SyncedProfiles {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** Lines whose program was gone. */
  readonly mended: readonly string[];
  readonly inTheWay: ProfilePlan["inTheWay"];
  readonly unwritable: ProfilePlan["unwritable"];
  /** With `mode = "keys"` profiles come with their sessions: none is written here. */
  readonly isWithoutSessions: boolean;
}

/** Errors: CONFIGURATION_*, FILE_UNREADABLE, FILE_MALFORMED, FILE_UNWRITABLE. */
export async function syncProfiles(
  context: WriteNeeds & Needs<"configurationFile" | "env" | "now">,
  how: { readonly isDryRun: boolean },
): Promise<SyncedProfiles> {
  const configuration = await loadConfiguration(context);
  const every = await planEveryProfile(context, configuration);
  const plan = how.isDryRun
    ? planProfiles(await (await context.awsFiles()).read(), every.wanted, {
        ...(await readPlanRules(context)),
        goes: every.goes,
      })
    : (await writeUntilSeen(context, every.wanted, every.goes)).plan;
  const { written, removed, mended, inTheWay } = plan;
  if (!how.isDryRun && written.length + removed.length + mended.length > 0) {
    context.state.record("profiles-changed", { written: written.length, removed: removed.length });
  }
  return {
    written,
    unchanged: plan.standing.filter((name) => !written.includes(name)),
    removed,
    mended,
    inTheWay,
    unwritable: [...every.unwritable, ...plan.unwritable],
    isWithoutSessions: configuration.writeMode === "keys",
  };
}

export interface ConfiguredProfile {
  readonly name: string;
  readonly account: string;
  readonly role: string;
  readonly identity: string;
  readonly region: string;
}

export interface EveryProfile {
  readonly configured: readonly ConfiguredProfile[];
  /** Those of them a process line is written for; none with `mode = "keys"`. */
  readonly wanted: readonly WantedProfile[];
  readonly unwritable: readonly UnwritableProfile[];
  readonly goes: (owned: OwnedProfile) => boolean;
}

/** USAGE where the environment names what is no region. */
export async function planEveryProfile(
  context: Needs<"env" | "paths" | "program" | "state" | "now">,
  configuration: Configuration,
): Promise<EveryProfile> {
  const { configuration: path, configurationIsNamed } = context.paths;
  const named = configurationIsNamed ? path : undefined;
  const configured: ConfiguredProfile[] = [];
  const wanted: WantedProfile[] = [];
  const unwritable: UnwritableProfile[] = [];
  for (const account of configuration.accounts.values()) {
    const identity = findIdentity(configuration, account.identity ?? configuration.defaultIdentity);
    const region = account.region ?? callRegion(identity, configuration, context.env).region;
    for (const role of offeredRoles(configuration, account)) {
      const { line, why } = roleLine({
        program: context.program,
        configuration: named,
        identity: identity.name === configuration.defaultIdentity ? undefined : identity.name,
        account: account.name,
        role,
        flags: undefined,
      });
      for (const name of profileNames(account.name, role, configuration.writeProfiles)) {
        configured.push({ name, account: account.name, role, identity: identity.name, region });
        if (configuration.writeMode === "keys") continue;
        if (line === undefined) unwritable.push({ name, why });
        else wanted.push({ name, region, kind: "process", line });
      }
    }
  }
  return {
    configured,
    wanted,
    unwritable,
    goes: whichGo(context, configuration, named, configured),
  };
}

function whichGo(
  context: Needs<"state" | "now">,
  configuration: Configuration,
  named: string | undefined,
  configured: readonly ConfiguredProfile[],
): (owned: OwnedProfile) => boolean {
  const memory = decodeProfileMemory(context.state.read(profilesName));
  const index = decodeSessionIndex(context.state.read(sessionIndexName));
  const awsNow = clockOf(context.state.read(clockName), context.now()).awsNow.getTime();
  const written = new Set(Object.values(memory.roles).flatMap((each) => each.names));
  const names = new Set(configured.map((each) => each.name));
  const mayBeTried = (account: string) =>
    !configuration.rolesAreConfigured && configuration.accounts.get(account)?.roles === undefined;
  return ({ name, call }) => {
    const { account, role, flags } = call;
    // An identity's own line, and what another configuration file asks for, are none of this one's.
    if (account === undefined || role === undefined || call.configuration !== named) return false;
    if (names.has(name)) return false;
    if (flags.length > 0) return hasEnded(index, name, account, role, awsNow);
    const isKnown = configured.some((each) => each.account === account && each.role === role);
    if (!isKnown) return !(configuration.accounts.has(account) && mayBeTried(account));
    // Under a name of the user's own choice it stays; under one that was awst's, it goes.
    return isNamedByAwst({ name, call }, written);
  };
}

// Notes of sessions are dropped a day after their end: a name without one has ended, too.
function hasEnded(
  index: SessionIndex,
  name: string,
  account: string,
  role: string,
  now: number,
): boolean {
  const scope = scopeInName(name);
  if (scope === undefined) return false;
  const note = Object.values(index).find((each) => {
    return each.account === account && each.role === role && each.scope?.startsWith(scope);
  });
  if (note === undefined) return true;
  const ends = [note.expiresAt, note.renewableUntil ?? note.expiresAt].map(Date.parse);
  return Math.max(...ends) <= now;
}

export interface ListedProfile {
  readonly name: string;
  readonly file: AwsFile;
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly identity: string | undefined;
  /** `own`: a section that calls awst under a name of the user's choice, or an identity's own.
   *  `keys`: temporary keys that `mode = "keys"` wrote. `left over`: `profile sync` takes it out. */
  readonly state:
    | "good"
    | "outdated"
    | "missing"
    | "in the way"
    | "unwritable"
    | "keys"
    | "own"
    | "left over";
  /** For what is in the way or unwritable. */
  readonly why: string | undefined;
}

/** Errors: CONFIGURATION_*, FILE_UNREADABLE, FILE_MALFORMED. */
export async function listProfiles(
  context: Needs<
    "configurationFile" | "awsFiles" | "paths" | "program" | "state" | "stamp" | "env" | "now"
  >,
): Promise<readonly ListedProfile[]> {
  const configuration = await loadConfiguration(context);
  const every = await planEveryProfile(context, configuration);
  const texts = await (await context.awsFiles()).read();
  const rules = await readPlanRules(context);
  const plan = planProfiles(texts, every.wanted, rules);
  const unwritable = [...every.unwritable, ...plan.unwritable];
  const found = findProfiles(parseAwsFiles(texts));
  const isThere = (name: string) => found.some((each) => each.names.includes(name));
  const keyed = found.filter(
    ({ section }) => judgeSection(section, rules.isOurKey).kind === "keys",
  );
  const holdsKeys = (name: string) => keyed.some((each) => each.names.includes(name));

  const configured = every.configured.map((each): ListedProfile => {
    const { name, account, role, identity } = each;
    const obstacle = plan.inTheWay.find((one) => one.name === name);
    const impossible = unwritable.find((one) => one.name === name);
    const kind = configuration.writeMode === "keys" ? "keys" : "process";
    const file = obstacle?.file ?? homeOf(name, kind).file;
    const about = { name, file, account, role, identity, why: obstacle?.why ?? impossible?.why };
    if (impossible !== undefined) return { ...about, state: "unwritable" };
    if (obstacle !== undefined) return { ...about, state: "in the way" };
    if (kind === "keys") return { ...about, state: holdsKeys(name) ? "keys" : "missing" };
    if (!plan.written.includes(name)) return { ...about, state: "good" };
    return { ...about, state: isThere(name) ? "outdated" : "missing" };
  });
  const names = new Set(configured.map(({ name }) => name));
  const others = ownedProfiles(texts)
    .filter(({ name }) => !names.has(name))
    .map((owned): ListedProfile => {
      const { account, role, identity } = owned.call;
      const state = every.goes(owned) ? "left over" : "own";
      return { name: owned.name, file: owned.file, account, role, identity, state, why: undefined };
    });
  return [...configured, ...others];
}
