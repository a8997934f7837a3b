// `awst admin report`: users, verdicts, ages and last uses of an account, as figures, JSON, or a page to look at.

import { defineCommand } from "../../args/command.ts";
import { value } from "../../args/options.ts";
import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { countText } from "../../model/text/count-text.ts";
import type { Context } from "../../ports.ts";
import { reportAccount } from "../flows/report-account.ts";
import { runAccounts } from "../flows/run-accounts.ts";
import { notesOf, openReads, type StoredReads } from "../flows/store-readings.ts";
import type { ReportedAccount } from "../model/account-report.ts";
import type { AccountTarget } from "../model/account-targets.ts";
import { openAccounts } from "../open-accounts.ts";
import {
  accountOptions,
  asOptions,
  freshOption,
  needsText,
  verdictsText,
} from "../open-command.ts";
import { unreadFailure, unreadLines } from "../output/dormant-report.ts";
import { accountText } from "../output/enforcement-report.ts";
import { reportPage } from "../output/report-page.ts";
import { reportJson, reportText } from "../output/report-summary.ts";
import type { AdminContext } from "../ports.ts";
import { checkReportFile } from "../store-report.ts";

export const command = defineCommand({
  name: "admin report",
  group: "Administration",
  summary: "report on all users: figures, or a page to look at (--html)",
  details: `Users by verdict and category, MFA, ages and last uses of passwords and keys, and what the next \`awst admin dormant enforce\` would do. The page is one file that loads nothing; it sorts and filters, and prints. It has names, email addresses and key ids, so its mode is 0600. With [admin] accounts all of them are read, and one that fails stops no other. A run that was stopped is continued within an hour: the next one makes only the calls about single users that are missing. ${verdictsText()} ${needsText("report")}`,
  options: {
    ...asOptions,
    ...accountOptions,
    ...freshOption,
    html: value("FILE", "write a page for a browser; an earlier report is replaced", readFile),
  },
  examples: [
    { line: "awst admin report", meaning: "the figures" },
    { line: "awst admin report --html report.html", meaning: "a page to look at" },
  ],
  json: [
    ["madeAt", "RFC 3339, UTC"],
    ["figures.verdicts[].label, .count", "users by verdict"],
    ["figures.mfa[].label, .count", "users with a password, by MFA"],
    ["figures.keyAges[].label, .count", "active keys by age"],
    ["figures.keyUses[].label, .count", "active keys by last use"],
    ["figures.passwordUses[].label, .count", "passwords by last use"],
    ["figures.categories[].label, .count", "users by category group, where there are rules"],
    ["figures.steps[].label, .count", "users by what the next enforcement would do"],
    ["figures.users, .inexactKeyAges", "how many users; how many key ages may be too low"],
    [
      "accounts[].account, .name, .reportMadeAt, .error, .notes[]",
      "time of the credential report; why the account could not be read, or null",
    ],
    ["accounts[].users[].user, .path, .email, .groups, .category, .createdAt, .mfa", "who"],
    ["accounts[].users[].verdict, .reason, .next, .refused", "what enforcement would do, or null"],
    ["accounts[].users[].password", "its verdict and lastUsed, or null: no password"],
    [
      "accounts[].users[].keys[].id, .createdAt, .isAgeExact, .verdict, .lastUsed",
      "active keys; null for what is unknown",
    ],
    ["accounts[].users[].services", "how many credentials of services are active"],
  ],
  async run(context: Context, args) {
    if (args.html !== undefined) await checkReportFile(context, args.html);
    const request = { ...args, code: args.mfaCode };
    const how = { chosen: args.account, deadline: undefined };
    const opened = await openAccounts(context, request, how);
    const { settings } = opened;
    const all = { from: undefined, until: undefined, now: context.now };
    const stored: { readonly reads: StoredReads; readonly isComplete: boolean }[] = [];
    const read = async (admin: AdminContext, { name }: AccountTarget) => {
      const reads = await openReads(admin, { isFresh: args.fresh });
      const reported = await reportAccount(admin, settings, name, reads.reads);
      stored.push({ reads, isComplete: reported.unread.length === 0 });
      return { ...reported, notes: [...reported.notes, ...notesOf(reads)] };
    };
    const run = await runAccounts(opened, read, all);
    const [failed] = run.failed;
    if (opened.targets.length === 1 && failed !== undefined) throw failed.error;
    const accounts = opened.targets.flatMap((target): readonly ReportedAccount[] => {
      const read = run.done.find((each) => each.target === target)?.value;
      const error = run.failed.find((each) => each.target === target)?.error;
      if (read !== undefined) return [read];
      return error === undefined ? [] : [unreadAccount(target.id, target.name, error.message)];
    });
    const report = {
      accounts,
      rules: settings.dormant,
      categories: settings.groups.categories.map(({ group }) => group),
      now: run.done[0]?.admin.clock().awsNow ?? context.now(),
    };
    if (args.html !== undefined) await context.writeText(args.html, reportPage(report));
    for (const { reads, isComplete } of stored) await reads.end(isComplete);
    const unread = accounts.flatMap(({ id, name, unread: users }) =>
      users.map(({ user, error }) => ({
        user: accounts.length === 1 ? user : `${accountText(id, name ?? id)}: ${user}`,
        error,
      })),
    );
    const count = accounts.reduce((sum, { users }) => sum + users.length, 0);
    return {
      json: reportJson(report),
      text: args.html === undefined ? (style) => reportText(report, style) : undefined,
      notes: [
        ...accounts.flatMap(({ id, name, notes, failure }) =>
          [...notes, ...(failure === undefined ? [] : [failure])].map((note) =>
            accounts.length === 1 ? note : `${accountText(id, name ?? id)}: ${note}`,
          ),
        ),
        ...unreadLines(unread),
        ...(args.html === undefined
          ? []
          : [`wrote ${args.html}: ${countText(count, "user")}; open it in a browser`]),
      ],
      failure:
        failed === undefined
          ? unreadFailure(unread, commandLine(args.fullLine))
          : new AwstError("ADMIN_INCOMPLETE", `accounts failed: ${run.failed.length}`, {
              hint: "awst admin accounts",
            }),
    };
  },
});

function readFile(typed: string, name: string): string {
  if (typed.trim() !== "") return typed;
  throw new AwstError("USAGE", `${name} is empty`, { hint: `${name} report.html` });
}

function unreadAccount(id: string, name: string, failure: string): ReportedAccount {
  return { id, name, reportMadeAt: undefined, users: [], notes: [], unread: [], failure };
}
