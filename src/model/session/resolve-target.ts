// From `ACCOUNT ROLE` and the flags to a target: names looked up, flags checked against the configuration.
// It neither prompts nor guesses: `account` is a complete name.

import { fallbackRegion, isRegion, partitionOf } from "../aws/partition.ts";
import { maxChainedSeconds, maxRoleSeconds } from "../aws/session-limits.ts";
import type { Account, Configuration, Identity, Role } from "../configuration/configuration.ts";
import { findAccount, findRole, offersAnyRole } from "../configuration/find-in-configuration.ts";
import { writeSettingsOf } from "../configuration/write-mode.ts";
import type { Env } from "../environment.ts";
import { ambientRegion } from "../environment.ts";
import { AwstError } from "../errors.ts";
import { spellDuration } from "../text/duration.ts";
import { fingerprint } from "../text/fingerprint.ts";
import { suggestion } from "../text/nearest-name.ts";
import { checkFlags } from "./check-flags.ts";
import { environmentHash } from "./session-scope.ts";
import type { RoleInputs, SessionFlags, Target } from "./target.ts";

export interface CallRegion {
  readonly region: string;
  /** `fallback`: nothing names one; worth saying once. */
  readonly source: "identity" | "defaultRegion" | "AWS_REGION" | "AWS_DEFAULT_REGION" | "fallback";
}

/** Where an identity's STS and IAM calls go. USAGE when the environment names what is not a region. */
export function callRegion(identity: Identity, configuration: Configuration, env: Env): CallRegion {
  if (identity.region !== undefined) return { region: identity.region, source: "identity" };
  const { defaultRegion } = configuration;
  if (defaultRegion !== undefined) return { region: defaultRegion, source: "defaultRegion" };
  const ambient = ambientRegion(env);
  if (ambient === undefined) return { region: fallbackRegion, source: "fallback" };
  if (isRegion(ambient.region)) return ambient;
  const shown = `${ambient.source} is ${JSON.stringify(ambient.region)}`;
  throw new AwstError("USAGE", `${shown}, which is not the name of a region`, {
    hint: 'set defaultRegion = "eu-west-1" in the configuration, or correct the variable',
  });
}

/** ACCOUNT_UNKNOWN, ROLE_UNKNOWN, IDENTITY_UNKNOWN; USAGE for flags that AWS would not take, and for
 *  names that contradict each other. `account` is a whole name. */
export function resolveTarget(
  configuration: Configuration,
  wanted: {
    readonly account: string;
    readonly role: string;
    /** --identity */
    readonly identity: string | undefined;
    readonly flags: SessionFlags;
    readonly env: Env;
  },
): Target {
  const { flags, env } = wanted;
  const account = findAccount(configuration, wanted.account);
  const role = findRole(configuration, account, wanted.role);
  const route = findRoute(configuration, role);
  const identity = findIdentity(configuration, wanted.identity, account, route);
  const { region, source } = callRegion(identity, configuration, env);
  const isConfigured = source === "identity" || source === "defaultRegion";
  const partition = partitionOf(region).name;
  checkPartition(account.name, role.region ?? account.region, identity, region);

  const length = planLength(role, flags);
  const configured = inputsOf(account, role, partition);
  const inputs = withFlags(configured, flags);
  const chain = route.map((hop) => inputsOf(hop.account, hop.role, partition));
  const scoped = length.differs || fingerprint(inputs) !== fingerprint(configured);
  const { durationSeconds, mode } = length;
  const write = writeSettingsOf(configuration, account.name, role.name);
  const writesKeys = write.mode === "keys";
  const isShort = writesKeys && mode === "renew";
  const longest = isShort
    ? write.keysSeconds
    : mode === "single"
      ? maxRoleSeconds
      : maxChainedSeconds;
  return {
    identity,
    account,
    role,
    inputs,
    chain,
    durationSeconds,
    mode,
    sessionSeconds: Math.min(durationSeconds, longest),
    writesKeys,
    scoped,
    flags,
    callRegion: region,
    profileRegion: role.region ?? account.region ?? region,
    isRegionAmbient: (role.region ?? account.region) === undefined && !isConfigured,
    partition,
    fingerprint: fingerprint({
      names: [identity.name, account.name, role.name],
      inputs,
      chain,
      durationSeconds,
      mode,
      ...(isShort && { sessionSeconds: write.keysSeconds }),
      environment: environmentHash(env, region),
    }),
  };
}

/** Whether a role is only tried, with 1 h, because the configuration does not have its name. */
export function roleIsUnknown(
  configuration: Configuration,
  account: Account,
  role: string,
): boolean {
  return offersAnyRole(configuration, account) && !configuration.roles.has(role);
}

