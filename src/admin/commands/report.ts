// `awst admin report`: users, verdicts, ages and last uses of an account, as figures, JSON, or a page to look at.

import { defineCommand } from "../../args/command.ts";
import { text } from "../../args/options.ts";
import type { Context } from "../../ports.ts";
import { reportAccount } from "../flows/report-account.ts";
import { openAdmin } from "../open-admin.ts";
import { asOptions, needsText } from "../open-command.ts";
import { reportPage } from "../output/report-page.ts";
import { reportJson, reportText } from "../output/report-summary.ts";
import { checkReportFile } from "../store-report.ts";

export const command = defineCommand({
  name: "admin report",
  group: "Administration",
  summary: "report on all users: figures, or a page to look at (--html)",
  details: `Users by verdict and category, MFA, ages and last uses of passwords and keys, and what the next \`awst admin dormant enforce\` would do. The page is one file that loads nothing; it sorts and filters, and prints. It has names, email addresses and key ids, so its mode is 0600. ${needsText(
    ["GetAccessKeyLastUsed", "ListMFADevices"],
  )} It also needs what \`dormant report\` needs.`,
  options: {
    ...asOptions,
    html: text("FILE", "write a page for a browser; an earlier report is replaced"),
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
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const account = await reportAccount(admin, settings, undefined);
    const report = {
      accounts: [account],
      rules: settings.dormant,
      categories: settings.groups.categories.map(({ group }) => group),
      now: admin.clock().awsNow,
    };
    if (args.html !== undefined) await context.writeText(args.html, reportPage(report));
    return {
      json: reportJson(report),
      text: args.html === undefined ? (style) => reportText(report, style) : undefined,
      notes: [
        ...account.notes,
        ...(args.html === undefined
          ? []
          : [`wrote ${args.html}: ${account.users.length} users; open it in a browser`]),
      ],
    };
  },
});
