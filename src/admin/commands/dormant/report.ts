// `awst admin dormant report`: who does not use the account any more, access by access, and why.

import { defineCommand } from "../../../args/command.ts";
import { flag } from "../../../args/options.ts";
import type { Context } from "../../../ports.ts";
import { judgeAccount, readAccount } from "../../flows/read-account.ts";
import { openAdmin } from "../../open-admin.ts";
import { asOptions, needsText } from "../../open-command.ts";
import { verdictsCsv, verdictsJson, verdictTable } from "../../output/dormant-report.ts";

export const command = defineCommand({
  name: "admin dormant report",
  group: "Administration",
  summary: "report users and credentials that are not in use, and why",
  details: `A user is judged access by access: the password, each key, each credential of a service. Each counts from the latest of its use, its creation and the user's restoration; one that was never used is dormant earlier. The credential report picks who is read live; verdicts come from live calls. ${needsText(
    [
      "GetAccountAuthorizationDetails",
      "ListUsers",
      "GenerateCredentialReport",
      "GetCredentialReport",
      "ListServiceSpecificCredentials",
      "GetLoginProfile",
      "ListAccessKeys",
      "GetAccessKeyLastUsed",
    ],
  )}`,
  options: {
    ...asOptions,
    all: flag("all users, not only those with a dormant access"),
    csv: flag("print CSV"),
  },
  conflicts: { json: ["csv"] },
  examples: [
    { line: "awst admin dormant report", meaning: "who has an access that is not in use" },
    {
      line: "awst admin dormant report --all --json",
      meaning: "every user with verdict and reason",
    },
  ],
  json: [
    ["reportMadeAt", "time of the credential report, RFC 3339, or null: every user was read live"],
    ["users[].user, .account", "name, and the account's 12 digits"],
    ["users[].verdict, .reason", "dormant, partly, active, protected, excepted or no-access"],
    ["users[].access[].kind, .id, .status", "console, key or service; null for an unknown id"],
    ["users[].access[].verdict, .lastUsed, .reason", "of this access; null if never or unknown"],
  ],
  async run(context: Context, args) {
    const { admin, settings } = await openAdmin(context, { ...args, code: args.mfaCode });
    const picture = await readAccount(admin);
    const all = await judgeAccount(admin, picture, settings.dormant, settings.protectedNames);
    const users = all
      .map(({ judged }) => judged)
      .filter(({ access }) => args.all || access.some(({ verdict }) => verdict === "dormant"));
    const dormant = users.filter(({ verdict }) => verdict === "dormant" || verdict === "partly");
    return {
      json: verdictsJson(users, admin.accountId, picture.report?.madeAt),
      text: (style) =>
        args.csv
          ? verdictsCsv(users, admin.accountId)
          : users.length === 0
            ? ""
            : verdictTable(users, style),
      notes: [
        ...picture.notes,
        `${dormant.length} of ${all.length} users have an access that is not in use`,
      ],
    };
  },
});
