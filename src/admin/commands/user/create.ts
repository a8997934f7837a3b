// `awst admin user create NAME…`: users with tags, groups, a first password, an access key, an MFA device.

import { defineCommand } from "../../../args/command.ts";
import { flag, list, many, text } from "../../../args/options.ts";
import { tags as tagsOption } from "../../../args/session-options.ts";
import { isUserName } from "../../../model/aws/answer-checks.ts";
import { AwstError } from "../../../model/errors.ts";
import { descriptionComplaint } from "../../../model/key/key-description.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { successNotes } from "../../../output/style.ts";
import type { Context } from "../../../ports.ts";
import {
  type CreateRequest,
  createText,
  createUsers,
  findSignInConflicts,
  planCreation,
} from "../../flows/create-user.ts";
import { checkOwnTags } from "../../model/user-tags.ts";
import { openAdmin } from "../../open-admin.ts";
import {
  asOptions,
  confirmPlan,
  guardOptions,
  needsText,
  planOptions,
  withTypedLine,
} from "../../open-command.ts";
import { openSecretStore } from "../../store-secrets.ts";

export const command = defineCommand({
  name: "admin user create",
  group: "Administration",
  summary: "create users: tags, groups, first password, access key, MFA device",
  details: `What is there already is completed, and never reset. By the rules in [admin.groups] a user joins the common groups, and the category whose pattern matches the name. The password fits the account's rules and must be changed at the first sign-in. Secrets are shown once on the terminal, or written into a file for each user (--out), readable by you alone. ${needsText("user create")}`,
  arguments: { names: many("NAME", "the new users' names") },
  options: {
    ...asOptions,
    ...planOptions,
    force: guardOptions.force,
    email: text(
      "ADDRESS",
      "the tag email, for one user; demanded unless [admin.users] says otherwise",
    ),
    tag: tagsOption("a tag of the users"),
    group: list("NAME", "a group that they join, besides those of the rules"),
    path: text("PATH", "the users' path: /staff/"),
    boundary: text("ARN", "permissions boundary"),
    noPassword: flag("no console password, for a program"),
    key: flag("an access key"),
    mfa: flag("a virtual MFA device, enabled, with its seed and QR code"),
    out: text("FOLDER", "write secrets into FOLDER/NAME.txt, mode 0600"),
  },
  examples: [
    {
      line: "awst admin user create alice --email alice@example.com --group Staff",
      meaning: "shows the plan, asks, and shows the password",
    },
    {
      line: "awst admin user create ci-build --email ops@example.com --no-password --key --out secrets",
      meaning: "a program's key, into a file",
    },
  ],
  json: [
    ["users[].user, .state", "planned, created or stopped"],
    ["users[].steps[]", "what is done, in order; nothing for a user that is complete"],
    ["users[].error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    checkNames(args.names);
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const tags = { ...settings.users.tags, ...args.tag, ...(args.email && { email: args.email }) };
    checkTags(tags);
    checkOwnTags(args.names[0] ?? "", Object.entries(tags));
    if (args.email !== undefined && args.names.length > 1) {
      throw new AwstError("USAGE", "--email is for one user", {
        hint: "create the users one by one",
      });
    }
    const request: CreateRequest = {
      names: args.names,
      path: args.path ?? settings.users.pathPrefix,
      tags,
      boundary: args.boundary,
      groups: args.group,
      rules: settings.groups,
      password: !args.noPassword,
      key: args.key,
      mfa: args.mfa,
      passwordLength: settings.users.passwordLength,
      protectedNames: settings.protectedNames,
      forced: args.force,
    };
    const plans = await withTypedLine(args.fullLine, () => planCreation(admin, request));
    if (
      settings.users.requireEmail &&
      tags["email"] === undefined &&
      plans.some(({ exists }) => !exists)
    ) {
      throw new AwstError("CHOICE_NEEDED", "new users need the tag email", {
        hint: commandLine([...args.fullLine, "--email", "ADDRESS"]),
      });
    }
    const lines = plans.map(({ user, steps, needsCategory, tooMany, differingTags }) => {
      const texts = [
        ...(steps.length === 0 ? ["nothing to do"] : steps.map(createText)),
        ...differingTags.map(
          (tag) => `keeps the tag ${tag}; to change it: awst admin user tag ${user} K=V`,
        ),
        ...(tooMany.length === 0
          ? []
          : [`warning: in several categories, where the rules allow one: ${tooMany.join(", ")}`]),
        ...(needsCategory ? ["in no category: name one with --group"] : []),
      ];
      return `${user}: ${texts.join("; ")}`;
    });
    const planned = plans.map(({ user, steps }) => ({
      user,
      state: "planned",
      steps: steps.map(createText),
      error: null,
    }));
    if (args.dryRun || plans.every(({ steps }) => steps.length === 0)) {
      return { json: { users: planned }, text: lines.map((line) => `${line}\n`).join("") };
    }
    const store = await openSecretStore(
      context,
      args.out,
      admin.accountId,
      commandLine(args.commandLine),
    );
    for (const line of lines) context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `Create ${plans.map(({ user }) => user).join(", ")}?`,
      commandLine: args.fullLine,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    const results = await createUsers(admin, plans, request, store);
    const stopped = results.filter(({ error }) => error !== undefined);
    const first = plans.find(({ exists }) => !exists)?.user;
    const conflicts =
      first === undefined || args.noPassword ? [] : await findSignInConflicts(admin, first);
    return {
      json: {
        users: results.map(({ user, steps, error }) => ({
          user,
          state: error === undefined ? "created" : "stopped",
          steps,
          error: error?.message ?? null,
        })),
      },
      notes: successNotes([
        ...results.map(({ user, steps, error }) =>
          error === undefined
            ? `created ${user}: ${steps.join("; ")}`
            : `${user}: ${error.message}`,
        ),
        ...(args.out === undefined ? [] : [`secrets are in ${args.out}`]),
        ...conflicts.map(
          (policy) =>
            `warning: ${policy} denies iam:ChangePassword without MFA: a new user can't pass the first sign-in`,
        ),
      ]),
      failure:
        stopped.length === 0
          ? undefined
          : new AwstError(
              "ADMIN_INCOMPLETE",
              `${stopped.length} not finished: run the command again`,
            ),
    };
  },
});

function checkNames(names: readonly string[]): void {
  const wrong = names.find((name) => !isUserName(name) || name.length > 64);
  if (names.length > 0 && wrong === undefined) return;
  if (wrong === undefined) {
    throw new AwstError("USAGE", "no user is named", {
      hint: "awst admin user create NAME --email ADDRESS",
    });
  }
  throw new AwstError("USAGE", `${JSON.stringify(wrong)} is no name for an IAM user`, {
    hint: "1 to 64 letters, digits and any of _+=,.@-",
  });
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(tags)) {
    const complaint = descriptionComplaint(value) ?? descriptionComplaint(name);
    if (complaint !== undefined) throw new AwstError("USAGE", `the tag ${name} ${complaint}`);
  }
}
