// The TOML text of a new configuration, or of lines to append to one: made from the answers to `init`, or from
// AWS's files by `import`. `decode-configuration.ts` accepts it.

import { durationProblem, roleNameProblem } from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";
import { parseDuration, spellDuration } from "../text/duration.ts";

/** Settings of a role as the file spells them. */
export interface NewRoleSettings {
  readonly duration?: string | undefined;
  readonly sessionName?: string | undefined;
  readonly sourceIdentity?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** `main-account/Hub` */
  readonly via?: string | undefined;
  /** Of a role of one account, as the region. */
  readonly externalId?: string | undefined;
  readonly region?: string | undefined;
}

export interface NewRole extends NewRoleSettings {
  readonly name: string;
  readonly duration: string;
}

export interface NewAccount {
  readonly name: string;
  readonly id: string;
  readonly region?: string | undefined;
  readonly externalId?: string | undefined;
  readonly identity?: string | undefined;
  /** undefined for all roles. */
  readonly roles?: readonly string[] | undefined;
  /** Instead of `roles`: the roles with their settings in this account. */
  readonly ownRoles?: readonly (readonly [name: string, settings: NewRoleSettings])[] | undefined;
}

export interface NewIdentity {
  readonly name: string;
  readonly awsProfile: string;
  readonly device?: string | undefined;
  readonly command?: string | undefined;
  readonly region?: string | undefined;
}

export interface NewAlias {
  readonly name: string;
  readonly account: string;
  readonly role: string;
}

export interface NewSettings {
  readonly defaultRegion?: string | undefined;
  /** Set for a first configuration. */
  readonly mainAccount?: string | undefined;
  /** undefined: the name that awstools uses. */
  readonly mfaSessionProfile?: string | undefined;
  /** Of the default identity, for a first configuration. */
  readonly device?: string | undefined;
  readonly command?: string | undefined;
  readonly accounts: readonly NewAccount[];
  readonly roles: readonly NewRole[];
  readonly identities: readonly NewIdentity[];
  readonly aliases?: readonly NewAlias[] | undefined;
}

/** Whether the settings add anything to a configuration that exists. */
export function hasSettings({ accounts, roles, identities, aliases = [] }: NewSettings): boolean {
  return [accounts, roles, identities, aliases].some((each) => each.length > 0);
}

/** Returns the text. Without `mainAccount`, it has tables only, so that it can be appended to a configuration. */
export function configurationText(proposal: NewSettings): string {
  const { defaultRegion, mainAccount, accounts, roles, identities, aliases = [] } = proposal;
  const isFirst = mainAccount !== undefined;
  const short = isFirst ? accounts.filter(isShort) : [];
  const { device, command, mfaSessionProfile = `${mainAccount}-mfa` } = proposal;
  const blocks = [
    isFirst ? pairs({ defaultRegion }) : [],
    isFirst
      ? ["[profiles]", ...pairs({ mainAccount, mainAccountMfaSession: mfaSessionProfile })]
      : [],
    short.length > 0 ? ["[accounts]", ...short.map(({ name, id }) => assign(name, id))] : [],
    ...accounts.filter((each) => !short.includes(each)).flatMap(accountBlocks),
    aliases.length > 0 ? ["[aliases]", ...aliases.map(aliasLine)] : [],
    ...roles.map(({ name, ...settings }) => [`[roles.${key(name)}]`, ...pairs(settings)]),
    ...identities.map(({ name, awsProfile, device, command, region }) => [
      `[identities.${key(name)}]`,
      ...pairs({ awsProfile, device, command, region }),
    ]),
    isFirst && (device ?? command) !== undefined ? ["[mfa]", ...pairs({ device, command })] : [],
  ].filter((block) => block.length > 0);
  return blocks.map((block) => `${block.join("\n")}\n`).join("\n");
}

function accountBlocks(account: NewAccount): readonly (readonly string[])[] {
  const { name, id, region, externalId, identity, roles, ownRoles } = account;
  const path = `accounts.${key(name)}`;
  const block = [`[${path}]`, ...pairs({ id, region, externalId, identity, roles })];
  if (ownRoles === undefined) return [block];
  return [block, [`[${path}.roles]`, ...ownRoles.map(ownRoleLine)]];
}

/** Returns the line of a role in `[accounts.NAME.roles]`. */
function ownRoleLine([name, settings]: readonly [string, NewRoleSettings]): string {
  return `${key(name)} = ${encodeValue(settings)}`;
}

/** Returns the line of an alias in `[aliases]`. */
export function aliasLine({ name, account, role }: NewAlias): string {
  return assign(name, `${account}/${role}`);
}

function isShort({ region, externalId, identity, roles, ownRoles }: NewAccount): boolean {
  return [region, externalId, identity, roles, ownRoles].every((each) => each === undefined);
}

type Value = string | readonly string[] | Readonly<Record<string, unknown>> | undefined;

/** Returns the lines of a table; settings without a value are left out. */
function pairs(settings: object): string[] {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => assign(name, value));
}

function assign(name: string, value: Value): string {
  return `${key(name)} = ${encodeValue(value)}`;
}

function encodeValue(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${value.map(encodeValue).join(", ")}]`;
  const inner = pairs(Object(value));
  return inner.length === 0 ? "{}" : `{ ${inner.join(", ")} }`;
}

function key(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : quote(name);
}

// TOML accepts JSON's escapes, and requires one more character to be escaped.
function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

/** Parses `prod=222222222222`. Errors: USAGE. */
export function parseAccount(text: string): NewAccount {
  const [, name = "", id = ""] = /^(.+?)\s*=\s*(\d{12})$/.exec(text.trim()) ?? [];
  if (name === "" || /\p{Cc}/u.test(name)) {
    throw new AwstError(
      "USAGE",
      `${JSON.stringify(text)} is not an account: write NAME=12 digits`,
      {
        hint: "main-account=111111111111",
      },
    );
  }
  return { name, id };
}

/** Parses `DeveloperAccess=4h`; the duration is 1 h where none is given. Errors: USAGE. */
export function parseRole(text: string): NewRole {
  const [name = "", written = "1h", ...more] = text
    .trim()
    .split("=")
    .map((each) => each.trim());
  const seconds = parseDuration(written);
  const problem =
    more.length > 0 || seconds === undefined
      ? "is not a role: write NAME=4h"
      : (roleNameProblem(name) ?? durationProblem(seconds, false));
  if (problem !== undefined || seconds === undefined) {
    throw new AwstError("USAGE", `${JSON.stringify(text)} ${problem}`, {
      hint: "DeveloperAccess=4h",
    });
  }
  return { name, duration: spellDuration(seconds) };
}
