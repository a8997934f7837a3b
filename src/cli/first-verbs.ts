// The verbs of a first day, and of a bad one, as data.

import type { Verb } from "./verb.ts";

const doctor: Verb = {
  path: ["doctor"],
  summary: "what is wrong here, and what to type",
  details:
    "Looks at the configuration, the keychain and the key in it, the profiles in AWS's files and who may " +
    "read them, the environment, the way to AWS, the clock. Changes nothing. Status 1 where something is wrong.",
  arguments: [],
  options: [{ name: "online", help: "ask AWS too whether it takes the key" }],
  examples: [
    { line: "awst doctor", meaning: "offline" },
    { line: "awst doctor --online --json", meaning: "with AWS, for a program" },
  ],
  json: [
    ["version", "1"],
    ["healthy", "whether nothing is wrong"],
    [
      "findings[].area",
      "configuration, keychain, key, profiles, environment, network, clock or aws",
    ],
    ["findings[].state", "good, wrong or note"],
    ["findings[].message, .hint", "in words, and a line to paste or null"],
  ],
  machine: false,
};

const init: Verb = {
  path: ["init"],
  summary: "write a first configuration, from a few questions",
  details:
    "Never in the place of another. Without a terminal everything is given by options; --account, given " +
    "once or more, asks nothing. What comes next is said: the key's way into the keychain.",
  arguments: [],
  options: [
    {
      name: "account",
      placeholder: "NAME=ID",
      list: true,
      help: "an account and its 12 digits; the first is the one your IAM user is in",
    },
    {
      name: "role",
      placeholder: "NAME=LENGTH",
      list: true,
      help: "a role, and how long a code is good for",
    },
    {
      name: "region",
      placeholder: "REGION",
      help: "where STS and IAM are called; the profiles' region",
    },
  ],
  examples: [
    { line: "awst init", meaning: "asks" },
    {
      line: "awst init --account main-account=111111111111 --role DeveloperAccess=4h --region eu-west-1",
      meaning: "does not",
    },
  ],
  json: [
    ["version", "1"],
    ["path", "the file that was written"],
    ["mainAccount", "the default identity, and the AWS profile with its key"],
    ["keyIsInProfile", "whether that profile holds the key now"],
  ],
  machine: false,
};

const takeOver: Verb = {
  path: ["import"],
  summary:
    "what awstools, AWSume, aws-vault or plain AWS files left here, as lines for the configuration",
  details:
    "Profiles with role_arn become accounts and roles, source profiles with a key identities, chains `via`. " +
    "It prints what is not configured yet, and how each key gets into the keychain; it deletes nothing. awstools' " +
    "configuration is read as it is and needs no import.",
  arguments: [],
  options: [{ name: "write", help: "write a first configuration of it; never over another" }],
  examples: [
    { line: "awst import", meaning: "see" },
    { line: "awst import --write", meaning: "where there is no configuration yet" },
    {
      line: "awst import > lines.toml",
      meaning: "where there is one: to stand behind what it says",
    },
  ],
  json: [
    ["version", "1"],
    ["configuration", "path"],
    ["isThere", "whether there was one already"],
    ["text", 'the lines, "" where everything is configured'],
    ["accounts[].name, .id, .roles", "new ones"],
    ["roles[].name, .duration", "new ones"],
    ["identities[].name, .awsProfile", "new ones"],
    [
      "keys[].profile, .command",
      "profiles with a long-term key, and what takes it into the keychain",
    ],
    ["remarks", "what was seen and not taken"],
  ],
  machine: false,
};

export const firstVerbs: readonly Verb[] = [init, takeOver, doctor];
