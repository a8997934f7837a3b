// Removes sessions from the keychain, from the session index, and from the credentials file, where `mode = "keys"`
// wrote them. AWS accepts their credentials until they expire, which is reported.

import type {
  Account,
  Configuration,
  KeychainBackend,
} from "../../model/configuration/configuration.ts";
import {
  findIdentity,
  findRole,
  makeAccount,
  offeredRoles,
} from "../../model/configuration/find-in-configuration.ts";
import { profileNamesOf } from "../../model/configuration/role-profile-names.ts";
import { AwstError, isAwstError, isFailure } from "../../model/errors.ts";
import {
  identityOfMfaSession,
  isSessionItem,
  mfaSessionItem,
  roleSessionItem,
} from "../../model/keychain/items.ts";
import type { LockName } from "../../model/lock-names.ts";
import { readValue } from "../../model/profile/ini-document.ts";
import { type RemovedKeys, removeKeyProfiles } from "../../model/profile/key-profiles.ts";
import type { ProfileConflict } from "../../model/profile/plan-rules.ts";
import { profileCacheFile, withoutKeys } from "../../model/profile/profile-cache.ts";
import {
  type AwsFileTexts,
  parseAwsFiles,
  profilesWith,
} from "../../model/profile/profile-sections.ts";
import { liveMfaSession, withoutCodeUntil } from "../../model/session/live-sessions.ts";
import { matchAccountOrRole } from "../../model/session/match-account.ts";
import {
  type SessionEntry,
  type SessionIndex,
  type StoreKind,
  sessionIndexFile,
  storesOf,
  withoutEntries,
} from "../../model/session/session-index.ts";
import type { Keychain, Needs } from "../../ports.ts";
import { loadUnlessMissing } from "./load-configuration.ts";

export interface LogOutRequest {
  /** As typed; a part of its name is enough. An alias, a profile's name or an ARN names account and role. */
  readonly account: string | undefined;
  readonly role: string | undefined;
  readonly identity: string | undefined;
  /** --all: also removes MFA sessions and locks the keychain. */
  readonly all: boolean;
}

export interface LoggedOut {
  /** Sessions that had not expired, MFA sessions included: AWS accepts their keys until then. */
  readonly forgotten: readonly { readonly name: string; readonly keysUntil: Date }[];
  /** Roles whose profiles still work without an MFA code. */
  readonly usableRoles: readonly { readonly name: string; readonly until: Date }[];
  /** Profiles whose keys were removed from the credentials file. */
  readonly profilesWithoutKeys: readonly string[];
  /** Profiles that still hold keys, because without them another section would change. */
  readonly conflicts: readonly ProfileConflict[];
  /** Stores that could not be reached, with the sessions that are still in them. */
  readonly unreached: readonly UnreachedStore[];
}

export interface UnreachedStore {
  readonly store: StoreKind | undefined;
  readonly error: AwstError;
  /** Of the session index; [] where nothing is known of sessions there. */
  readonly sessions: readonly string[];
}

type LogOutNeeds = Needs<
  | "configurationFile"
  | "env"
  | "state"
  | "keychain"
  | "awsFiles"
  | "clock"
  | "say"
  | "locks"
  | "monotonic"
>;

/** Errors: CONFIGURATION_*, ACCOUNT_UNKNOWN, ROLE_UNKNOWN, IDENTITY_UNKNOWN, KEYCHAIN_*, FILE_*. */
export async function logOut(context: LogOutNeeds, typed: LogOutRequest): Promise<LoggedOut> {
  const configuration = await loadUnlessMissing(context);
  if (configuration instanceof AwstError) {
    // Who deletes the configuration first must not keep sessions and credentials in plain text. Only a configuration
    // explains a name that was typed.
    if (typed.account !== undefined || typed.identity !== undefined) throw configuration;
    return logOutWithoutConfiguration(context, typed);
  }
  const { account, role } = typed;
  const { note, ...names } =
    account === undefined
      ? { account, role, note: undefined }
      : matchAccountOrRole({ account, role }, { configuration, env: context.env });
  if (note !== undefined) context.say(note);
  const request = { ...typed, ...names };
  if (request.identity !== undefined) findIdentity(configuration, request.identity);
  const roles = rolesOf(configuration, request);
  const index = context.state.read(sessionIndexFile);
  const sessions = requestedSessions(index, request);
  const items = new Set(sessions.map(([item]) => item));
  for (const each of roles) {
    items.add(roleSessionItem(each.identity, each.account.name, each.role));
  }
  const identities = [...configuration.identities.keys()];
  const leaving = identities.filter(
    (name) => request.identity === undefined || request.identity === name,
  );
  if (request.all) for (const name of leaving) items.add(mfaSessionItem(name));

  const profiles = roles.flatMap(({ account, role }) => {
    return profileNamesOf(configuration, account.name, role);
  });
  const backend = configuration.keychainBackend;
  const done = await forget(context, request.all, {
    items: [...items],
    sessions,
    profiles,
    backend,
  });
  if (request.all) return { ...done, usableRoles: [] };
  const { awsNow: now } = context.clock();
  return {
    ...done,
    usableRoles: rolesUsableWithoutCode(configuration, index, roles, sessions, request, now),
  };
}

