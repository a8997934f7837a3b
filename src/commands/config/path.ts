// awst config path: prints where the configuration file is expected.

import { defineCommand } from "../../args/command.ts";
import type { Needs } from "../../ports.ts";

export const command = defineCommand({
  name: "config path",
  group: "Set-up",
  summary: "print the path of the configuration file",
  examples: [{ line: '$EDITOR "$(awst config path)"', meaning: "edit the configuration" }],
  json: [
    ["path", "the file"],
    ["exists", "whether the file exists"],
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
