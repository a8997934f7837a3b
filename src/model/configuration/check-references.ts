// What one setting says about another: names that must exist, chains, partitions, names of profiles.

import { partitionOf } from "../aws/partition.ts";
import { roleNameComplaint } from "../aws/session-limits.ts";
import { nearestName, suggestion } from "../text/nearest-name.ts";
import type { Identity } from "./configuration.ts";
import type { DecodedAccount } from "./decode-account.ts";
import type { DecodedRole } from "./decode-role.ts";
import { sharedProfileNames } from "./profile-names.ts";
import { type Path, quoteKey, type Refuse } from "./toml-table.ts";

export interface Decoded {
  readonly accounts: ReadonlyMap<string, DecodedAccount>;
  readonly roles: ReadonlyMap<string, DecodedRole>;
  /** The roles of `[roles]`, or those that are built in. */
  readonly roleNames: readonly string[];
  readonly rolesAreConfigured: boolean;
  readonly identities: ReadonlyMap<string, Identity>;
  readonly defaultIdentity: string;
  readonly defaultRegion: string | undefined;
  readonly templates: readonly string[];
}

export function checkReferences(decoded: Decoded, refuse: Refuse): void {
  for (const each of decoded.accounts.values()) {
    checkOfferedRoles(each, decoded, refuse);
    const identity = checkIdentity(each, decoded);
    if (identity !== undefined) checkRegion(each, identity, decoded.defaultRegion);
  }
  for (const { role, table } of decoded.roles.values()) {
    if (role.via === undefined) continue;
    const { account } = role.via;
    if (!decoded.accounts.has(account)) {
      const hint = suggestion(account, [...decoded.accounts.keys()]);
      table.refuse("via", `names ${JSON.stringify(account)}, which is no account`, hint);
    }
    const circle = findCircle(role.name, decoded.roles);
    if (circle !== undefined) table.refuse("via", `leads in a circle: ${circle.join(" → ")}`);
  }
  checkProfileNames(decoded, refuse);
}

function checkOfferedRoles(
  { account, table }: DecodedAccount,
  decoded: Decoded,
  refuse: Refuse,
): void {
  const whose = `account ${quoteKey(account.name)}`;
  for (const { text: name, path } of table?.items("roles") ?? []) {
    const role = decoded.roles.get(name)?.role;
    if (decoded.rolesAreConfigured && !role && roleNameComplaint(name) === undefined) {
      const message = `${whose} offers ${JSON.stringify(name)}, which is not in [roles]`;
      refuse({ path, at: "value", message, hint: suggestion(name, decoded.roleNames) });
    }
    const hub = decoded.accounts.get(role?.via?.account ?? "")?.account;
    const ours = account.identity ?? decoded.defaultIdentity;
    if (hub?.identity !== undefined && hub.identity !== ours) {
      const message = `${whose} offers ${JSON.stringify(name)} via ${hub.name}, which belongs to identity ${hub.identity}, not to ${ours}`;
      refuse({ path, at: "value", message });
    }
  }
}

function checkIdentity({ account, table }: DecodedAccount, decoded: Decoded): Identity | undefined {
  const name = account.identity ?? decoded.defaultIdentity;
  const identity = decoded.identities.get(name);
  if (identity !== undefined || account.identity === undefined) return identity;
  const known = [...decoded.identities.keys()];
  const hint = nearestName(name, known)
    ? suggestion(name, known)
    : `add [identities.${quoteKey(name)}]`;
  table?.refuse("identity", `names ${JSON.stringify(name)}, which is no identity`, hint);
  return undefined;
}

/** Where neither is configured, the environment decides, and `resolveTarget` looks again. */
function checkRegion(
  { account, table }: DecodedAccount,
  identity: Identity,
  defaultRegion: string | undefined,
): void {
  const home = identity.region ?? defaultRegion;
  if (account.region === undefined || home === undefined) return;
  const theirs = partitionOf(account.region).name;
  const ours = partitionOf(home).name;
  if (theirs === ours) return;
  const message = `lies in partition ${theirs}, its identity ${quoteKey(identity.name)} in ${home} (${ours})`;
  table?.refuse("region", message, "give the account an identity with a region of its partition");
}

/** What a role reaches by `via`, when it comes back to itself. */
function findCircle(
  start: string,
  roles: ReadonlyMap<string, DecodedRole>,
): readonly string[] | undefined {
  const way = [start];
  for (let name = roles.get(start)?.role.via?.role; name !== undefined; ) {
    way.push(name);
    if (name === start) return way;
    if (way.indexOf(name) < way.length - 1) return undefined;
    name = roles.get(name)?.role.via?.role;
  }
  return undefined;
}

function checkProfileNames(decoded: Decoded, refuse: Refuse): void {
  const pairs = [...decoded.accounts.values()].flatMap(({ account }) =>
    (account.roles ?? decoded.roleNames).map((role) => ({ account: account.name, role })),
  );
  const told = new Set<string>();
  for (const [profile, owners] of sharedProfileNames(pairs, decoded.templates)) {
    const names = owners.map((owner) => owner.slice(0, owner.lastIndexOf(" ")));
    const path: Path | undefined = decoded.accounts.get(names[1] ?? "")?.path;
    if (path === undefined || told.has(names.join("\n"))) continue;
    told.add(names.join("\n"));
    const message = `${JSON.stringify(owners[0])} and ${JSON.stringify(owners[1])} would share the profile name ${JSON.stringify(profile)}`;
    refuse({ path, at: "key", message, hint: "rename one of them" });
  }
}
