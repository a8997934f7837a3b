// `awst admin user password NAME`: a new first password. Nothing else of the user changes.

import { defineCommand } from "../../../args/command.ts";
import { required, text } from "../../../args/options.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { givePassword } from "../../flows/create-user.ts";
import {
  changedMeanwhile,
  requireAsPlanned,
  requireNotCut,
  requireUnprotected,
} from "../../flows/guard-users.ts";
import { requireUser } from "../../flows/read-user.ts";
import { userNameOf } from "../../model/user-arn.ts";
import { openAdmin } from "../../open-admin.ts";
import {
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
  sealOption,
  typedUser,
  withTypedLine,
} from "../../open-command.ts";
import { checkSecretOptions, openSecretStore } from "../../store-secrets.ts";

export const command = defineCommand({
  name: "admin user password",
  group: "Administration",
  summary: "give a user a new first password",
  details: `The user must change it at the next sign-in. MFA devices and keys stay as they are. The password is shown once on the terminal, written into a file (--out), or sealed for a recipient of age (--age), on stdout or with --out in FOLDER/NAME.age. ${needsText("user password")}`,
  arguments: { name: required("NAME", "the user's name; case does not matter") },
  options: {
    ...asOptions,
    ...planOptions,
    force: guardOptions.force,
    out: text("FOLDER", "write the password into FOLDER/NAME.txt, mode 0600"),
    ...sealOption,
  },
  examples: [
    { line: "awst admin user password alice", meaning: "asks, and shows the password once" },
  ],
  json: [
    ["user", "the user's name"],
    ["state", "planned, created or replaced"],
    ["sealed", "the password, sealed by --age without --out, or null"],
  ],
  async run(context: Context, args) {
    const seal = await checkSecretOptions(args, [userNameOf(args.name)]);
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const inventory = await requireUser(admin, await typedUser(args, args.name, admin));
    const { user, loginProfile } = inventory;
    const { protectedNames } = settings;
    await withTypedLine(args.fullLine, () =>
      requireUnprotected(user, { protectedNames, forced: args.force }),
    );
    requireNotCut(inventory);
    const how = loginProfile === undefined ? "create" : "update";
    const line = `${user.name}: ${how === "create" ? "create a password" : "replace the password"}`;
    if (args.dryRun)
      return { json: { user: user.name, state: "planned", sealed: null }, text: `${line}\n` };
    const store = await openSecretStore(context, {
      folder: args.out,
      seal,
      json: args.json,
      users: new Map([[user.name, 1]]),
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
    const now = await requireAsPlanned(admin, user, { protectedNames, forced: args.force });
    if (how === "create" && now.loginProfile !== undefined) {
      throw changedMeanwhile(`${user.name} got a password meanwhile`);
    }
    const step = now.loginProfile === undefined ? "create" : "update";
    await givePassword(admin, user.name, settings.users.passwordLength, step, store);
    admin.record("user-password-given", { user: user.name });
    return {
      json: {
        user: user.name,
        state: how === "create" ? "created" : "replaced",
        sealed: store.sealed.get(user.name) ?? null,
      },
      notes: successNotes([`${user.name} has a new password, to be changed at the next sign-in`]),
    };
  },
});
