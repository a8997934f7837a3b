// The table of verbs. What stands here can be typed; `commands.ts` says where it is done.

import { consoleVerbs } from "./console-verbs.ts";
import { firstVerbs } from "./first-verbs.ts";
import { houseVerbs } from "./house-verbs.ts";
import { keyStateVerbs, keyVerbs } from "./key-verbs.ts";
import { lookVerbs } from "./look-verbs.ts";
import { mfaSeedVerbs, mfaVerbs } from "./mfa-verbs.ts";
import { sessionVerbs } from "./session-verbs.ts";
import { shellVerbs } from "./shell-verbs.ts";
import type { Verb } from "./verb.ts";

export const verbs: readonly Verb[] = [
  ...sessionVerbs,
  ...consoleVerbs,
  ...lookVerbs,
  ...shellVerbs,
  ...keyVerbs,
  ...keyStateVerbs,
  ...mfaVerbs,
  ...mfaSeedVerbs,
  ...houseVerbs,
  ...firstVerbs,
];

/** Summaries of the words that only group others. */
export const groups: Readonly<Record<string, string>> = {
  export: "configuration for other programs",
  key: "the long-term access key",
  mfa: "MFA devices",
  profile: "the profiles awst owns in AWS's files",
  config: "the configuration file",
};
