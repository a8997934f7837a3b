// Lists accounts, roles, durations and live sessions, offline and without the keychain.

import type { Account, Configuration, Role } from "../../model/configuration/configuration.ts";
import {
  findIdentity,
  findRole,
  isAccountId,
  makeAccount,
  offersAnyRole,
  rolesWithProfiles,
} from "../../model/configuration/find-in-configuration.ts";
import { aliasesOf } from "../../model/configuration/role-profile-names.ts";
import {
  type LiveMfaSession,
  type LiveRoleSession,
  liveMfaSession,
  liveRoleSessions,
  withoutCodeUntil,
} from "../../model/session/live-sessions.ts";
import { matchAccount } from "../../model/session/match-account.ts";
import { type SessionIndex, sessionIndexFile } from "../../model/session/session-index.ts";
import type { Needs } from "../../ports.ts";
import { loadAndCacheConfiguration } from "./load-configuration.ts";

export interface Listing {
  readonly accounts: readonly ListedAccount[];
  readonly identities: readonly ListedIdentity[];
}

export interface ListedAccount {
  readonly name: string;
  readonly id: string;
  readonly identity: string;
  readonly region: string | undefined;
  readonly production: boolean;
  readonly roles: readonly ListedRole[];
}

export interface ListedRole {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly durationSeconds: number;
  readonly session: Role["session"];
  /** undefined: a new session needs an MFA code. */
  readonly withoutCodeUntil: Date | undefined;
  readonly sessions: readonly LiveRoleSession[];
}

export interface ListedIdentity {
  readonly name: string;
  readonly mfaSession: LiveMfaSession | undefined;
}

export interface ListRequest {
  /** Lists only accounts of this identity. */
  readonly identity?: string | undefined;
  /** Lists only this account and its identity. As typed; a part of a name is enough. */
  readonly account?: string | undefined;
}

/** Errors: CONFIGURATION_*, IDENTITY_UNKNOWN, ACCOUNT_UNKNOWN. */
export async function listSessions(
  context: Needs<"configurationFile" | "state" | "paths" | "clock" | "say">,
  { identity, account: typed }: ListRequest = {},
): Promise<Listing> {
  const { configuration } = await loadAndCacheConfiguration(context);
  if (identity !== undefined) findIdentity(configuration, identity);
  const { account, note } = typed === undefined ? {} : matchAccount(configuration, typed);
  if (note !== undefined) context.say(note);
  const only = account?.name;
  const index = context.state.read(sessionIndexFile);
  const { awsNow: now } = context.clock();
  const isWanted = (name: string) => identity === undefined || identity === name;
  const asked = identity ?? configuration.defaultIdentity;
  const accounts = [...configuration.accounts.values(), ...otherAccounts(configuration, index, now)]
    .filter(({ name }) => only === undefined || name === only)
    .map((account) => listAccount(configuration, account, account.identity ?? asked, index, now))
    .filter((account) => isWanted(account.identity));
  const isListed = (name: string) => accounts.some((account) => account.identity === name);
  return {
    accounts,
    identities: [...configuration.identities.keys()]
      .filter((name) => isWanted(name) && (only === undefined || isListed(name)))
      .map((name) => ({ name, mfaSession: liveMfaSession(index, name, now) })),
  };
}

/** Returns the accounts that are not configured and have a live session: someone typed the ARN of a role. */
function otherAccounts(
  { accounts }: Configuration,
  index: SessionIndex,
  now: Date,
): readonly Account[] {
  const live = Object.values(index).filter(
    ({ expiresAt }) => Date.parse(expiresAt) > now.getTime(),
  );
  const names = new Set(live.flatMap(({ account }) => account ?? []));
  return [...names].filter((name) => isAccountId(name) && !accounts.has(name)).map(makeAccount);
}

function listAccount(
  configuration: Configuration,
  account: Account,
  identity: string,
  index: SessionIndex,
  now: Date,
): ListedAccount {
  const mfa = liveMfaSession(index, identity, now);
  const { name, id, region } = account;
  const roles = rolesOf(configuration, account, identity, index).map((role): ListedRole => {
    const sessions = liveRoleSessions(index, { identity, account: name, role: role.name }, now);
    const { durationSeconds, session } = role;
    const until = withoutCodeUntil(mfa, role, now);
    const aliases = aliasesOf(configuration, name, role.name);
    return {
      name: role.name,
      aliases,
      durationSeconds,
      session,
      withoutCodeUntil: until,
      sessions,
    };
  });
  return { name, id, identity, region, production: account.production === true, roles };
}

/** Returns the offered roles, those with an alias, and others that have a session: without [roles], any role name may be tried. */
function rolesOf(
  configuration: Configuration,
  account: Account,
  identity: string,
  index: SessionIndex,
): readonly Role[] {
  const isConfigured = configuration.accounts.has(account.name);
  const names = new Set(isConfigured ? rolesWithProfiles(configuration, account) : []);
  const isTried = offersAnyRole(configuration, account);
  for (const entry of Object.values(index)) {
    const isHere = entry.identity === identity && entry.account === account.name;
    if (isTried && isHere && entry.role !== undefined) names.add(entry.role);
  }
  return [...names].map((name) => findRole(configuration, account, name));
}
