// The verbs for the long-term access key, as data.

import type { JsonField, Verb } from "./verb.ts";

const storedKey: readonly JsonField[] = [
  ["identity", "the IAM user's name in the configuration"],
  ["accessKeyId", "the key's id"],
  ["arn", "whose key AWS says it is"],
  ["accountId", "12 digits"],
  ["keychain", "system or file"],
  ["replacedKeyId", "id of another key that was there before, or null"],
  ["wasThere", "whether this very key was there already"],
];

const keyAdd: Verb = {
  path: ["key", "add"],
  summary: "put a long-term access key into the keychain",
  details:
    "Asks, hidden, for the key id and its secret; or takes both from the console's CSV download or " +
    "from stdin. The key is proved at AWS (GetCallerIdentity) and read back before it counts.",
  arguments: [],
  options: [{ name: "csv", placeholder: "FILE", help: "the file the AWS console offers once" }],
  examples: [
    { line: "awst key add", meaning: "type it in" },
    { line: "awst key add --csv ~/Downloads/me_accessKeys.csv", meaning: "from the download" },
    { line: "aws iam create-access-key | awst key add", meaning: "from what a program prints" },
  ],
  json: [["version", "1"], ...storedKey],
  machine: false,
};

const keyImport: Verb = {
  path: ["key", "import"],
  summary: "take the key from an AWS profile, and the plain text out of its file",
  details:
    "Stores, reads back, proves, and then puts a credential_process line where the key stood, so that " +
    "the profile goes on working, with the MFA session.",
  arguments: [
    {
      name: "PROFILE",
      required: false,
      help: "default: the identity's own, `profiles.mainAccount`",
    },
  ],
  options: [],
  examples: [
    { line: "awst key import", meaning: "the profile that the configuration names" },
    { line: "awst key import other-org --identity other-org", meaning: "another identity's" },
  ],
  json: [
    ["version", "1"],
    ["profile", "the AWS profile it was taken from"],
    ["key", "null where the profile called awst already; else:"],
    ...storedKey.map(([field, meaning]): JsonField => [`key.${field}`, meaning]),
    [
      "sameKeyElsewhere[].file, .section, .line",
      "lines of AWS's files that still show the key's id",
    ],
  ],
  machine: false,
};

const keySchedule: Verb = {
  path: ["key", "schedule"],
  summary: "have the access key replaced by itself, by the system's own clockwork",
  details:
    "Installs a systemd user timer, a launchd agent, a task of Windows' Task Scheduler, or a line in the crontab " +
    "where none of them is there. It looks every hour (on Windows once a day), so that what was slept through " +
    "is caught up, and calls `awst key rotate --unattended --if-older-than`. For a code it takes a live MFA " +
    "session or `[mfa] command`; without either it ends with status 3 and leaves word for the next `assume`. " +
    "Without options it shows what is installed.",
  arguments: [],
  options: [
    {
      name: "every",
      placeholder: "AGE",
      help: "install it: how old the key may get, 1d to 365d (7d, 36h)",
    },
    { name: "show", help: "what is installed, its next run, and how the last one ended" },
    { name: "remove", help: "take it out again" },
  ],
  examples: [
    { line: "awst key schedule --every 7d", meaning: "a new key every week" },
    { line: "awst key schedule --show", meaning: "how it goes" },
    { line: "awst key schedule --remove", meaning: "no more" },
  ],
  json: [
    ["version", "1"],
    ["name", "what the timer, the agent, the task or the marked line is called"],
    ["identity", "whose access key"],
    ["installed", "true or false"],
    ["system", "systemd, launchd, task-scheduler, cron, or null"],
    ["where", "its files, or where else it stands"],
    ["active", "whether that system has it in hand"],
    ["everySeconds", "how old the key may get, or null"],
    ["nextRunAt", "when it looks next (RFC 3339), or null"],
    ["lastRun", "null where it never ran; else:"],
    [
      "lastRun.at, .outcome, .status, .text",
      "outcome: rotated, finished, not-due, waiting or failed",
    ],
    ["missingProgram", "a file it calls that is gone, or null"],
    ["withheld", "names of environment variables that count here and did not go along"],
  ],
  machine: false,
};

export const keyVerbs: readonly Verb[] = [keyAdd, keyImport, keySchedule];
