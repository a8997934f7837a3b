// `awst key activate ID`

import { defineCommand } from "../../args/command.ts";
import { required } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { changeKeyStatus } from "../../flows/key/manage-keys.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key activate",
  group: "Keys",
  summary: "switch a key on again",
  arguments: {
    id: required("ID", "the key's id, or its last letters where no other key ends so"),
  },
  options: {
    mfaCode,
  },
  examples: [{ line: "awst key activate AKIAIOSFODNN7EXAMPLE", meaning: "by its id" }],
  json: [
    ["accessKeyId", "the key's id"],
    ["status", "active or inactive: what it is now"],
    ["changed", "false: it was so already"],
  ],
  async run(context: Context, args) {
    const { id } = args;
    const wanted = { identity: args.identity, id, status: "Active" } as const;
    const changed = await changeKeyStatus(context, wanted, readUserRequest(args));
    const { accessKeyId, wasSo } = changed;
    const json = { version: 1, accessKeyId, status: "active", changed: !wasSo };
    if (args.json) await context.out(`${JSON.stringify(json)}\n`);
    context.say(`${accessKeyId} ${wasSo ? "was" : "is now"} active${wasSo ? " already" : ""}`);
    return {};
  },
});
