// Prints the effective configuration as TOML, with every default filled in. Reading it gives the same values.

import { spellDuration } from "../text/duration.ts";
import type {
  Account,
  Configuration,
  Identity,
  RoleSettings,
  WriteSettings,
} from "./configuration.ts";
import { quoteKey } from "./toml-table.ts";

export function encodeConfiguration(configuration: Configuration): string {
  const { identities, defaultIdentity, accounts, roles } = configuration;
  const main = identities.get(defaultIdentity);
  const sections = [
    lines({
      defaultRegion: configuration.defaultRegion,
      keyRotationIntervalMinutes: main?.keyRotationIntervalMinutes,
    }),
    section("profiles", {
      mainAccount: defaultIdentity,
      mainAccountMfaSession: main?.mfaSessionProfile,
    }),
    ...[...accounts.values()].flatMap(accountSections),
    section("aliases", aliasSettings(configuration.aliases)),
    ...(configuration.rolesAreConfigured ? [...roles.values()] : []).map((role) =>
      section(`roles.${quoteKey(role.name)}`, roleSettings(role)),
    ),
    ...[...identities.values()].map((identity) =>
      section(
        `identities.${quoteKey(identity.name)}`,
        identity === main ? moreThanMfa(identity) : settingsOf(identity),
      ),
    ),
    section("mfa", { device: main?.device, command: main?.command, prompt: main?.prompt }),
    section("keychain", {
      backend: configuration.keychainBackend,
      lockAfter: spelled(configuration.lockAfterSeconds),
    }),
    section("write", {
      profiles: configuration.writeProfiles,
      print: configuration.writePrint,
      mode: configuration.writeMode,
      keysDuration: configuration.writeKeysSeconds && spellDuration(configuration.writeKeysSeconds),
    }),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

type Settings = Readonly<
  Record<
    string,
    string | number | boolean | readonly string[] | Readonly<Record<string, string>> | undefined
  >
>;

function aliasSettings(aliases: Configuration["aliases"]): Settings {
  return Object.fromEntries(
    [...aliases].map(([name, { account, role }]) => [name, `${account}/${role}`]),
  );
}

function accountSections({ name, roles, roleSettings: own, write, ...rest }: Account): string[] {
  const path = `accounts.${quoteKey(name)}`;
  const settings = { ...rest, write: writeTable(write) };
  if (own === undefined) return [section(path, { ...settings, roles })];
  const tables = [...own].map(
    ([role, each]) => `[${path}.roles.${quoteKey(role)}]\n${lines(roleSettings(each))}`,
  );
  return [section(path, settings), ...tables];
}

function roleSettings(role: RoleSettings): Settings {
  return {
    duration: role.durationSeconds && spellDuration(role.durationSeconds),
    session: role.session,
    policyArns: role.policyArns,
    tags: role.tags,
    sourceIdentity: role.sourceIdentity,
    sessionName: role.sessionName,
    via: role.via && `${role.via.account}/${role.via.role}`,
    confirm: role.confirm,
    externalId: role.externalId,
    region: role.region,
    write: writeTable(role.write),
  };
}

function writeTable(
  write: WriteSettings | undefined,
): Readonly<Record<string, string>> | undefined {
  if (write === undefined) return undefined;
  const { mode, keysSeconds } = write;
  return {
    ...(mode && { mode }),
    ...(keysSeconds && { keysDuration: spellDuration(keysSeconds) }),
  };
}

function moreThanMfa({ name, accountId, awsProfile, region }: Identity): Settings {
  const isPlain = awsProfile === name && region === undefined;
  return isPlain ? {} : { account: accountId, awsProfile, region };
}

function settingsOf(identity: Identity): Settings {
  const { accountId, awsProfile, device, command, region, keyRotationIntervalMinutes } = identity;
  return { account: accountId, awsProfile, device, command, region, keyRotationIntervalMinutes };
}

/** Returns "" where no setting has a value. */
function section(name: string, settings: Settings): string {
  const body = lines(settings);
  return body === "" ? "" : `[${name}]\n${body}`;
}

function lines(settings: Settings): string {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${quoteKey(key)} = ${encode(value)}\n`)
    .join("");
}

function encode(value: Settings[string]): string {
  if (Array.isArray(value)) return `[${value.map((each) => quote(each)).join(", ")}]`;
  if (typeof value === "object") {
    const pairs = Object.entries(value).map(([key, each]) => `${quoteKey(key)} = ${quote(each)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  return typeof value === "string" ? quote(value) : String(value);
}

function quote(text: string): string {
  // TOML accepts JSON's escapes, and requires one more character to be escaped.
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function spelled(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : spellDuration(seconds);
}
