// Groups the roles of other tools' profiles into accounts of awst's configuration. An account has one identity, and
// each of its roles has one set of settings; a profile that differs gets an entry of its own, with the same id.

import type { Account, RoleSettings } from "../configuration/configuration.ts";
import { oneLine } from "../text/one-line.ts";
import type { RoleProfile } from "./role-profiles.ts";

export interface AccountEntry {
  readonly id: string;
  readonly identity: string;
  /** Set for an account that is configured already. */
  readonly known: Account | undefined;
  readonly profiles: RoleProfile[];
  readonly roles: Map<string, EntryRole>;
}

export interface EntryRole {
  readonly settings: RoleProfile["settings"];
  /** The entry and the role of the hub, in a chain. */
  readonly hub: { readonly entry: AccountEntry; readonly role: string } | undefined;
}

export interface GroupedRoles {
  readonly entries: readonly AccountEntry[];
  readonly entryOf: ReadonlyMap<RoleProfile, AccountEntry>;
}

/** `identityOf`: of a profile with a key. `known`: the configured accounts; the first one of an id is used. */
export function groupRoles(
  profiles: readonly RoleProfile[],
  identityOf: (root: string) => string,
  known: readonly (Account & { readonly identity: string })[],
): GroupedRoles {
  const entries: AccountEntry[] = [];
  const entryOf = new Map<RoleProfile, AccountEntry>();
  const add = (profile: RoleProfile): AccountEntry => {
    const found = entryOf.get(profile);
    if (found !== undefined) return found;
    const hub = profile.hub && { entry: add(profile.hub), role: profile.hub.role };
    const identity = identityOf(profile.root);
    const role: EntryRole = { settings: profile.settings, hub };
    const fits = (entry: AccountEntry) => {
      const there = entry.roles.get(profile.role);
      const isSame = entry.id === profile.accountId && entry.identity === identity;
      return isSame && (entry.known !== undefined || !there || isSameRole(there, role));
    };
    let entry = entries.find(fits);
    if (entry === undefined) {
      const isThere = ({ id, identity: owner }: Account) =>
        id === profile.accountId && owner === identity;
      const account = known.find(isThere);
      const shared = { id: profile.accountId, identity, profiles: [], roles: new Map() };
      entry = { ...shared, known: account };
      entries.push(entry);
    }
    entry.profiles.push(profile);
    if (!entry.roles.has(profile.role)) entry.roles.set(profile.role, role);
    entryOf.set(profile, entry);
    return entry;
  };
  for (const profile of profiles) add(profile);
  return { entries, entryOf };
}

function isSameRole(one: EntryRole, other: EntryRole): boolean {
  const isSameHub = one.hub?.entry === other.hub?.entry && one.hub?.role === other.hub?.role;
  return isSameHub && spell(one.settings) === spell(other.settings);
}

function spell(settings: RoleSettings): string {
  return JSON.stringify(Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Returns a name for each entry: what its profile names have in common, or else the first of them. */
export function nameEntries(
  entries: readonly AccountEntry[],
  taken: Iterable<string>,
): ReadonlyMap<AccountEntry, string> {
  const used = new Set(taken);
  const names = new Map<AccountEntry, string>();
  for (const entry of entries) {
    if (entry.known !== undefined) {
      names.set(entry, entry.known.name);
      continue;
    }
    const wanted = nameFor(entry);
    const ways = [wanted, `${wanted}-${entry.id}`];
    for (let count = 2; ways.every((each) => used.has(each)); count += 1) {
      ways.push(`${wanted}-${entry.id}-${count}`);
    }
    const name = ways.find((each) => !used.has(each)) ?? wanted;
    used.add(name);
    names.set(entry, name);
  }
  return names;
}

function nameFor({ id, profiles }: AccountEntry): string {
  const names = [...new Set(profiles.map(({ name }) => oneLine(name).trim()))];
  const [first = id] = names;
  let length = first.length;
  while (!names.every((name) => name.startsWith(first.slice(0, length)))) length -= 1;
  const shared = first.slice(0, length).replace(/[\s/_.:@-]+$/, "");
  return (shared.length > 1 ? shared : first) || id;
}
