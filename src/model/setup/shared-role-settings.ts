// Makes new accounts and roles of the configuration from the settings of imported roles. What every account says about
// a role goes into [roles]; what only one says goes into that account.

import type { Configuration } from "../configuration/configuration.ts";
import { spellDuration } from "../text/duration.ts";
import type { AccountEntry, EntryRole } from "./account-entries.ts";
import type { NewAccount, NewRole, NewRoleSettings } from "./new-configuration.ts";

interface Naming {
  readonly nameOf: (entry: AccountEntry) => string;
  /** undefined for the default identity. */
  readonly identityOf: (entry: AccountEntry) => string | undefined;
  /** An existing configuration: its [roles] are not added to. */
  readonly configuration: Configuration | undefined;
}

export function shareRoleSettings(
  entries: readonly AccountEntry[],
  naming: Naming,
): { readonly accounts: readonly NewAccount[]; readonly roles: readonly NewRole[] } {
  const spelled = entries.map((entry) => ({
    entry,
    roles: new Map([...entry.roles].map(([name, role]) => [name, spell(role, naming.nameOf)])),
  }));
  const shared = new Map<string, NewRoleSettings>();
  const names = new Set(spelled.flatMap(({ roles }) => [...roles.keys()]));
  for (const name of names) {
    const known = naming.configuration?.roles.get(name);
    const all = spelled.flatMap(({ roles }) => roles.get(name) ?? []);
    const common =
      naming.configuration === undefined
        ? withoutAccountSettings(commonOf(all))
        : { duration: known && spellDuration(known.durationSeconds) };
    shared.set(name, common);
  }
  const accounts = spelled.map(({ entry, roles }): NewAccount => {
    const own = [...roles].map(([, settings]) => settings);
    const { region, externalId } = commonOf(own);
    const rest = [...roles].map(([name, settings]) => {
      const covered = { ...shared.get(name), ...withValues({ region, externalId }) };
      return [name, without(settings, covered)] as const;
    });
    const hasOwn = rest.some(([, settings]) => Object.keys(settings).length > 0);
    // A role that is listed must be in [roles]; a role of the table need not.
    const isListable =
      naming.configuration === undefined || naming.configuration.rolesAreConfigured;
    return {
      name: naming.nameOf(entry),
      id: entry.id,
      region,
      externalId,
      identity: naming.identityOf(entry),
      ...(hasOwn || !isListable ? { ownRoles: rest } : { roles: [...roles.keys()] }),
    };
  });
  const roles = [...shared].map(([name, { duration, ...settings }]) => ({
    name,
    duration: duration ?? "4h",
    ...settings,
  }));
  return { accounts, roles: naming.configuration === undefined ? roles : [] };
}

function spell(
  { settings, hub }: EntryRole,
  nameOf: (entry: AccountEntry) => string,
): NewRoleSettings {
  const { durationSeconds, sessionName, sourceIdentity, tags, externalId, region } = settings;
  const via = hub && `${nameOf(hub.entry)}/${hub.role}`;
  const duration = spellDuration(durationSeconds);
  return withValues({ duration, sessionName, sourceIdentity, tags, via, externalId, region });
}

/** Returns the settings that all have, with the same value. */
function commonOf(all: readonly NewRoleSettings[]): NewRoleSettings {
  const [first, ...others] = all;
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([key, value]) =>
      others.every((each) => isEqual(each[key as keyof NewRoleSettings], value)),
    ),
  );
}

/** [roles] has neither: a region and an external id belong to an account. */
function withoutAccountSettings({
  region: _,
  externalId: __,
  ...settings
}: NewRoleSettings): NewRoleSettings {
  return settings;
}

function without(settings: NewRoleSettings, covered: NewRoleSettings): NewRoleSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([key, value]) => !isEqual(covered[key as keyof NewRoleSettings], value),
    ),
  );
}

function withValues(settings: NewRoleSettings): NewRoleSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
