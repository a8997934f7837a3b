// `awst key deactivate ID`: makes AWS refuse a key, until it is activated again.

import { defineCommand } from "../../args/command.ts";
import { required } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { changeKeyStatus } from "../../flows/key/manage-keys.ts";
import { statusLine } from "../../output/key/key-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key deactivate",
  group: "Keys",
  summary: "deactivate a key, to find out whether a program still uses it",
  details: "You can activate the key again. The key that awst uses is refused.",
  arguments: {
    id: required("ID", "the key's id, or the end of it if no other key ends the same"),
  },
  options: {
    mfaCode,
  },
  examples: [
    { line: "awst key deactivate AKIAIOSFODNN7EXAMPLE", meaning: "name the key by its id" },
  ],
  json: [
    ["accessKeyId", "the key's id"],
    ["status", "the state now: active or inactive"],
    ["changed", "false: the key had that state already"],
  ],
  async run(context: Context, args) {
    const { identity, id } = args;
    const change = { identity, id, status: "Inactive" } as const;
    const { accessKeyId, isUnchanged } = await changeKeyStatus(
      context,
      change,
      readUserRequest(args),
    );
    return {
      json: { accessKeyId, status: "inactive", changed: !isUnchanged },
      notes: successNotes([statusLine(accessKeyId, "inactive", !isUnchanged)]),
    };
  },
});
