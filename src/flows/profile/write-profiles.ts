// Sees to it that a role's profiles stand in AWS's files. When nothing has changed since they were last
// seen to (AWS's files, configuration, program, line), nothing is read, parsed, locked or written.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { profileNames, scopedProfileName } from "../../model/configuration/profile-names.ts";
import type { AwsFileTexts } from "../../model/profile/aws-profiles.ts";
import { roleLine } from "../../model/profile/process-line.ts";
import {
  decodeProfileMemory,
  type EnsuredProfiles,
  encodeProfileMemory,
  ensuredOf,
  isSameAsRemembered,
  profileKey,
  profilesName,
  type RememberedProfiles,
  withRemembered,
} from "../../model/profile/profile-cache.ts";
import {
  type PlanRules,
  type ProfilePlan,
  planProfiles,
  planRules,
  type WantedProfile,
} from "../../model/profile/profile-plan.ts";
import type { AccountAndRole } from "../../model/session/frecency.ts";
import { resolveTarget } from "../../model/session/resolve-target.ts";
import type { RoleSession } from "../../model/session/session.ts";
import { decodeSessionIndex, sessionIndexName } from "../../model/session/session-index.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { SessionFlags, Target } from "../../model/session/target.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration, resolveAccount } from "../session/load-configuration.ts";
import { readStamps } from "./profile-cache.ts";

export interface ProfileWish {
  readonly target: Target;
  /** undefined with --profile-only: `mode = "keys"` then writes nothing. */
  readonly session: RoleSession | undefined;
  /** --region */
  readonly region: string | undefined;
  readonly configuration: Pick<Configuration, "writeProfiles" | "writeMode" | "defaultIdentity">;
}

/** Errors: FILE_UNREADABLE, FILE_MALFORMED, FILE_UNWRITABLE, with nothing half written. */
export async function ensureProfiles(
  context: WriteNeeds,
  wish: ProfileWish,
): Promise<EnsuredProfiles> {
  const { target, session, configuration } = wish;
  const scope = target.scoped ? (scopeOf(target.flags) ?? target.fingerprint) : undefined;
  const key = profileKey(context.paths.configuration, target.account.name, target.role.name, scope);
  const region = wish.region ?? target.workRegion;
  const identity = target.identity.name;
  const keys = configuration.writeMode === "keys" ? session?.keys : undefined;
  const names = namesOf(wish, scope);
  const written = roleLine({
    program: context.program,
    configuration: context.paths.configurationIsNamed ? context.paths.configuration : undefined,
    identity: identity === configuration.defaultIdentity ? undefined : identity,
    account: target.account.name,
    role: target.role.name,
    flags: target.scoped ? target.flags : undefined,
  });
  const isKeys = configuration.writeMode === "keys";
  const line = isKeys ? "" : (written.line ?? "");
  const now = {
    identity,
    region,
    line,
    accessKeyId: keys?.accessKeyId,
    stamps: await readStamps(context),
  };
  const kept = decodeProfileMemory(context.state.read(profilesName)).roles[key];
  if (kept && isSameAsRemembered(kept, now, context.program) && speaksOf(kept, names))
    return ensuredOf(kept);

  if (isKeys && keys === undefined)
    return { names: [], usable: undefined, inTheWay: [], unwritable: [] };
  if (!isKeys && written.line === undefined) {
    const unwritable = names.map((name) => ({ name, why: written.why ?? "" }));
    return { names: [], usable: undefined, inTheWay: [], unwritable };
  }
  const wanted = names.map(
    (name): WantedProfile =>
      keys === undefined
        ? { name, region, kind: "process", line }
        : { name, region, kind: "keys", keys },
  );
  const { plan, stamps } = await writeUntilSeen(context, wanted);
  const { standing, inTheWay, unwritable } = plan;
  const ensured = { names: standing, usable: standing[0], inTheWay, unwritable };
  const program = context.program.join("\0");
  remember(context, key, { ...ensured, ...now, program, stamps });
  return ensured;
}

function namesOf(wish: ProfileWish, scope: string | undefined): readonly string[] {
  const { account, role } = wish.target;
  if (scope !== undefined) return [scopedProfileName(account.name, role.name, scope)];
  return profileNames(account.name, role.name, wish.configuration.writeProfiles);
}

function speaksOf(kept: RememberedProfiles, names: readonly string[]): boolean {
  const told = [...kept.names, ...[...kept.inTheWay, ...kept.unwritable].map(({ name }) => name)];
  return told.length === names.length && names.every((name) => told.includes(name));
}

