// The verbs that show and forget sessions, as data.

import { account, role } from "./session-options.ts";
import type { Verb } from "./verb.ts";

const list: Verb = {
  path: ["list"],
  summary: "accounts, roles, durations, and which sessions are live",
  details: "Offline: the configuration and what awst remembers. The keychain stays closed.",
  arguments: [],
  options: [],
  examples: [
    { line: "awst list", meaning: "a table" },
    { line: "awst list --json", meaning: "the same for a program" },
  ],
  json: [
    ["version", "1"],
    ["accounts[].name, .id", "as configured"],
    ["accounts[].identity", "the IAM user its roles are assumed as"],
    ["accounts[].region", "the region in its profiles, or null"],
    ["accounts[].roles[].name", "as configured"],
    ["accounts[].roles[].durationSeconds", "for how long after one code it can be worked in"],
    ["accounts[].roles[].session", "renew or single"],
    ["accounts[].roles[].withoutCodeUntil", "until when it can be had without a code, or null"],
    ["accounts[].roles[].sessions[].scope", "set for a session that flags set apart, or null"],
    ["accounts[].roles[].sessions[].expiresAt", "end of its keys, RFC 3339, UTC"],
    [
      "accounts[].roles[].sessions[].renewableUntil",
      "until when it renews without a code, or null",
    ],
    ["identities[].name", "IAM users that are configured"],
    ["identities[].mfaSession", "null, or { codeAt, expiresAt } of the live one"],
  ],
  machine: false,
};

const whoami: Verb = {
  path: ["whoami"],
  summary: "who AWS says you are here, and where those credentials came from",
  details:
    "Looks where AWS CLI, boto3 and Terraform look, in their order, and asks AWS GetCallerIdentity.",
  arguments: [],
  options: [
    { name: "profile", placeholder: "NAME", help: "this profile instead of what the shell has" },
  ],
  examples: [
    { line: "awst whoami", meaning: "with what this shell has" },
    { line: 'awst whoami --profile "main-account DeveloperAccess"', meaning: "of one profile" },
  ],
  json: [
    ["version", "1"],
    ["arn", "who AWS says this is"],
    ["accountId", "12 digits"],
    ["source", "where the credentials came from, in words"],
    ["profile", "the profile they came from, or null"],
    ["accessKeyId", "of the credentials"],
    ["expiresAt", "their end as far as the source tells it, RFC 3339, UTC, or null"],
  ],
  machine: false,
};

const logout: Verb = {
  path: ["logout"],
  summary: "forget sessions",
  details:
    "Without --all the MFA session stays, so profiles go on working without a code for a while: until " +
    "when is said. Keys already handed out stay valid at AWS until their end.",
  arguments: [account(false), role(false)],
  options: [{ name: "all", help: "MFA sessions and the keychain's unlock too" }],
  examples: [
    { line: "awst logout main-account DeveloperAccess", meaning: "one role" },
    { line: "awst logout main-account", meaning: "every role of an account" },
    { line: "awst logout --all", meaning: "everything: the next use needs a code" },
  ],
  machine: false,
};

export const lookVerbs: readonly Verb[] = [list, whoami, logout];
