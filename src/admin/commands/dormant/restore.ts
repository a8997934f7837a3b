// `awst admin dormant restore NAME`: gives back the keys that enforcement switched off.

import { defineCommand } from "../../../args/command.ts";
import { required } from "../../../args/options.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { restoreDormant } from "../../flows/enforce-dormant.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, needsText } from "../../open-command.ts";

export const command = defineCommand({
  name: "admin dormant restore",
  group: "Administration",
  summary: "switch on the keys of a user that was disabled as dormant",
  details: `The user counts as used from today on. A password is made anew. ${needsText("dormant restore")}`,
  arguments: { name: required("NAME", "the user's name; case does not matter") },
  options: asOptions,
  examples: [{ line: "awst admin dormant restore alice", meaning: "keys on, warning off" }],
  json: [
    ["user", "the user's name"],
    ["keys[]", "ids of the keys that were switched on"],
    ["hasPassword", "whether the user has a console password"],
  ],
  async run(context: Context, args) {
    const { admin } = await openAdmin(context, { ...args, code: args.mfaCode });
    const { user, keys, hasPassword } = await restoreDormant(admin, args.name);
    const notes = [
      `restored ${user}: ${keys.length === 0 ? "no key was off" : keys.join(", ")}`,
      ...(hasPassword ? [] : [`to give the user a password: awst admin user password ${user}`]),
    ];
    return { json: { user, keys, hasPassword }, notes: successNotes(notes) };
  },
});
