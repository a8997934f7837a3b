// The verbs that lead into AWS's console, as data.

import { account, obtainingOptions, role, shapingOptions } from "./session-options.ts";
import type { JsonField, Verb } from "./verb.ts";

const consoleJson: readonly JsonField[] = [
  ["version", "1"],
  ["kind", "sign-in or switch-role"],
  ["account", "the account's name"],
  ["accountId", "its 12 digits"],
  ["role", "the role's name"],
  ["identity", "the IAM user in the configuration"],
  ["destination", "the page of the console; null: the console's choice"],
  [
    "link",
    "with --print, the sign-in link, a secret; with --switch-role, a link without one; else null",
  ],
  ["opened", "whether a browser was started"],
  ["expiresAt", "end of the console's session, RFC 3339, UTC; null: --switch-role"],
  [
    "userPage",
    "with --switch-role, where the IAM user signs in first, where it is known; else null",
  ],
];

const console: Verb = {
  path: ["console"],
  summary: "open AWS's console in a browser, as a role",
  details:
    "Signs the browser in with the role's session; the console stays open as long as these keys hold, so a " +
    "session with less than half left is renewed first, where no code is needed. The link is a secret that " +
    "works for 15 min: the browser gets it through a page on disk (0600) that is gone after a minute, never " +
    "as a program's word. AWS lets no IAM user in like this, only roles: the user itself signs in with its " +
    "password, at https://ACCOUNT.signin.aws.amazon.com/console. " +
    "--browser (or AWST_BROWSER) takes a program and its words, with {account} and {role} to fill in, so " +
    "that each role has a browser profile of its own; {url} is where the link goes (default: at the end). A " +
    "word that holds {url} is where the page leads to, with the link in it: this is how Firefox opens it in " +
    "a container. " +
    "Without arguments on a terminal: a picker.",
  arguments: [account(false), role(false)],
  options: [
    { name: "print", help: "print the link, which is a secret, and open nothing" },
    {
      name: "service",
      placeholder: "NAME",
      help: "where to begin: s3, ec2, s3/buckets/mine, or a console address",
    },
    { name: "browser", placeholder: "CMD", help: "the browser and its words (also AWST_BROWSER)" },
    {
      name: "switch-role",
      help: "print the link of the console's own role switch, without a secret; calls nothing",
    },
    ...obtainingOptions.map((option) =>
      option.name === "region" ? { ...option, help: "region the console begins in" } : option,
    ),
    ...shapingOptions,
  ],
  examples: [
    { line: "awst console main-account DeveloperAccess", meaning: "in the desktop's browser" },
    {
      line: "awst console production AdminAccess --service cloudwatch --region us-east-1",
      meaning: "right where it is needed",
    },
    {
      line: "awst console main DeveloperAccess --print | wl-copy",
      meaning: "for another browser, or from a machine without one",
    },
    {
      line: 'awst console main DeveloperAccess --browser "firefox -P {account}"',
      meaning: "a Firefox profile per account",
    },
    {
      line: 'awst console main AdminAccess --browser "google-chrome --profile-directory={role}"',
      meaning: "a Chrome profile per role",
    },
    {
      line: 'awst console main AdminAccess --browser "firefox ext+container:name={role}&url={url}"',
      meaning: "a container per role, with the add-on Open external links in a container",
    },
    {
      line: "awst console production DeveloperAccess --switch-role",
      meaning: "a link to keep: for a browser that is signed in as the user",
    },
  ],
  json: consoleJson,
  machine: false,
};

const exportSwitchRoles: Verb = {
  path: ["export", "switch-roles"],
  summary: "print every offered role for the browser extension AWS Extend Switch Roles",
  details:
    "The text goes into the extension's configuration as it is. Roles that the console can't switch to (an " +
    "ExternalId, session tags, a source identity, session policies, reached via another) are left out, and said. " +
    "Nothing is called; no secret is in it.",
  arguments: [],
  options: [],
  examples: [
    { line: "awst export switch-roles > switch-roles.ini", meaning: "to paste from" },
    { line: "awst export switch-roles --json", meaning: "with a link for each, for bookmarks" },
  ],
  json: [
    ["version", "1"],
    ["roles[].account, .accountId, .role, .region", "what can be switched to"],
    ["roles[].link", "the console's switch-role link; no secret"],
    ["leftOut[].account, .role, .why", "what can't"],
  ],
  machine: false,
};

export const consoleVerbs: readonly Verb[] = [console, exportSwitchRoles];