function remember(context: Needs<"state">, key: string, entry: RememberedProfiles): void {
  const memory = decodeProfileMemory(context.state.read(profilesName));
  context.state.replace(profilesName, encodeProfileMemory(withRemembered(memory, key, entry)));
}

/** With the session they are for. `region`: --region. Errors: those of `ensureProfiles`. */
export async function settleProfiles(
  context: WriteNeeds & Needs<"env" | "configurationFile">,
  request: SessionRequest,
  obtained: ObtainedSession,
  region: string | undefined,
): Promise<EnsuredProfiles> {
  const { account, role, session, target } = obtained;
  const configuration = await loadConfiguration(context);
  const wanted = { account, role, identity: request.identity, flags: request.flags };
  return ensureProfiles(context, {
    target: target ?? resolveTarget(configuration, { ...wanted, env: context.env }),
    session,
    region,
    configuration,
  });
}

export interface ProfilesWish extends AccountAndRole {
  readonly identity: string | undefined;
  readonly flags: SessionFlags;
  readonly region: string | undefined;
}

export interface ProfilesAlone {
  readonly target: Target;
  readonly profiles: EnsuredProfiles;
  /** `mode = "keys"`: profiles hold keys, so that none can be written without a session. */
  readonly needSession: boolean;
}

/** --profile-only: calls nothing. Errors: ACCOUNT_UNKNOWN, ROLE_UNKNOWN, USAGE, CONFIGURATION_*, FILE_*. */
export async function settleProfilesAlone(
  context: WriteNeeds & Needs<"env" | "configurationFile">,
  wish: ProfilesWish,
): Promise<ProfilesAlone> {
  const configuration = await loadConfiguration(context);
  const { role, identity, flags, region } = wish;
  const account = await resolveAccount(context, configuration, wish.account);
  const target = resolveTarget(configuration, { account, role, identity, flags, env: context.env });
  const profiles = await ensureProfiles(context, {
    target,
    session: undefined,
    region,
    configuration,
  });
  return { target, profiles, needSession: configuration.writeMode === "keys" };
}

export type WriteNeeds = Needs<"paths" | "program" | "state" | "stamp" | "awsFiles" | "say">;

export interface SeenPlan {
  /** What was done: the first round's, whose texts are now in the files. */
  readonly plan: ProfilePlan;
  /** Taken before the look that found nothing more to change. */
  readonly stamps: readonly (string | null)[];
}

/** Errors: FILE_UNREADABLE, FILE_MALFORMED, FILE_UNWRITABLE. */
export async function writeUntilSeen(
  context: WriteNeeds,
  wanted: readonly WantedProfile[],
  goes?: PlanRules["goes"],
): Promise<SeenPlan> {
  const files = await context.awsFiles();
  const rules = { ...(await readPlanRules(context)), goes };
  const look = (texts: AwsFileTexts) => planProfiles(texts, wanted, rules);
  let done: ProfilePlan | undefined;
  for (let rounds = 1; ; rounds += 1) {
    const stamps = await readStamps(context);
    const texts = await files.read();
    const plan = look(texts);
    const isSettled =
      plan.texts.config === texts.config && plan.texts.credentials === texts.credentials;
    if (isSettled || rounds > 3) {
      if (done !== undefined) await sayOnceIfOpen(context);
      return { plan: done ?? plan, stamps };
    }
    const made = await files.edit((found) => {
      const now = look(found);
      return { texts: now.texts, result: now };
    });
    done ??= made;
  }
}

/** Which temporary keys are awst's own, and the lines whose program is gone. */
export async function readPlanRules(
  context: Needs<"state" | "stamp" | "program">,
): Promise<PlanRules & { readonly isOurKey: (id: string) => boolean }> {
  const memory = decodeProfileMemory(context.state.read(profilesName));
  const index = decodeSessionIndex(context.state.read(sessionIndexName));
  const ids = [...Object.values(memory.roles), ...Object.values(index)].map(
    (each) => each.accessKeyId,
  );
  return planRules(ids, context.program, (path) => context.stamp(path) === undefined);
}

async function sayOnceIfOpen(context: WriteNeeds): Promise<void> {
  const memory = decodeProfileMemory(context.state.read(profilesName));
  if (memory.openIsSaid || !(await (await context.awsFiles()).isOpenToOthers())) return;
  const path = context.paths.awsCredentials;
  context.say(`other users of this machine can read ${path}: chmod 600 would keep them out`);
  context.state.replace(profilesName, encodeProfileMemory({ ...memory, openIsSaid: true }));
}
