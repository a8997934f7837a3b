// awst config trust: allows the commands of a configuration outside the default location, as its text is now.

import { defineCommand } from "../../args/command.ts";
import { flag } from "../../args/options.ts";
import { trustConfiguration } from "../../flows/session/trust-configuration.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "config trust",
  group: "Set-up",
  summary: "allow the commands of a configuration outside the default location",
  details:
    "A configuration that --config or AWST_CONFIG names has keys and sessions of its own, and its commands run only after you allowed them. After a change of the file, allow them again.",
  options: {
    keys: flag("let it use the access keys of the default configuration"),
  },
  examples: [
    { line: "awst config trust --config ~/work.toml", meaning: "its [mfa] command may run" },
    { line: "awst config trust --config ~/work.toml --keys", meaning: "and it uses your keys" },
  ],
  json: [
    ["path", "the configuration"],
    ["commands[]", "the commands that may run from now on"],
    ["sharesKeys", "whether it uses the keys of the default configuration"],
  ],
  async run(context: Context, args) {
    const { path, commands, sharesKeys } = await trustConfiguration(context, { keys: args.keys });
    const allowed = commands.map((each) => `${path} may run: ${each}`);
    const none = `${path} has no commands`;
    const shared = `${path} uses the access keys of the default configuration`;
    return {
      json: { path, commands, sharesKeys },
      notes: successNotes([
        ...(allowed.length === 0 ? [none] : allowed),
        ...(sharesKeys ? [shared] : []),
      ]),
    };
  },
});
