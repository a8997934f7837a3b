// `awst key activate ID`: makes AWS accept a key again.

import { defineCommand } from "../../args/command.ts";
import { required } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { changeKeyStatus } from "../../flows/key/manage-keys.ts";
import { statusLine } from "../../output/key/key-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key activate",
  group: "Keys",
  summary: "activate a key",
  arguments: {
    id: required("ID", "the key's id, or the end of it if no other key ends the same"),
  },
  options: {
    mfaCode,
  },
  examples: [{ line: "awst key activate AKIAIOSFODNN7EXAMPLE", meaning: "name the key by its id" }],
  json: [
    ["accessKeyId", "the key's id"],
    ["status", "the state now: active or inactive"],
    ["changed", "false: the key had that state already"],
  ],
  async run(context: Context, args) {
    const { identity, id } = args;
    const change = { identity, id, status: "Active" } as const;
    const { accessKeyId, isUnchanged } = await changeKeyStatus(
      context,
      change,
      readUserRequest(args),
    );
    return {
      json: { accessKeyId, status: "active", changed: !isUnchanged },
      notes: successNotes([statusLine(accessKeyId, "active", !isUnchanged)]),
    };
  },
});
