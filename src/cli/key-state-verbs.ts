// The verbs that show and change the user's own access keys at AWS, as data.

import type { Verb, VerbArgument, VerbOption } from "./verb.ts";

export const mfaCode: VerbOption = {
  name: "mfa-code",
  placeholder: "CODE",
  help: "the six digits, if a code is needed (also AWST_MFA_CODE)",
};

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
