// `awst admin user create NAME…`: users with tags, groups, a first password, an access key, an MFA device.

import { defineCommand } from "../../../args/command.ts";
import { flag, list, many, text } from "../../../args/options.ts";
import { tags as tagsOption } from "../../../args/session-options.ts";
import {
  type TypedLine,
  typedLine,
  withArguments,
  withoutOptions,
} from "../../../args/whole-line.ts";
import { AwstError, isAwstError } from "../../../model/errors.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import type { Context } from "../../../ports.ts";
import {
  createUsers,
  findSignInConflicts,
  type NewSecret,
  planCreation,
  rollBackLost,
} from "../../flows/create-user.ts";
import { failureFrom, findBug } from "../../flows/expected-errors.ts";
import { isSameName } from "../../model/account-facts.ts";
import { checkNoIdentity } from "../../model/age-recipients.ts";
import { checkNewUser, type NewUserOptions } from "../../model/new-user.ts";
import { checkUserName, userNameOf, userPathOf } from "../../model/user-arn.ts";
import { type CreateRequest, createText, makesSecret } from "../../model/user-creation.ts";
import { checkOwnTags } from "../../model/user-tags.ts";
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
import { creationLine, creationNotes, failureOf } from "../../output/creation-report.ts";
import type { AdminContext } from "../../ports.ts";
import { stopBetweenSteps } from "../../stop-calls.ts";
import {
  checkSecretOptions,
  deliverSealed,
  type OpenedStore,
  openSecretStore,
  type SecretTarget,
} from "../../store-secrets.ts";

export const command = defineCommand({
  name: "admin user create",
  group: "Administration",
  summary: "create users: tags, groups, first password, access key, MFA device",
  details: `What is there already is completed, and never reset. By the rules in [admin.groups] a user joins the common groups, and the category whose pattern matches the name. The password fits the account's rules and must be changed at the first sign-in. Secrets are shown once on the terminal, or written into a file for each user (--out), readable by you alone, in a folder of your own that others can neither write nor replace, or sealed for a recipient of age (--age): all of a user in one text, which \`age --decrypt\` opens, on stdout or with --out in FOLDER/NAME.age. ${needsText("user create")}`,
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
    out: secretFolder("write secrets into FOLDER/NAME.txt, mode 0600"),
    ...sealOption,
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
    {
      line: "awst admin user create alice --email alice@example.com --age age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p --out sealed",
      meaning: "the password in sealed/alice.age, which only the recipient can read",
    },
  ],
  json: [
    ["users[].user, .state", "planned, created, completed (existed before), unchanged or stopped"],
    ["users[].steps[]", "what is done, in order; nothing for a user that is complete"],
    ["users[].sealed", "the new secrets, sealed by --age without --out, or null"],
    ["users[].file", "the file that the new secrets were written to, or null without --out"],
    ["users[].unusedKeys[]", "keys it has already that were never used: the secrets may be lost"],
    ["users[].error", "why it stopped, or null"],
  ],
  async run(context: Context, args) {
    const users = uniqueUsers(args.names);
    const names = users.map(userNameOf);
    checkNames(names);
    const paths = typedPaths(users, args.path);
    const line = typedLine(command, args.fullLine);
    if (args.email !== undefined && users.length > 1) {
      const [first = "NAME"] = users;
      throw new AwstError("USAGE", "--email is for one user", {
        hint: commandLine(withArguments(line, 0, [first], args.names.length)),
      });
    }
    const typed = { ...args.tag, ...(args.email !== undefined && { email: args.email }) };
    checkTyped({ path: args.path, boundary: args.boundary, tags: typed }, line);
    const seal = await checkSecretOptions(args, names);
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    for (const typed of users) await typedUser(typed, admin);
    const tags = { ...settings.users.tags, ...typed };
    checkNewUser({ path: undefined, boundary: undefined, tags });
    checkOwnTags(names[0] ?? "", Object.entries(tags));
    const request: CreateRequest = {
      names,
      path: args.path ?? settings.users.pathPrefix,
      paths,
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
    const plans = await planCreation(admin, request);
    const missing = plans.filter(({ id }) => id === undefined).map(({ user }) => user);
    const hasEmail = Object.keys(tags).some((name) => name.toLowerCase() === "email");
    if (settings.users.requireEmail && !hasEmail && missing.length > 0) {
      const names = missing.slice(0, 1);
      const own = typedLine(command, withArguments(line, 0, names, args.names.length));
      throw new AwstError("USAGE", `new users need the tag email: ${missing.join(", ")}`, {
        hint: commandLine(withEmail(own, "ADDRESS")),
      });
    }
    const lines = plans.map(creationLine);
    const keysOf = (name: string) =>
      plans.find(({ user }) => user === name)?.unusedKeys.map(({ id }) => id) ?? [];
    const planned = plans.map(({ user, steps }) => ({
      user,
      state: steps.length === 0 ? "unchanged" : "planned",
      steps: steps.map(createText),
      sealed: null,
      file: null,
      unusedKeys: keysOf(user),
      error: null,
    }));
    if (args.dryRun || plans.every(({ steps }) => steps.length === 0)) {
      return { json: { users: planned }, text: lines.map((line) => `${line}\n`).join("") };
    }
    const retry = commandLine(args.fullLine);
    const secrets = plans
      .map(({ user, steps }) => [user, steps.filter(makesSecret).length] as const)
      .filter(([, count]) => count > 0);
    const target: SecretTarget = {
      folder: args.out,
      seal,
      json: args.json,
      users: new Map(secrets),
      accountId: admin.accountId,
      retry,
    };
    const store = secrets.length === 0 ? storeNone : await openSecretStore(context, target);
    for (const line of lines) context.say(line);
    const isAgreed = await confirmPlan(context, {
      isConfirmed: args.yes,
      question: `${missing.length === 0 ? "Complete" : "Create"} ${names.join(", ")}?`,
    });
    if (!isAgreed) return { notes: ["nothing was changed"], exitStatus: 1 };
    let isStored = false;
    const put = async (user: string, secret: NewSecret) => {
      await store.put(user, secret);
      isStored = true;
    };
    const { results, ...signIn } = await stopBetweenSteps(async (stop) => {
      const made = await createUsers(admin, plans, request, { ...store, put }, stop);
      const first = missing.find((user) => made.some((each) => each.user === user && !each.error));
      const isChecked =
        first !== undefined && !args.noPassword && !stop.aborted && findBug(made) === undefined;
      const none = { conflicts: [], unchecked: undefined };
      return { results: made, ...(isChecked ? await checkSignIn(admin, first) : none) };
    });
    let reported = results;
    return {
      json: {
        users: results.map(({ user, steps, state, error }) => ({
          user,
          state,
          steps,
          sealed: store.sealed.get(user) ?? null,
          file: store.files.get(user) ?? null,
          unusedKeys: keysOf(user),
          error: error?.message ?? null,
        })),
      },
      ...(store.sealed.size > 0 && {
        deliver: async (output: string) => {
          const error = deliverSealed(output, store.sealed);
          if (error === undefined) return undefined;
          reported = await stopBetweenSteps(() =>
            rollBackLost(admin, results, [...store.sealed.keys()], error),
          );
          return failureOf(reported, retry);
        },
      }),
      notes: (style) =>
        creationNotes(reported, {
          folder: isStored ? args.out : undefined,
          isSealed: seal !== undefined,
          ...signIn,
        })(style),
      failure: failureOf(results, retry),
    };
  },
});

