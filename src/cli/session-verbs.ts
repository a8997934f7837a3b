// The verbs that get sessions and hand them out, as data.

import {
  account,
  formatOption,
  obtainingOptions,
  role,
  shapingOptions,
} from "./session-options.ts";
import type { JsonField, Verb } from "./verb.ts";

const assumeJson: readonly JsonField[] = [
  ["version", "1"],
  ["account", "the account's name"],
  ["accountId", "its 12 digits"],
  ["role", "the role's name"],
  ["identity", "the IAM user it was obtained as"],
  ["how", "kept (from the keychain), renewed (no code), new (with one); null: --profile-only"],
  ["expiresAt", "end of these keys, RFC 3339, UTC, or null"],
  ["renewableUntil", "until when they renew without a code, or null"],
  ["assumedRoleArn", "who AWS says this is, or null"],
  ["region", "the region in the profile"],
  ["profileNames", "names to use as AWS_PROFILE"],
  ["profilesNotWritten[].name, .why", "names that hold something else, or can't be written"],
];

const assume: Verb = {
  path: ["assume"],
  summary: "get a role session and its profiles",
  details:
    "Takes the session from the keychain where it is good, else asks AWS, and for a code only where " +
    "AWS demands one; makes sure that the role's profiles exist; says until when it renews. " +
    "stdout is one line that sets AWS_PROFILE; with the function of `awst shell-init` this shell has it " +
    "at once. Without arguments on a terminal: a picker.",
  arguments: [account(false), role(false)],
  options: [
    ...obtainingOptions,
    ...shapingOptions,
    formatOption,
    { name: "profile-only", help: "write the profiles and call nothing" },
    { name: "unset", help: "print the lines that take credentials and profile out of a shell" },
    {
      name: "export",
      short: "e",
      placeholder: "FILE",
      help: "print into this file, for a shell that sources it (awstools')",
    },
    { name: "export-profile", short: "p", help: "awstools' word for what is the rule here" },
  ],
  examples: [
    { line: "awst assume", meaning: "pick an account and a role, most used first" },
    { line: "awst assume main-account DeveloperAccess", meaning: "the session and its profiles" },
    { line: 'eval "$(awst assume main DeveloperAccess)"', meaning: "and use its profile here" },
    {
      line: "awst assume production AdminAccess --duration 30m",
      meaning: "half an hour, then over; in a profile of its own",
    },
    {
      line: "awst assume main-account DeveloperAccess --format dotenv > .env",
      meaning: "the keys, where a program can't do better",
    },
    { line: 'eval "$(awst assume --unset)"', meaning: "leave it" },
  ],
  json: assumeJson,
  machine: true,
};

const credentialProcess: Verb = {
  path: ["credential-process"],
  summary: "answer an AWS SDK: one JSON object with the keys",
  details:
    "Stands in the profiles that awst writes. stdout is the answer or nothing; names are never guessed; " +
    "a question is asked on the terminal device or in a window, and ends by itself after 50 s. " +
    "With --identity and no account: that user's MFA session.",
  arguments: [
    { ...account(false), help: "the whole name of an account of the configuration" },
    role(false),
  ],
  options: shapingOptions,
  examples: [
    {
      line: "awst credential-process main-account DeveloperAccess",
      meaning: "what an SDK gets",
    },
    {
      line: "awst credential-process --identity main-account",
      meaning: "the MFA session of the user itself",
    },
  ],
  machine: true,
};

const exec: Verb = {
  path: ["exec"],
  summary: "run a program with a session's keys in its environment",
  details:
    "The keys can't renew in there: they are renewed first when under half is left and no code is " +
    "needed. Signals pass through, and the program's exit status is awst's. " +
    "With --server the program asks an endpoint on 127.0.0.1, as in a container, and finds renewed keys " +
    "there for as long as it runs; a code is never asked for meanwhile: awst says what to type in another " +
    "shell. Keys of [default] would win over the endpoint in every SDK, so the program sees empty files in " +
    "the place of ~/.aws/config and ~/.aws/credentials, and no profiles.",
  arguments: [account(true), role(true)],
  options: [
    ...obtainingOptions,
    { name: "server", help: "keys that renew while the program runs, instead of fixed ones" },
    ...shapingOptions,
  ],
  examples: [
    { line: "awst exec main-account DeveloperAccess -- aws s3 ls", meaning: "one command" },
    {
      line: "awst exec production AdminAccess --single --duration 4h -- ./migrate",
      meaning: "four hours in one piece",
    },
    {
      line: "awst exec main-account DeveloperAccess --server -- ./long-job",
      meaning: "keys that renew while it runs",
    },
  ],
  machine: true,
  program: true,
};

const env: Verb = {
  path: ["env"],
  summary: "print a session's keys for eval, as `assume --format env`",
  details:
    "No profile is written. The keys can't renew: they are renewed first when under half is left and " +
    "no code is needed.",
  arguments: [account(true), role(true)],
  options: [
    ...obtainingOptions,
    ...shapingOptions,
    { ...formatOption, help: "another form than env" },
  ],
  examples: [
    {
      line: 'eval "$(awst env main-account DeveloperAccess)"',
      meaning: "into this shell",
    },
    {
      line: "awst env main-account DeveloperAccess --format fish | source",
      meaning: "the same in fish",
    },
  ],
  machine: true,
};

export const sessionVerbs: readonly Verb[] = [assume, credentialProcess, exec, env];
