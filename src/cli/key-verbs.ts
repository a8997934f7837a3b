// The verbs for the long-term access key, as data.
import type { JsonField, Verb, VerbArgument, VerbOption } from "./verb.ts";

const storedKey: readonly JsonField[] = [
  ["identity", "the IAM user's name in the configuration"],
  ["accessKeyId", "the key's id"],
  ["arn", "whose key AWS says it is"],
  ["accountId", "12 digits"],
  ["keychain", "system or file"],
  ["replacedKeyId", "id of another key that was there before, or null"],
  ["wasThere", "whether this very key was there already"],
];

export const mfaCode: VerbOption = {
  name: "mfa-code",
  placeholder: "CODE",
  help: "the six digits, if a code is needed (also AWST_MFA_CODE)",
};

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
    "is caught up, and calls `awst key rotate --unattended --if-older-than`. It uses a live MFA session, " +
    "`[mfa] command` or a stored seed; without any it ends with status 3 and leaves word for the next `assume`. " +
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

const keyRotate: Verb = {
  path: ["key", "rotate"],
  summary: "replace the access key by a new one, safely",
  details:
    "Makes a new key, stores it, proves it, switches to it, deactivates the old one, and deletes that after " +
    "the grace time; until then --undo goes back. Whatever goes wrong, a key that works stays in the " +
    "keychain, and the next run finishes or takes back what was begun. Keys that awst did not make are not touched.",
  arguments: [],
  options: [
    { name: "if-older-than", placeholder: "TIME", help: "do nothing for a younger key: 7d" },
    {
      name: "grace",
      placeholder: "TIME",
      help: "how long the old key can be had again; default 24h",
    },
    { name: "dry-run", help: "say the steps, and take none" },
    {
      name: "unattended",
      help: "ask nobody: 3 where a person is needed, and word is left for the next assume",
    },
    {
      name: "automatic",
      help: "as assume begins it by itself: unattended, by keyRotationIntervalMinutes, an imported key",
    },
    { name: "resume", help: "finish or take back what was begun, and begin nothing" },
    { name: "undo", help: "go back to the old key, until that is deleted" },
    mfaCode,
  ],
  examples: [
    { line: "awst key rotate", meaning: "a new key now" },
    { line: "awst key rotate --if-older-than 7d --unattended", meaning: "from a schedule" },
    { line: "awst key rotate --undo", meaning: "the old one again" },
  ],
  json: [
    ["version", "1"],
    ["identity", "the IAM user's name in the configuration"],
    [
      "outcome",
      "rotated, finished, undone, rolled-back, waiting, young, nothing, meanwhile or planned",
    ],
    ["wasUnderWay", "whether an earlier run had begun it"],
    ["heldKeyId", "the key that awst holds now"],
    ["oldKeyId", "the one before it, or null"],
    ["oldKeyState", "active, inactive or deleted, or null"],
    ["undoUntil", "until when --undo works (RFC 3339), or null"],
    ["steps[].step, .key", "what was done, in its order"],
    ["waiting[].step, .why", "what is left to do, and what it waits for"],
    ["remarks[]", "what did not go along, and why"],
    ["failure", "why it did not work, or null"],
  ],
  machine: false,
};

export const keyVerbs: readonly Verb[] = [keyAdd, keyImport, keyRotate, keySchedule];

const id: VerbArgument = {
  name: "ID",
  required: true,
  help: "the key's id, or its last letters where no other key ends so",
};

const list: Verb = {
  path: ["key", "list"],
  summary: "own keys: id, state, age, last use, description, which one awst holds",
  details:
    "Asks AWS, inside the MFA session. Last use and descriptions need rights of their own; what is not " +
    "allowed is left out, and said. AWS notes uses with a delay of about 15 minutes and more.",
  arguments: [],
  options: [mfaCode],
  examples: [
    { line: "awst key list", meaning: "a table" },
    { line: "awst key list --json", meaning: "the same for a program" },
  ],
  json: [
    ["version", "1"],
    ["identity", "the IAM user's name in the configuration"],
    ["userName", "the IAM user's name at AWS"],
    ["keys[].accessKeyId", "the key's id"],
    ["keys[].status", "active, inactive or expired"],
    ["keys[].createdAt", "RFC 3339, UTC"],
    ["keys[].ageSeconds", "since then, by AWS's clock"],
    ["keys[].lastUsedAt", "RFC 3339, UTC, or null: never, or not known"],
    ["keys[].lastUsedService, .lastUsedRegion", "where that was, or null"],
    ["keys[].description", "the user's tag named by the key's id, or null"],
    ["keys[].heldIn", "keychain or profile for the key awst works with, else null"],
    ["lastUseIsKnown", "whether iam:GetAccessKeyLastUsed is allowed"],
    ["descriptionsAreKnown", "whether iam:ListUserTags is allowed"],
  ],
  machine: false,
};

const describe: Verb = {
  path: ["key", "describe"],
  summary: "describe a key, as the AWS console does",
  details:
    "The description is a tag of the user, named by the key's id: up to 256 letters, digits, spaces and " +
    "_.:/=+-@. Rotation carries it over to the new key.",
  arguments: [id, { name: "TEXT", required: true, help: 'the description; "" takes it away' }],
  options: [mfaCode],
  examples: [
    { line: 'awst key describe AKIAIOSFODNN7EXAMPLE "laptop"', meaning: "shown by `key list`" },
    { line: 'awst key describe AMPLE ""', meaning: "no description any more" },
  ],
  json: [
    ["version", "1"],
    ["accessKeyId", "the key's id"],
    ["description", "what it is now, or null"],
  ],
  machine: false,
};

function statusVerb(
  word: "activate" | "deactivate",
  verb: Pick<Verb, "summary" | "details">,
): Verb {
  return {
    path: ["key", word],
    ...verb,
    arguments: [id],
    options: [mfaCode],
    examples: [{ line: `awst key ${word} AKIAIOSFODNN7EXAMPLE`, meaning: "by its id" }],
    json: [
      ["version", "1"],
      ["accessKeyId", "the key's id"],
      ["status", "active or inactive: what it is now"],
      ["changed", "false: it was so already"],
    ],
    machine: false,
  };
}

const remove: Verb = {
  path: ["key", "delete"],
  summary: "delete one of the own keys, and its description",
  details:
    "Never the key that awst holds: that one is replaced by `awst key rotate`. A key that is active, or " +
    "was used in the last 30 days, is asked about.",
  arguments: [id],
  options: [{ name: "yes", short: "y", help: "do not ask" }, mfaCode],
  examples: [
    { line: "awst key delete AKIAIOSFODNN7EXAMPLE", meaning: "asks where it may be in use" },
  ],
  json: [
    ["version", "1"],
    ["accessKeyId", "the key's id"],
    ["description", "removed, or kept where its tag could not be taken away"],
  ],
  machine: false,
};

export const keyStateVerbs: readonly Verb[] = [
  list,
  describe,
  statusVerb("activate", { summary: "switch a key on again" }),
  statusVerb("deactivate", {
    summary: "switch a key off, to see whether anybody misses it",
    details: "It can be activated again. Never the key that awst holds.",
  }),
  remove,
];
