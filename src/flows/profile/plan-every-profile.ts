// Every profile the configuration asks for, and which owned ones nobody asks for any more: what
// `profile sync` does, and what `profile list` compares with.

import { clockName, clockOf } from "../../model/clock.ts";
import type { Configuration } from "../../model/configuration/configuration.ts";
import { findIdentity } from "../../model/configuration/find-identity.ts";
import { offeredRoles } from "../../model/configuration/find-role.ts";
import { profileNames } from "../../model/configuration/profile-names.ts";
import { isNamedByAwst, scopeInName } from "../../model/profile/awst-names.ts";
import type { UnwritableProfile, WantedProfile } from "../../model/profile/profile-plan.ts";
import type { OwnedProfile } from "../../model/profile/profile-sections.ts";
import { decodeProfileMemory, profilesName } from "../../model/profile/remembered-profiles.ts";
import { roleLine } from "../../model/profile/role-line.ts";
import { callRegion } from "../../model/session/resolve-target.ts";
import {
  decodeSessionIndex,
  type SessionIndex,
  sessionIndexName,
} from "../../model/session/session-index.ts";
import type { Needs } from "../../ports.ts";

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
  world: Needs<"env" | "places" | "program" | "state" | "now">,
  configuration: Configuration,
): Promise<EveryProfile> {
  const { configuration: path, configurationIsNamed } = world.places;
  const named = configurationIsNamed ? path : undefined;
  const configured: ConfiguredProfile[] = [];
  const wanted: WantedProfile[] = [];
  const unwritable: UnwritableProfile[] = [];
  for (const account of configuration.accounts.values()) {
    const identity = findIdentity(configuration, account.identity ?? configuration.defaultIdentity);
    const region = account.region ?? callRegion(identity, configuration, world.env).region;
    for (const role of offeredRoles(configuration, account)) {
      const { line, why } = roleLine({
        program: world.program,
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
  return { configured, wanted, unwritable, goes: whichGo(world, configuration, named, configured) };
}

function whichGo(
  world: Needs<"state" | "now">,
  configuration: Configuration,
  named: string | undefined,
  configured: readonly ConfiguredProfile[],
): (owned: OwnedProfile) => boolean {
  const memory = decodeProfileMemory(world.state.read(profilesName));
  const index = decodeSessionIndex(world.state.read(sessionIndexName));
  const awsNow = clockOf(world.state.read(clockName), world.now()).awsNow.getTime();
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
