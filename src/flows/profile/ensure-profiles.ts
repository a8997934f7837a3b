// Sees to it that a role's profiles stand in AWS's files. When nothing has changed since they were last
// seen to (AWS's files, configuration, program, line), nothing is read, parsed, locked or written.

import type { Configuration } from "../../model/configuration/configuration.ts";
import { profileNames, scopedProfileName } from "../../model/configuration/profile-names.ts";
import type { WantedProfile } from "../../model/profile/profile-plan.ts";
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
} from "../../model/profile/remembered-profiles.ts";
import { roleLine } from "../../model/profile/role-line.ts";
import type { RoleSession } from "../../model/session/session.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import type { Target } from "../../model/session/target.ts";
import type { Needs } from "../../ports.ts";
import { readStamps } from "./recall-profiles.ts";
import { type WriteNeeds, writeUntilSeen } from "./write-profiles.ts";

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
  world: WriteNeeds,
  wish: ProfileWish,
): Promise<EnsuredProfiles> {
  const { target, session, configuration } = wish;
  const scope = target.scoped ? (scopeOf(target.flags) ?? target.fingerprint) : undefined;
  const key = profileKey(world.places.configuration, target.account.name, target.role.name, scope);
  const region = wish.region ?? target.workRegion;
  const identity = target.identity.name;
  const keys = configuration.writeMode === "keys" ? session?.keys : undefined;
  const names = namesOf(wish, scope);
  const written = roleLine({
    program: world.program,
    configuration: world.places.configurationIsNamed ? world.places.configuration : undefined,
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
    stamps: await readStamps(world),
  };
  const kept = decodeProfileMemory(world.state.read(profilesName)).roles[key];
  if (kept && isSameAsRemembered(kept, now, world.program) && speaksOf(kept, names))
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
  const { plan, stamps } = await writeUntilSeen(world, wanted);
  const { standing, inTheWay, unwritable } = plan;
  const ensured = { names: standing, usable: standing[0], inTheWay, unwritable };
  const program = world.program.join("\0");
  remember(world, key, { ...ensured, ...now, program, stamps });
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

function remember(world: Needs<"state">, key: string, entry: RememberedProfiles): void {
  const memory = decodeProfileMemory(world.state.read(profilesName));
  world.state.replace(profilesName, encodeProfileMemory(withRemembered(memory, key, entry)));
}
