// `awst key deactivate ID`

import { defineCommand } from "../../args/command.ts";
import { required } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { changeKeyStatus } from "../../flows/key/manage-keys.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key deactivate",
  group: "Keys",
  summary: "switch a key off, to see whether anybody misses it",
  details: "It can be activated again. Never the key that awst holds.",
  arguments: {
    id: required("ID", "the key's id, or its last letters where no other key ends so"),
  },
  options: {
    mfaCode,
  },
  examples: [{ line: "awst key deactivate AKIAIOSFODNN7EXAMPLE", meaning: "by its id" }],
  json: [
    ["accessKeyId", "the key's id"],
    ["status", "active or inactive: what it is now"],
    ["changed", "false: it was so already"],
  ],
  async run(context: Context, args) {
    const { id } = args;
    const wanted = { identity: args.identity, id, status: "Inactive" } as const;
    const changed = await changeKeyStatus(context, wanted, readUserRequest(args));
    const { accessKeyId, wasSo } = changed;
    const json = { version: 1, accessKeyId, status: "inactive", changed: !wasSo };
    if (args.json) await context.out(`${JSON.stringify(json)}\n`);
    context.say(`${accessKeyId} ${wasSo ? "was" : "is now"} inactive${wasSo ? " already" : ""}`);
    return {};
  },
});