/** The users are made: an error of this check costs nothing but the check. */
async function checkSignIn(
  admin: AdminContext,
  user: string,
): Promise<{ readonly conflicts: readonly string[]; readonly unchecked: string | undefined }> {
  try {
    return { conflicts: await findSignInConflicts(admin, user), unchecked: undefined };
  } catch (error) {
    return { conflicts: [], unchecked: failureFrom(error).message };
  }
}

const storeNone: OpenedStore = {
  put: async () => {},
  finish: async () => {},
  sealed: new Map(),
  files: new Map(),
};

/** Errors: USAGE. For a wrong address, the hint is a line in which --email replaces the tag. */
function checkTyped(options: NewUserOptions, line: TypedLine): void {
  try {
    checkNewUser(options);
  } catch (error) {
    const [, address] = (isAwstError(error) && /^--email (\S+)$/.exec(error.hint ?? "")) || [];
    if (!isAwstError(error) || address === undefined) throw error;
    const hint = commandLine(withEmail(line, address));
    throw new AwstError(error.code, error.message, { hint });
  }
}

function withEmail(line: TypedLine, address: string): readonly string[] {
  const isEmail = (option: string, value = "") =>
    option === "--email" || (option === "--tag" && /^email=/i.test(value));
  return withoutOptions(line, isEmail, ["--email", address]);
}

function checkNames(names: readonly string[]): void {
  for (const name of names) checkNoIdentity(name, "NAME");
  for (const name of names) checkUserName(name);
  if (names.length > 0) return;
  throw new AwstError("USAGE", "no user is named", {
    hint: "awst admin user create NAME --email ADDRESS",
  });
}

/** Returns the texts that name different users. An ARN with a path says more than a name. */
function uniqueUsers(typed: readonly string[]): readonly string[] {
  const isSame = (one: string) => (other: string) => isSameName(userNameOf(one), userNameOf(other));
  return typed
    .filter((each, at) => typed.findIndex(isSame(each)) === at)
    .map(
      (each) =>
        typed.find((other) => isSame(each)(other) && userPathOf(other) !== undefined) ?? each,
    );
}

/** Returns the paths in ARNs, by user name. Errors: USAGE where --path is another one. */
function typedPaths(
  typed: readonly string[],
  option: string | undefined,
): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const each of typed) {
    const path = userPathOf(each);
    if (path === undefined) continue;
    if (option !== undefined && option !== path) {
      throw new AwstError("USAGE", `--path ${option} is not the path in ${each}`, {
        hint: `--path ${path}`,
      });
    }
    paths.set(userNameOf(each), path);
  }
  return paths;
}
