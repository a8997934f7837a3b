// `awst admin user list`: all IAM users of the account, with what they can sign in with and when they did.

import { defineCommand } from "../../../args/command.ts";
import { flag, list } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import type { Context } from "../../../ports.ts";
import {
  hasPassword,
  judgeAccount,
  type PicturedUser,
  readAccount,
  readMissingMfa,
} from "../../flows/read-account.ts";
import { notesOf, openReads } from "../../flows/store-readings.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, freshOption, needsText, verdictsText } from "../../open-command.ts";
import { unreadFailure, unreadLines } from "../../output/dormant-report.ts";
import { type ListedUser, usersCsv, usersJson, userTable } from "../../output/user-report.ts";

const filters: Readonly<Record<string, (user: PicturedUser) => boolean>> = {
  dormant: ({ judged }) => judged.verdict === "dormant" || judged.verdict === "partly",
  // Also where AWS does not say: a user must not look safe for that.
  "no-mfa": (user) => user.hasMfa !== true && (hasPassword(user) || isUnknown(user)),
  "no-password": (user) => !hasPassword(user) && !isUnknown(user),
  "no-access": ({ judged }) => judged.verdict === "no-access",
  "two-keys": ({ judged }) =>
    judged.access.filter(({ kind, isOn }) => kind === "key" && isOn).length > 1,
  unknown: (user) => isUnknown(user) || user.failure !== undefined,
};

function isUnknown({ judged }: PicturedUser): boolean {
  return judged.verdict === "unknown";
}

export const command = defineCommand({
  name: "admin user list",
  group: "Administration",
  summary: "list the IAM users of an account",
  details: `Reads the credential report, which may be four hours old, and checks users who look dormant in it with live calls. A run that was stopped is continued within an hour: the next one makes only the calls about single users that are missing. ${verdictsText()} ${needsText("user list")}`,
  options: {
    ...asOptions,
    ...freshOption,
    filter: list(
      "NAME",
      `only users of this kind; repeated, only users of all these kinds: ${Object.keys(filters).join(", ")}`,
      readFilter,
    ),
    csv: flag("print CSV"),
  },
  conflicts: { json: ["csv"] },
  examples: [
    { line: "awst admin user list --as main-account/AdminAccess", meaning: "all users" },
    {
      line: "awst admin user list --filter no-mfa --csv",
      meaning: "who signs in without MFA, or whose MFA is unknown",
    },
  ],
  json: [
    ["users[].user, .path, .email, .groups", "name, path, the tag email or null, groups"],
    ["users[].createdAt", "RFC 3339, UTC"],
    ["users[].mfa", "whether the user has an MFA device; null if unknown"],
    [
      "users[].verdict",
      "dormant, partly, active, protected, excepted, no-access or unknown (not read)",
    ],
    ["users[].reason", "why"],
    ["users[].access[].kind, .id, .status", "console, key or service; null for an unknown id"],
    ["users[].access[].verdict, .lastUsed, .reason", "of this access; null if never or unknown"],
  ],
  async run(context: Context, args) {
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const picture = await readAccount(admin);
    const { dormant, protectedNames } = settings;
    const stored = await openReads(admin, { isFresh: args.fresh });
    const all = await judgeAccount(admin, picture, dormant, protectedNames, stored.reads);
    const judged = await readMissingMfa(stored.reads, all);
    const unread = judged.flatMap(({ user, failure }) =>
      failure === undefined ? [] : [{ user: user.name, error: failure }],
    );
    await stored.end(unread.length === 0);
    const wanted = judged.filter((user) => args.filter.every((name) => filters[name]?.(user)));
    const users = wanted.map(toListed);
    const { awsNow } = admin.clock();
    return {
      json: usersJson(users),
      text: (style) => (args.csv ? usersCsv(users) : userTable(users, awsNow, style)),
      notes: [...picture.notes, ...notesOf(stored), ...unreadLines(unread)],
      failure: unreadFailure(unread, commandLine(args.fullLine)),
    };
  },
});

function toListed({ user, judged, hasMfa }: PicturedUser): ListedUser {
  const { name, path, groups, createdAt, tags } = user;
  return { name, path, groups, createdAt, hasMfa, judged, email: tags["email"] };
}

function readFilter(typed: string, name: string): string {
  if (Object.hasOwn(filters, typed)) return typed;
  const parts = typed.split(",").map((each) => each.trim());
  const isList = parts.length > 1 && parts.every((each) => Object.hasOwn(filters, each));
  throw new AwstError("USAGE", `${name} has no kind ${JSON.stringify(typed)}`, {
    hint: isList
      ? `for users of all these kinds: ${parts.map((each) => `${name} ${each}`).join(" ")}`
      : `known kinds: ${Object.keys(filters).join(", ")}`,
  });
}
