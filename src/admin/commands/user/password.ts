// `awst admin user password NAME`: a new first password. Nothing else of the user changes.

import { defineCommand } from "../../../args/command.ts";
import { required } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import { givePassword, type NewSecret } from "../../flows/create-user.ts";
import { failureFrom } from "../../flows/expected-errors.ts";
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
  secretFolder,
  typedUser,
} from "../../open-command.ts";
import { stopBetweenSteps } from "../../stop-calls.ts";
import { checkSecretOptions, deliverSealed, openSecretStore } from "../../store-secrets.ts";

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
    out: secretFolder("write the password into FOLDER/NAME.txt, mode 0600"),
    ...sealOption,
  },
  examples: [
    { line: "awst admin user password alice", meaning: "asks, and shows the password once" },
  ],
  json: [
    ["user", "the user's name"],
    ["state", "planned, created, replaced or stopped"],
    ["sealed", "the password, sealed by --age without --out, or null"],
    ["file", "the file that the password was written to, or null without --out"],
    [
      "error",
      "why it stopped, or null: the user may have the password where AWS's response was lost",
    ],
  ],
  async run(context: Context, args) {
    const seal = await checkSecretOptions(args, [userNameOf(args.name)]);
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const inventory = await requireUser(admin, await typedUser(args.name, admin));
    const { user, loginProfile } = inventory;
    const { protectedNames } = settings;
    requireUnprotected(user, { protectedNames, forced: args.force });
    requireNotCut(inventory);
    const how = loginProfile === undefined ? "create" : "update";
    const what =
      how === "create" ? "create a password" : "replace the password; the old one is lost for good";
    const line = `${user.name}: ${what}`;
    if (args.dryRun)
      return {
        json: { user: user.name, state: "planned", sealed: null, file: null, error: null },
        text: `${line}\n`,
      };
    const retry = commandLine(args.fullLine);
    const store = await openSecretStore(context, {
      folder: args.out,
      seal,
      json: args.json,
      users: new Map([[user.name, 1]]),
      accountId: admin.accountId,
      retry,
    });
    context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Give ${user.name} a new password?`,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    const now = await requireAsPlanned(admin, user, { protectedNames, forced: args.force });
    if (how === "create" && now.loginProfile !== undefined) {
      throw changedMeanwhile(`${user.name} got a password meanwhile`);
    }
    const step = now.loginProfile === undefined ? "create" : "update";
    let isStored = false;
    const put = async (name: string, secret: NewSecret) => {
      await store.put(name, secret);
      isStored = true;
    };
    const length = settings.users.passwordLength;
    const error = await stopBetweenSteps(() =>
      errorOf(givePassword(admin, user.name, length, step, { put })),
    );
    if (error !== undefined && !isStored) throw error;
    const mayHave = error === undefined || error.effect === "unknown";
    if (mayHave) admin.record("user-password-given", { user: user.name });
    let isLost = false;
    const done = how === "create" ? "created" : "replaced";
    return {
      json: {
        user: user.name,
        state: error === undefined ? done : "stopped",
        sealed: store.sealed.get(user.name) ?? null,
        file: store.files.get(user.name) ?? null,
        error: error?.message ?? null,
      },
      ...(store.sealed.size > 0 && {
        deliver: async (output: string) => {
          const lost = deliverSealed(output, store.sealed);
          isLost = lost !== undefined;
          return lost && withHint(lost, retry);
        },
      }),
      notes: (style) => {
        if (isLost) {
          return mayHave ? [style.warn(`the new password of ${user.name} is lost`)] : [];
        }
        if (error === undefined) {
          const file = store.files.get(user.name);
          return successNotes([
            `${user.name} has a new password, to be changed at the next sign-in`,
            ...(file === undefined ? [] : [`the new password is in ${file}`]),
          ])(style);
        }
        const what = mayHave ? "may have the new password" : "does not have the new password";
        return [style.warn(`${user.name} ${what}: the change failed after it was stored or shown`)];
      },
      failure: error && withHint(error, error.hint ?? retry),
    };
  },
});

async function errorOf(work: Promise<void>): Promise<AwstError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return failureFrom(error);
  }
}

function withHint(error: AwstError, hint: string): AwstError {
  const { code, message, cause, effect, more } = error;
  return new AwstError(code, message, { hint, cause, effect, more });
}
