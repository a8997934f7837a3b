// `awst admin user password NAME`: a new first password. Nothing else of the user changes.

import { defineCommand } from "../../../args/command.ts";
import { required, text } from "../../../args/options.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { givePassword } from "../../flows/create-user.ts";
import { requireNotCut, requireUnprotected } from "../../flows/guard-users.ts";
import { requireUser } from "../../flows/read-user.ts";
import { openAdmin } from "../../open-admin.ts";
import {
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
  withTypedLine,
} from "../../open-command.ts";
import { checkSecretFolder, openSecretStore } from "../../store-secrets.ts";

export const command = defineCommand({
  name: "admin user password",
  group: "Administration",
  summary: "give a user a new first password",
  details: `The user must change it at the next sign-in. MFA devices and keys stay as they are. ${needsText("user password")}`,
  arguments: { name: required("NAME", "the user's name; case does not matter") },
  options: {
    ...asOptions,
    ...planOptions,
    force: guardOptions.force,
    out: text("FOLDER", "write the password into FOLDER/NAME.txt, mode 0600"),
  },
  examples: [
    { line: "awst admin user password alice", meaning: "asks, and shows the password once" },
  ],
  json: [
    ["user", "the user's name"],
    ["state", "planned, created or replaced"],
  ],
  async run(context: Context, args) {
    if (args.out !== undefined) checkSecretFolder(args.out, [args.name]);
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const inventory = await requireUser(admin, args.name);
    const { user, loginProfile } = inventory;
    const { protectedNames } = settings;
    await withTypedLine(args.fullLine, () =>
      requireUnprotected(user, { protectedNames, forced: args.force }),
    );
    requireNotCut(inventory);
    const how = loginProfile === undefined ? "create" : "update";
    const line = `${user.name}: ${how === "create" ? "create a password" : "replace the password"}`;
    if (args.dryRun) return { json: { user: user.name, state: "planned" }, text: `${line}\n` };
    const store = await openSecretStore(context, {
      folder: args.out,
      users: [user.name],
      accountId: admin.accountId,
      retry: commandLine([...args.fullLine, ...(args.yes ? ["--yes"] : [])]),
    });
    context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Give ${user.name} a new password?`,
      commandLine: args.fullLine,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    await givePassword(admin, user.name, settings.users.passwordLength, how, store);
    admin.record("user-password-given", { user: user.name });
    return {
      json: { user: user.name, state: how === "create" ? "created" : "replaced" },
      notes: successNotes([`${user.name} has a new password, to be changed at the next sign-in`]),
    };
  },
});
