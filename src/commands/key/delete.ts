// `awst key delete ID`

import { defineCommand } from "../../args/command.ts";
import { flag, required } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { deleteKey } from "../../flows/key/manage-keys.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key delete",
  group: "Keys",
  summary: "delete one of the own keys, and its description",
  details:
    "Never the key that awst holds: that one is replaced by `awst key rotate`. A key that is active, or was used in the last 30 days, is asked about.",
  arguments: {
    id: required("ID", "the key's id, or its last letters where no other key ends so"),
  },
  options: {
    yes: flag("do not ask", { short: "y" }),
    mfaCode,
  },
  examples: [
    { line: "awst key delete AKIAIOSFODNN7EXAMPLE", meaning: "asks where it may be in use" },
  ],
  json: [
    ["accessKeyId", "the key's id"],
    ["description", "removed, or kept where its tag could not be taken away"],
  ],
  async run(context: Context, args) {
    const { id } = args;
    const wanted = { identity: args.identity, id, isConfirmed: args.yes };
    const deleted = await deleteKey(context, wanted, readUserRequest(args));
    if (deleted === undefined) {
      context.say("nothing was deleted");
      return { exitStatus: 1 };
    }
    const { accessKeyId, description } = deleted;
    if (args.json) await context.out(`${JSON.stringify({ version: 1, ...deleted })}\n`);
    context.say(`${accessKeyId} is deleted`);
    if (description === "kept") {
      context.say("if it had a description, that tag stays: taking it away (iam:UntagUser) failed");
    }
    return {};
  },
});
