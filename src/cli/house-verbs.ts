// The verbs that keep keys, profiles and the configuration in order, as data.

import type { Verb } from "./verb.ts";

const keyAdd: Verb = {
  path: ["key", "add"],
  summary: "put a long-term access key into the keychain",
  details:
    "Asks for the key id and, hidden, for its secret; or takes both from the console's CSV download or " +
    "from stdin. The key is proved at AWS (GetCallerIdentity) and read back before it counts.",
  arguments: [],
  options: [{ name: "csv", placeholder: "FILE", help: "the file the AWS console offers once" }],
  examples: [
    { line: "awst key add", meaning: "type it in" },
    { line: "awst key add --csv ~/Downloads/me_accessKeys.csv", meaning: "from the download" },
  ],
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
  machine: false,
};

const profileSync: Verb = {
  path: ["profile", "sync"],
  summary: "write the profiles of every account and offered role",
  details: "Owned profiles that are no longer configured go; what others wrote is left alone.",
  arguments: [],
  options: [],
  examples: [{ line: "awst profile sync", meaning: "after a change of the configuration" }],
  machine: false,
};

const profileList: Verb = {
  path: ["profile", "list"],
  summary: "the profiles awst owns in AWS's files, and those in its way",
  arguments: [],
  options: [],
  examples: [{ line: "awst profile list", meaning: "a table" }],
  machine: false,
};

const profileRemove: Verb = {
  path: ["profile", "remove"],
  summary: "take profiles that awst owns out of AWS's files",
  arguments: [
    { name: "PROFILE", required: false, many: true, help: "names as `profile list` has them" },
  ],
  options: [],
  examples: [{ line: 'awst profile remove "main-account AdminAccess"', meaning: "one of them" }],
  machine: false,
};

const configCheck: Verb = {
  path: ["config", "check"],
  summary: "everything that is wrong in the configuration, with line and column",
  arguments: [],
  options: [],
  examples: [{ line: "awst config check", meaning: "status 2 where something is" }],
  machine: false,
};

const configPath: Verb = {
  path: ["config", "path"],
  summary: "where the configuration file is, or is looked for",
  arguments: [],
  options: [],
  examples: [{ line: '$EDITOR "$(awst config path)"', meaning: "change it" }],
  machine: false,
};

const configShow: Verb = {
  path: ["config", "show"],
  summary: "the configuration as awst understands it, defaults filled in",
  arguments: [],
  options: [],
  examples: [{ line: "awst config show --json", meaning: "for a program" }],
  machine: false,
};

export const houseVerbs: readonly Verb[] = [
  keyAdd,
  keyImport,
  profileSync,
  profileList,
  profileRemove,
  configCheck,
  configPath,
  configShow,
];