async function forget(
  context: LogOutNeeds,
  all: boolean,
  what: {
    readonly items: readonly string[];
    readonly sessions: readonly IndexedSession[];
    readonly profiles: readonly string[];
    readonly backend: KeychainBackend;
  },
): Promise<Omit<LoggedOut, "usableRoles">> {
  const { items, sessions } = what;
  const keychain = await context.keychain(what.backend);
  const { remaining, unreached } = await removeItems(context, keychain, items, new Map(sessions));
  const removed = items.filter((item) => !remaining.has(item));
  await context.state.update(sessionIndexFile, (index) => withoutEntries(index, removed));
  const notLocked = all ? await failureOf(keychain.lock()) : undefined;
  const entries = sessions.map(([, entry]) => entry);
  const { removed: profilesWithoutKeys, conflicts } = await removeKeys(
    context,
    what.profiles,
    entries,
  );
  const forgotten = sessions.filter(([item]) => !remaining.has(item));
  context.state.record("logout", { sessions: forgotten.length, all });
  const { awsNow: now } = context.clock();
  return {
    forgotten: forgotten
      .map(([, entry]) => ({ name: nameOf(entry), keysUntil: new Date(entry.expiresAt) }))
      .filter(({ keysUntil }) => keysUntil > now),
    profilesWithoutKeys,
    conflicts,
    // A sealed file that can't be locked can't be read either.
    unreached:
      notLocked === undefined || unreached.some(({ store }) => store === "file")
        ? unreached
        : [...unreached, { store: "file", error: notLocked, sessions: [] }],
  };
}

/** The keychain's item, and its entry in the session index. */
type IndexedSession = readonly [item: string, entry: SessionEntry];

/** The index may be forged: other items of the keychain stay. */
function requestedSessions(index: SessionIndex, request: LogOutRequest): readonly IndexedSession[] {
  return Object.entries(index)
    .filter(([item]) => isSessionItem(item))
    .filter(([, entry]) => isRequested(entry, request));
}

/** Without a configuration the session index says what there is. */
async function logOutWithoutConfiguration(
  context: LogOutNeeds,
  request: LogOutRequest,
): Promise<LoggedOut> {
  const sessions = requestedSessions(context.state.read(sessionIndexFile), request);
  const items = sessions.map(([item]) => item);
  const done = await forget(context, request.all, {
    items,
    sessions,
    profiles: [],
    backend: "auto",
  });
  return { ...done, usableRoles: [] };
}

/** How long a logout waits for all processes together that make a session. It must succeed whatever they do. */
const waitMs = 10_000;

/**
 * Removes each item under the lock of those who write it, so that no session survives that was being made. An item is
 * removed from the stores that it was written to, whatever the configuration names now. A store that can't be reached
 * is tried once: it keeps its sessions, and the others lose theirs.
 */
async function removeItems(
  context: Needs<"locks" | "monotonic">,
  keychain: Keychain,
  items: readonly string[],
  entries: ReadonlyMap<string, SessionEntry>,
): Promise<{
  readonly remaining: ReadonlySet<string>;
  readonly unreached: readonly UnreachedStore[];
}> {
  const locks = await context.locks();
  const end = context.monotonic() + waitMs;
  const remaining = new Set<string>();
  const failed = new Map<StoreKind | undefined, UnreachedStore>();
  for (const item of items) {
    const left = Math.max(0, end - context.monotonic());
    const options = { owner: "logout", waitMs: Math.min(waitMs, left) };
    const acquiring = locks.acquire(lockOf(item), options).catch(undefinedUnlessBusy);
    await using lock = await acquiring;
    const entry = entries.get(item);
    const stores = storesOf(entry);
    for (const store of stores.length === 0 ? [undefined] : stores) {
      const from = store === keychain.kind ? undefined : store;
      const error = failed.get(from)?.error ?? (await failureOf(keychain.remove(item, from)));
      if (error === undefined) continue;
      remaining.add(item);
      const sessions = [...(failed.get(from)?.sessions ?? []), ...(entry ? [nameOf(entry)] : [])];
      failed.set(from, { store: from ?? keychain.kind, error, sessions });
    }
    // Another process may never ask for this role with these flags again.
    if (identityOfMfaSession(item) === undefined) lock?.retire();
  }
  return { remaining, unreached: [...failed.values()] };
}

