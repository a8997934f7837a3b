// `awst config path`: where the configuration file is, or is looked for.

import { defineCommand } from "../../args/command.ts";
import type { Needs } from "../../ports.ts";

export const command = defineCommand({
  name: "config path",
  group: "Set-up",
  summary: "where the configuration file is, or is looked for",
  examples: [{ line: '$EDITOR "$(awst config path)"', meaning: "change it" }],
  json: [
    ["path", "the file"],
    ["exists", "true or false"],
    ["named", "whether --config or AWST_CONFIG named it"],
  ],
  async run(context: Needs<"paths" | "fileFingerprint">) {
    const { configuration: path, configurationIsNamed: named } = context.paths;
    return {
      json: { path, exists: context.fileFingerprint(path) !== undefined, named },
      text: `${path}\n`,
    };
  },
});
