// The verbs that keep profiles and the configuration in order, as data.

import type { Verb } from "./verb.ts";

const profileSync: Verb = {
  path: ["profile", "sync"],
  summary: "write the profiles of every account and offered role",
  details: "Owned profiles that are no longer configured go; what others wrote is left alone.",
  arguments: [],
  options: [{ name: "dry-run", help: "say what would change, and change nothing" }],
  examples: [
    { line: "awst profile sync", meaning: "after a change of the configuration" },
    { line: "awst profile sync --dry-run", meaning: "see first" },
  ],
  json: [
    ["version", "1"],
    ["dryRun", "whether nothing was changed"],
    ["written, removed, unchanged", "names"],
    ["mended", "names whose line named a program that is gone"],
    ["inTheWay[].name, .file, .why", "left alone: something else stands there"],
    ["unwritable[].name, .why", "names that no section can have"],
  ],
  machine: false,
};

const profileList: Verb = {
  path: ["profile", "list"],
  summary: "the profiles awst owns in AWS's files, and those in its way",
  arguments: [],
  options: [],
  examples: [
    { line: "awst profile list", meaning: "a table" },
    { line: "awst profile list --json", meaning: "for a program" },
  ],
  json: [
    ["version", "1"],
    ["profiles[].name", "as AWS_PROFILE takes it"],
    ["profiles[].file", "path of the file it stands in, or would"],
    ["profiles[].state", "good, outdated, missing, in the way, unwritable, left over, keys or own"],
    ["profiles[].why", "what is the matter with it, or null"],
    ["profiles[].account, .role, .identity", "what it is of, or null"],
  ],
  machine: false,
};

const profileRemove: Verb = {
  path: ["profile", "remove"],
  summary: "take profiles that awst owns out of AWS's files",
  arguments: [
    {
      name: "PROFILE",
      required: false,
      many: true,
      help: "names as `profile list` has them; none: every role's profile",
    },
  ],
  options: [],
  examples: [
    { line: 'awst profile remove "main-account AdminAccess"', meaning: "one of them" },
    { line: "awst profile remove", meaning: "those of every role" },
  ],
  json: [
    ["version", "1"],
    ["removed", "names"],
  ],
  machine: false,
};

const configCheck: Verb = {
  path: ["config", "check"],
  summary: "everything that is wrong in the configuration, with line and column",
  arguments: [],
  options: [],
  examples: [{ line: "awst config check", meaning: "status 2 where something is" }],
  json: [
    ["version", "1"],
    ["path", "the file"],
    ["valid", "true or false"],
    ["problems[].line, .column", "counted from 1"],
    ["problems[].message, .hint", "what is wrong, and what is allowed or meant"],
    ["remarks", "things worth saying that are no mistakes"],
  ],
  machine: false,
};

const configPath: Verb = {
  path: ["config", "path"],
  summary: "where the configuration file is, or is looked for",
  arguments: [],
  options: [],
  examples: [{ line: '$EDITOR "$(awst config path)"', meaning: "change it" }],
  json: [
    ["version", "1"],
    ["path", "the file"],
    ["exists", "true or false"],
    ["named", "whether --config or AWST_CONFIG named it"],
  ],
  machine: false,
};

const configShow: Verb = {
  path: ["config", "show"],
  summary: "the configuration as awst understands it, defaults filled in",
  arguments: [],
  options: [],
  examples: [{ line: "awst config show --json", meaning: "for a program" }],
  json: [
    ["version", "1"],
    ["path", "the file"],
    ["defaultRegion, defaultIdentity", "region or null, name"],
    [
      "identities[]",
      "name, accountId, awsProfile, mfaSessionProfile, callRegion, device, command, prompt, keyRotationIntervalMinutes",
    ],
    ["accounts[]", "name, id, region, roles (those offered), externalId, identity"],
    [
      "roles[]",
      "name, durationSeconds, session, policyArns, tags, sourceIdentity, sessionName, via",
    ],
    ["rolesAreConfigured", "whether the file has [roles]"],
    ["keychain.backend, write.profiles, write.mode", "as in the file"],
    ["paths.state, .awsConfig, .awsCredentials", "paths"],
    ["remarks", "things worth saying that are no mistakes"],
  ],
  machine: false,
};

export const houseVerbs: readonly Verb[] = [
  profileSync,
  profileList,
  profileRemove,
  configCheck,
  configPath,
  configShow,
];
