// `awst key delete ID`: deletes a key that awst does not use.

import { defineCommand } from "../../args/command.ts";
import { flag, required } from "../../args/options.ts";
import { mfaCode, readUserRequest } from "../../args/session-options.ts";
import { deleteKey } from "../../flows/key/manage-keys.ts";
import { deletionLines } from "../../output/key/key-report.ts";
import { successNotes } from "../../output/style.ts";
import type { Context } from "../../ports.ts";

export const command = defineCommand({
  name: "key delete",
  group: "Keys",
  summary: "delete one of your access keys, and its description",
  details:
    "The key that awst uses is refused: `awst key rotate` replaces it. For a key that is active, or was used in the last 30 days, the command asks first.",
  arguments: {
    id: required("ID", "the key's id, or the end of it if no other key ends the same"),
  },
  options: {
    yes: flag("do not ask", { short: "y" }),
    mfaCode,
  },
  examples: [
    { line: "awst key delete AKIAIOSFODNN7EXAMPLE", meaning: "asks if the key may be in use" },
  ],
  json: [
    ["accessKeyId", "the key's id"],
    ["description", "removed, or kept: its tag could not be removed"],
  ],
  async run(context: Context, args) {
    const { identity, id, yes } = args;
    const wanted = { identity, id, isConfirmed: yes };
    const deleted = await deleteKey(context, wanted, readUserRequest(args));
    const notes = deletionLines(deleted);
    return deleted === undefined
      ? { notes, exitStatus: 1 }
      : { json: deleted, notes: successNotes(notes) };
  },
});
