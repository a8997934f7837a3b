// The text of a first config.toml, and of lines to add to one: what a person said or what AWS's files told,
// as TOML that `decode-configuration.ts` takes.

import { durationComplaint, roleNameComplaint } from "../aws/session-limits.ts";
import { AwstError } from "../errors.ts";
import { parseDuration, spellDuration } from "../text/duration.ts";

export interface ProposedRole {
  readonly name: string;
  readonly duration: string;
  /** `main-account/Hub` */
  readonly via?: string | undefined;
}

export interface ProposedAccount {
  readonly name: string;
  readonly id: string;
  readonly region?: string | undefined;
  readonly externalId?: string | undefined;
  readonly identity?: string | undefined;
  /** Absent: all of them. */
  readonly roles?: readonly string[] | undefined;
}

export interface ProposedIdentity {
  readonly name: string;
  readonly awsProfile: string;
}

export interface Proposal {
  readonly defaultRegion?: string | undefined;
  /** Set where there is no configuration yet. */
  readonly mainAccount?: string | undefined;
  readonly accounts: readonly ProposedAccount[];
  readonly roles: readonly ProposedRole[];
  readonly identities: readonly ProposedIdentity[];
}

/** Tables alone where there is a configuration already, so that the text can stand behind it. */
export function configurationText(proposal: Proposal): string {
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

function accountBlock({
  name,
  id,
  region,
  externalId,
  identity,
  roles,
}: ProposedAccount): string[] {
  return [
    `[accounts.${key(name)}]`,
    `id = ${quote(id)}`,
    ...line("region", region),
    ...line("externalId", externalId),
    ...line("identity", identity),
    ...(roles === undefined ? [] : [`roles = [${roles.map(quote).join(", ")}]`]),
  ];
}

function isShort({ region, externalId, identity, roles }: ProposedAccount): boolean {
  return [region, externalId, identity, roles].every((each) => each === undefined);
}

function line(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name} = ${quote(value)}`];
}

function key(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : quote(name);
}

/** JSON's escapes are TOML's. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

/** USAGE */
export function readAccount(text: string): ProposedAccount {
  const [, name = "", id = ""] = /^(.+?)\s*=\s*(\d{12})$/.exec(text.trim()) ?? [];
  if (name === "" || /\p{Cc}/u.test(name)) {
    throw new AwstError("USAGE", `${JSON.stringify(text)} is no account: NAME=12 digits`, {
      hint: "main-account=111111111111",
    });
  }
  return { name, id };
}

/** USAGE */
export function readRole(text: string): ProposedRole {
  const [name = "", written = "1h", ...more] = text
    .trim()
    .split("=")
    .map((each) => each.trim());
  const seconds = parseDuration(written);
  const complaint =
    more.length > 0 || seconds === undefined
      ? "is no role: NAME=4h"
      : (roleNameComplaint(name) ?? durationComplaint(seconds, false));
  if (complaint !== undefined || seconds === undefined) {
    throw new AwstError("USAGE", `${JSON.stringify(text)} ${complaint}`, {
      hint: "DeveloperAccess=4h",
    });
  }
  return { name, duration: spellDuration(seconds) };
}