interface Hop {
  readonly account: Account;
  readonly role: Role;
}

/** The hops before the role, first one first. The decoder has refused circles and unknown accounts. */
function findRoute(configuration: Configuration, role: Role): readonly Hop[] {
  if (role.via === undefined) return [];
  const account = findAccount(configuration, role.via.account);
  const hop = findRole(configuration, { ...account, roles: undefined }, role.via.role, "hop");
  return [...findRoute(configuration, hop), { account, role: hop }];
}

function findIdentity(
  configuration: Configuration,
  asked: string | undefined,
  account: Account,
  route: readonly Hop[],
): Identity {
  const name = asked ?? account.identity ?? configuration.defaultIdentity;
  const identity = configuration.identities.get(name);
  if (identity === undefined) {
    const known = [...configuration.identities.keys()];
    throw new AwstError("IDENTITY_UNKNOWN", `there is no identity ${JSON.stringify(name)}`, {
      hint: suggestion(name, known),
    });
  }
  for (const each of [account, ...route.map((hop) => hop.account)]) {
    if (each.identity === undefined || each.identity === name) continue;
    const whose = `account ${JSON.stringify(each.name)} belongs to identity ${JSON.stringify(each.identity)}`;
    throw new AwstError("USAGE", `${whose}, not to ${JSON.stringify(name)}`, {
      hint: asked === undefined ? undefined : "leave --identity out",
    });
  }
  return identity;
}

function checkPartition(
  account: string,
  wanted: string | undefined,
  identity: Identity,
  region: string,
): void {
  if (wanted === undefined) return;
  const theirs = partitionOf(wanted).name;
  const ours = partitionOf(region).name;
  if (theirs === ours) return;
  const at = `account ${JSON.stringify(account)} is in ${wanted} (${theirs})`;
  const from = `identity ${JSON.stringify(identity.name)} in ${region} (${ours})`;
  throw new AwstError("USAGE", `${at}, but ${from}`, {
    hint: "set the region of the account's identity in the configuration",
  });
}

function inputsOf(account: Account, role: Role, partition: string): RoleInputs {
  const { tags, sourceIdentity, sessionName } = role;
  const policyArns = [...role.policyArns].sort();
  const roleArn = `arn:${partition}:iam::${account.id}:role/${role.name}`;
  const externalId = role.externalId ?? account.externalId;
  return { roleArn, externalId, policyArns, policy: undefined, tags, sourceIdentity, sessionName };
}

/** Flags replace what is configured; tags are added to it, those of the same key replaced. */
function withFlags(configured: RoleInputs, flags: SessionFlags): RoleInputs {
  const added = flags.tags ?? {};
  const replaced = new Set(Object.keys(added).map((key) => key.toLowerCase()));
  const others = Object.entries(configured.tags).filter(
    ([key]) => !replaced.has(key.toLowerCase()),
  );
  return {
    ...configured,
    policyArns: flags.policyArns?.length ? [...flags.policyArns].sort() : configured.policyArns,
    policy: flags.policy,
    tags: { ...Object.fromEntries(others), ...added },
    sourceIdentity: flags.sourceIdentity ?? configured.sourceIdentity,
    sessionName: flags.sessionName ?? configured.sessionName,
  };
}

function planLength(
  role: Role,
  flags: SessionFlags,
): Pick<Target, "durationSeconds" | "mode"> & { readonly differs: boolean } {
  const isSingle = role.session === "single" || flags.single === true;
  checkFlags(flags, isSingle);
  const durationSeconds = flags.durationSeconds ?? role.durationSeconds;
  const differs = durationSeconds !== role.durationSeconds;
  if (!isSingle) {
    const isOnce = differs && durationSeconds <= maxChainedSeconds;
    return { durationSeconds, mode: isOnce ? "once" : "renew", differs };
  }
  if (role.via !== undefined) {
    throw new AwstError(
      "USAGE",
      `role ${JSON.stringify(role.name)} is reached via another: AWS ends such a session after 1 h, so --single has no effect`,
      { hint: "leave --single out: the session is then renewed for the whole duration" },
    );
  }
  if (durationSeconds > maxRoleSeconds) {
    const configured = `role ${JSON.stringify(role.name)} has ${spellDuration(durationSeconds)}`;
    throw new AwstError("USAGE", `${configured}: a single session lasts 12h at most`, {
      hint: "add --duration 12h",
    });
  }
  return { durationSeconds, mode: "single", differs: differs || role.session !== "single" };
}
