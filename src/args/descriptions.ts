// What help and docs/commands.md both print: groups of commands, exit statuses, options.

import { flagName, type Option } from "./options.ts";

/** In the order of the overview that `awst` prints. */
export const commandGroups = [
  "Start here",
  "Sessions",
  "Keys",
  "MFA",
  "Profiles",
  "Shell",
  "Set-up",
  "Administration",
] as const;

export type CommandGroup = (typeof commandGroups)[number];

/** The first part of names such as `key add`. */
export const prefixSummaries: Readonly<Record<string, string>> = {
  export: "configuration for other programs",
  key: "access keys",
  mfa: "MFA devices",
  keychain: "the keychain that awst uses",
  profile: "the profiles that awst writes",
  config: "the configuration file",
  admin: "for administrators: the IAM users of an account",
  "admin user": "IAM users: list, create, off-board, restore",
  "admin group": "groups of users by rules",
  "admin deploy": "enforcement as a function in AWS",
  "admin dormant": "users and keys that are not in use",
};

export const exitStatuses: readonly (readonly [status: string, meaning: string])[] = [
  ["0", "success"],
  ["1", "failure, or you answered no to a question"],
  ["2", "usage error, unknown account or role, or invalid configuration"],
  ["3", "input is needed and there is no terminal: a code, a choice, an unlock"],
  ["70", "a bug in awst"],
  ["130", "interrupted"],
  ["other", "`exec`: the program's own; 126 and 127 where it can't be run or found"],
];

/** `-y, --yes`, `--format <FORMAT>`. */
export function flagsText(name: string, { short, placeholder }: Option<unknown>): string {
  const letter = short === undefined ? "" : `-${short}, `;
  return `${letter}${flagName(name)}${placeholder === undefined ? "" : ` <${placeholder}>`}`;
}

/** The option's help, with its choices. */
export function optionText({ help, choices, repeats }: Option<unknown>): string {
  const allowed = choices === undefined ? "" : `: ${choices.join(", ")}`;
  return `${help}${allowed}${repeats ? "; may be repeated" : ""}`;
}
