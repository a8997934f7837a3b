// The TOML text of a new configuration, or of lines to append to one: made from the answers to `init`, or from
// AWS's files by `import`. `decode-configuration.ts` accepts it.

import { durationComplaint, roleNameComplaint } from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";
import { parseDuration, spellDuration } from "../text/duration.ts";

export interface NewRole {
  readonly name: string;
  readonly duration: string;
  /** `main-account/Hub` */
  readonly via?: string | undefined;
}

export interface NewAccount {
  readonly name: string;
  readonly id: string;
  readonly region?: string | undefined;
  readonly externalId?: string | undefined;
  readonly identity?: string | undefined;
  /** undefined for all roles. */
  readonly roles?: readonly string[] | undefined;
}

export interface NewIdentity {
  readonly name: string;
  readonly awsProfile: string;
}

export interface NewSettings {
  readonly defaultRegion?: string | undefined;
  /** Set for a first configuration. */
  readonly mainAccount?: string | undefined;
  readonly accounts: readonly NewAccount[];
  readonly roles: readonly NewRole[];
  readonly identities: readonly NewIdentity[];
}

/** Returns the text. Without `mainAccount`, it has tables only, so that it can be appended to a configuration. */
export function configurationText(proposal: NewSettings): string {
  const { defaultRegion, mainAccount, accounts, roles, identities } = proposal;
  const isFirst = mainAccount !== undefined;
  const short = isFirst ? accounts.filter(isShort) : [];
  const blocks = [
    isFirst && defaultRegion ? [`defaultRegion = ${quote(defaultRegion)}`] : [],
    isFirst
      ? [
          "[profiles]",
          `mainAccount = ${quote(mainAccount)}`,
          `mainAccountMfaSession = ${quote(`${mainAccount}-mfa`)}`,
        ]
      : [],
    short.length > 0
      ? ["[accounts]", ...short.map(({ name, id }) => `${key(name)} = ${quote(id)}`)]
      : [],
    ...accounts.filter((each) => !short.includes(each)).map(accountBlock),
    ...roles.map(({ name, duration, via }) => [
      `[roles.${key(name)}]`,
      `duration = ${quote(duration)}`,
      ...line("via", via),
    ]),
    ...identities.map(({ name, awsProfile }) => [
      `[identities.${key(name)}]`,
      `awsProfile = ${quote(awsProfile)}`,
    ]),
  ].filter((block) => block.length > 0);
  return blocks.map((block) => `${block.join("\n")}\n`).join("\n");
}

function accountBlock({ name, id, region, externalId, identity, roles }: NewAccount): string[] {
  return [
    `[accounts.${key(name)}]`,
    `id = ${quote(id)}`,
    ...line("region", region),
    ...line("externalId", externalId),
    ...line("identity", identity),
    ...(roles === undefined ? [] : [`roles = [${roles.map(quote).join(", ")}]`]),
  ];
}

function isShort({ region, externalId, identity, roles }: NewAccount): boolean {
  return [region, externalId, identity, roles].every((each) => each === undefined);
}

function line(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name} = ${quote(value)}`];
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
  const complaint =
    more.length > 0 || seconds === undefined
      ? "is not a role: write NAME=4h"
      : (roleNameComplaint(name) ?? durationComplaint(seconds, false));
  if (complaint !== undefined || seconds === undefined) {
    throw new AwstError("USAGE", `${JSON.stringify(text)} ${complaint}`, {
      hint: "DeveloperAccess=4h",
    });
  }
  return { name, duration: spellDuration(seconds) };
}
