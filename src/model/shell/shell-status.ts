// Finds the profile or keys of a shell from its environment and awst's state files. It reads no keychain, no
// configuration and none of AWS's files, because a prompt waits for it.

import {
  defaultTemplates,
  profileNames,
  scopedProfileName,
} from "../configuration/profile-names.ts";
import { type Env, isServerFile } from "../environment.ts";
import type { SessionEntry, SessionIndex } from "../session/session-index.ts";

export interface ShellStatus {
  /** undefined: an AWS tool would use its default profile. */
  readonly source: "profile" | "keys" | "container" | undefined;
  /** `unknown`: no session of awst has this profile or key. `broken`: the profile calls a program that no
   *  longer exists. */
  readonly state: "live" | "ended" | "broken" | "unknown" | undefined;
  /** AWS_PROFILE, also if keys in the environment override it. */
  readonly profile: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly identity: string | undefined;
  /** The account is marked as production, as far as a session is known. */
  readonly production: boolean;
  readonly expiresAt: Date | undefined;
  readonly renewableUntil: Date | undefined;
  /** No MFA session of the identity is live: a new session needs a code. */
  readonly needsCode: boolean;
  /** What the profile calls, where that no longer exists. */
  readonly missingProgram: string | undefined;
  /** The profile is for plain keys (`write.mode = "keys"`), which were removed. */
  readonly hasLostKeys: boolean;
}

export interface ProfileOwner {
  readonly account: string;
  readonly role: string;
  readonly identity: string;
}

/** What awst remembers of profiles that it wrote. */
export interface ProfileFacts {
  /** Finds the role of a profile that no session has. */
  ownerOf(profile: string): ProfileOwner | undefined;
  /** Returns a path that the profile calls and that no longer exists. */
  findMissing(profile: string): string | undefined;
  /** Returns when the plain keys in the profile expire, RFC 3339, or that they were removed; undefined: it calls awst. */
  plainKeys(profile: string): string | "removed" | undefined;
}

export function shellStatus(
  env: Env,
  index: SessionIndex,
  awsNow: Date,
  profiles: ProfileFacts,
): ShellStatus {
  const profile = env["AWS_PROFILE"] || env["AWS_DEFAULT_PROFILE"] || undefined;
  const accessKeyId = env["AWS_ACCESS_KEY_ID"] || undefined;
  const roles = Object.values(index).filter(({ kind }) => kind === "role");
  if (accessKeyId !== undefined) {
    const entry = roles.find((each) => each.accessKeyId === accessKeyId);
    const expiresAt = dateOf(env["AWS_CREDENTIAL_EXPIRATION"]) ?? dateOf(entry?.expiresAt);
    // Keys in the environment can't renew.
    const known = { ...nothing, profile, accessKeyId, ...namesOf(entry), expiresAt };
    return { ...known, source: "keys", state: stateOf(expiresAt, awsNow) };
  }
  if (profile !== undefined) {
    const entry = newest(roles.filter((each) => isNamed(each, profile)));
    const owner = entry ? undefined : profiles.ownerOf(profile);
    // Keys in a file can't renew, whatever their session could.
    const plainKeys = profiles.plainKeys(profile);
    const hasLostKeys = plainKeys === "removed";
    const expiresAt = dateOf(hasLostKeys ? undefined : (plainKeys ?? entry?.expiresAt));
    const renewableUntil = dateOf(plainKeys === undefined ? entry?.renewableUntil : undefined);
    const known = { ...nothing, profile, ...(owner ?? namesOf(entry)), expiresAt, renewableUntil };
    const missingProgram = profiles.findMissing(profile);
    const identity = (owner ?? entry)?.identity;
    const needsCode = !Object.values(index).some((each) => isLiveMfa(each, identity, awsNow));
    const time = hasLostKeys ? "ended" : stateOf(usableUntil(known), awsNow);
    const state = missingProgram ? "broken" : time;
    return { ...known, source: "profile", state, needsCode, missingProgram, hasLostKeys };
  }
  if (!env["AWS_CONTAINER_CREDENTIALS_FULL_URI"]) return nothing;
  return servedStatus(env, roles, awsNow);
}

/** Holds `ACCOUNT ROLE`, or `ACCOUNT ROLE @SCOPE`, for a program of `exec --server`. */
export const serverRoleVariable = "AWST_SERVER_ROLE";

export function serverRoleText(account: string, role: string, scope: string | undefined): string {
  return [account, role, ...(scope === undefined ? [] : [`@${scope}`])].join(" ");
}

/** The endpoint is awst's if its token is in a folder of awst. */
function servedStatus(env: Env, roles: readonly SessionEntry[], awsNow: Date): ShellStatus {
  const isOurs = isServerFile(env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]);
  const text = isOurs ? (env[serverRoleVariable] ?? "") : "";
  const [, account, role, scope] = /^(.+) ([^ @][^ ]*)(?: @(\w+))?$/.exec(text) ?? [];
  const served = { ...nothing, source: "container", state: "unknown" } as const;
  if (account === undefined || role === undefined) return served;
  const entry = newest(
    roles.filter((each) => each.account === account && each.role === role && each.scope === scope),
  );
  const expiresAt = dateOf(entry?.expiresAt);
  const renewableUntil = dateOf(entry?.renewableUntil);
  const known = { ...served, account, role, ...namesOf(entry), expiresAt, renewableUntil };
  return { ...known, state: stateOf(usableUntil(known), awsNow) };
}

/** Returns when the next MFA code is needed or the keys expire. */
export function usableUntil(
  status: Pick<ShellStatus, "expiresAt" | "renewableUntil">,
): Date | undefined {
  const { expiresAt, renewableUntil } = status;
  if (expiresAt === undefined || renewableUntil === undefined) return expiresAt ?? renewableUntil;
  return new Date(Math.max(expiresAt.getTime(), renewableUntil.getTime()));
}

export function secondsUntil(at: Date, now: Date): number {
  return Math.max(0, Math.floor((at.getTime() - now.getTime()) / 1000));
}

const nothing: ShellStatus = {
  source: undefined,
  state: undefined,
  profile: undefined,
  accessKeyId: undefined,
  account: undefined,
  role: undefined,
  identity: undefined,
  production: false,
  expiresAt: undefined,
  renewableUntil: undefined,
  needsCode: false,
  missingProgram: undefined,
  hasLostKeys: false,
};

function isNamed({ account, role, scope }: SessionEntry, profile: string): boolean {
  if (account === undefined || role === undefined) return false;
  if (scope !== undefined) return scopedProfileName(account, role, scope) === profile;
  return profileNames(account, role, defaultTemplates).includes(profile);
}

function isLiveMfa(entry: SessionEntry, identity: string | undefined, now: Date): boolean {
  const { kind, expiresAt } = entry;
  return kind === "mfa" && entry.identity === identity && new Date(expiresAt) > now;
}

function newest(entries: readonly SessionEntry[]): SessionEntry | undefined {
  return [...entries].sort((one, other) => other.expiresAt.localeCompare(one.expiresAt))[0];
}

function namesOf(entry: SessionEntry | undefined) {
  return (
    entry && {
      account: entry.account,
      role: entry.role,
      identity: entry.identity,
      production: entry.production === true,
    }
  );
}

function stateOf(until: Date | undefined, now: Date): "live" | "ended" | "unknown" {
  if (until === undefined) return "unknown";
  return until > now ? "live" : "ended";
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