async function failureOf(work: Promise<void>): Promise<AwstError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error;
  }
}

function lockOf(item: string): LockName {
  const identity = identityOfMfaSession(item);
  return identity === undefined ? `role-${item}` : `code-${identity}`;
}

/** A state folder that can't be written, or a process that does not end, keeps no session alive. */
function undefinedUnlessBusy(error: unknown): undefined {
  if (!isAwstError(error, "WAIT_TIMED_OUT", "FILE_UNWRITABLE")) throw error;
}

interface RoleOf {
  readonly identity: string;
  readonly account: Account;
  readonly role: string;
}

/** Returns the requested roles whose keychain items are known by name. */
function rolesOf(configuration: Configuration, request: LogOutRequest): readonly RoleOf[] {
  const { account } = request;
  const isOther = account !== undefined && !configuration.accounts.has(account);
  const others = isOther ? [makeAccount(account)] : [];
  return [...configuration.accounts.values(), ...others]
    .filter((each) => account === undefined || each.name === account)
    .flatMap((each) => {
      const identity = request.identity ?? each.identity ?? configuration.defaultIdentity;
      const names =
        request.role === undefined
          ? offeredRoles(configuration, each)
          : [findRole(configuration, each, request.role).name];
      return names.map((role) => ({ identity, account: each, role }));
    });
}

/** Scoped sessions belong to their role. Those of roles that are no longer configured: only if no account is named. */
function isRequested(entry: SessionEntry, request: LogOutRequest): boolean {
  if (request.identity !== undefined && entry.identity !== request.identity) return false;
  if (entry.kind === "mfa") return request.all;
  if (request.account === undefined) return true;
  return (
    entry.account === request.account && (request.role === undefined || entry.role === request.role)
  );
}

function rolesUsableWithoutCode(
  configuration: Configuration,
  index: SessionIndex,
  roles: readonly RoleOf[],
  forgotten: readonly IndexedSession[],
  request: LogOutRequest,
  now: Date,
): LoggedOut["usableRoles"] {
  return roles.flatMap(({ identity, account, role }) => {
    const wasCached = forgotten.some(
      ([, entry]) => entry.account === account.name && entry.role === role,
    );
    if (!wasCached && request.role === undefined) return [];
    const mfa = liveMfaSession(index, identity, now);
    const until = withoutCodeUntil(mfa, findRole(configuration, account, role), now);
    return until === undefined ? [] : [{ name: `${account.name} ${role}`, until }];
  });
}

async function removeKeys(
  context: Needs<"awsFiles" | "state">,
  names: readonly string[],
  entries: readonly SessionEntry[],
): Promise<Omit<RemovedKeys, "texts">> {
  const ids = new Set(entries.map(({ accessKeyId }) => accessKeyId));
  const starts = new Set([...ids].map((id) => id.slice(0, 4)));
  const change = (texts: AwsFileTexts) => {
    const documents = parseAwsFiles(texts);
    // No other section holds one of these keys.
    const holding = [...starts]
      .flatMap((start) => profilesWith(documents, start))
      .filter(({ section }) => ids.has(readValue(section, "aws_access_key_id") ?? ""))
      .flatMap((found) => found.names.slice(0, 1));
    return removeKeyProfiles(texts, [...new Set([...names, ...holding])], (id) => ids.has(id));
  };
  const files = await context.awsFiles();
  const found = change(await files.read());
  if (found.removed.length === 0) return found;
  const result = await files.edit((texts) => {
    const { texts: changed, ...result } = change(texts);
    return { texts: changed, result };
  });
  const removed = new Set(result.removed);
  await context.state.update(profileCacheFile, (cache) =>
    withoutKeys(
      cache,
      result.conflicts,
      ({ accessKeyId, names }) =>
        accessKeyId !== undefined && names.some((name) => removed.has(name)),
    ),
  );
  return result;
}

function nameOf(entry: SessionEntry): string {
  if (entry.kind === "mfa") return `the MFA session of ${entry.identity}`;
  const scope = entry.scope === undefined ? "" : ` (@${entry.scope.slice(0, 6)})`;
  return `${entry.account} ${entry.role}${scope}`;
}
