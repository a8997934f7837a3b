// `awst admin dormant report`: who does not use the account any more, access by access, and why.

import { defineCommand } from "../../../args/command.ts";
import { flag } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import type { Context } from "../../../ports.ts";
import { judgeAccount, readAccount } from "../../flows/read-account.ts";
import { readFindings } from "../../flows/read-findings.ts";
import { runAccounts } from "../../flows/run-accounts.ts";
import { notesOf, openReads } from "../../flows/store-readings.ts";
import { openAccounts } from "../../open-accounts.ts";
import { accountOptions, asOptions, freshOption, needsText } from "../../open-command.ts";
import { verdictsCsv, verdictsJson, verdictTables } from "../../output/dormant-report.ts";
import { accountText } from "../../output/enforcement-report.ts";
import type { AdminContext } from "../../ports.ts";

export const command = defineCommand({
  name: "admin dormant report",
  group: "Administration",
  summary: "report users and credentials that are not in use, and why",
  details: `A user is judged access by access: the password, each key, each credential of a service. Each counts from the latest of its use, its creation and the user's restoration; one that was never used is dormant earlier. The credential report picks who is read live; verdicts come from live calls. With [admin] accounts all of them are read, and one that fails stops no other. Findings about old keys, MFA, passwords, categories and the root user follow; in the credential report a key is as old as its last change. A run that was stopped is continued within an hour: the next one makes only the calls about single users that are missing. ${needsText("dormant report")}`,
  options: {
    ...asOptions,
    ...accountOptions,
    ...freshOption,
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
    [
      "reportMadeAt",
      "time of the credential report, RFC 3339, or null: every user was read live, or several accounts",
    ],
    ["users[].user, .account", "name, and the account's 12 digits"],
    ["users[].verdict, .reason", "dormant, partly, active, protected, excepted or no-access"],
    ["users[].access[].kind, .id, .status", "console, key or service; null for an unknown id"],
    ["users[].access[].verdict, .lastUsed, .reason", "of this access; null if never or unknown"],
    ["findings[].user, .account", "name, or null for the root user; the account's 12 digits"],
    [
      "findings[].kind, .keyId, .text",
      "old-key, two-keys, unused-key, no-mfa, password-expires, no-category, root-key or root-no-mfa; key or null; why",
    ],
    ["accounts[].account, .name, .users", "12 digits, name, number of reported users or null"],
    ["accounts[].state, .error, .reportMadeAt", "read or failed; why, or null; as above"],
  ],
  async run(context: Context, args) {
    const request = { ...args, code: args.mfaCode };
    const how = { chosen: args.account, deadline: undefined };
    const accounts = await openAccounts(context, request, how);
    const { dormant: rules, protectedNames } = accounts.settings;
    const read = async (admin: AdminContext) => {
      const picture = await readAccount(admin);
      const stored = await openReads(admin, { isFresh: args.fresh });
      const all = await judgeAccount(admin, picture, rules, protectedNames, stored.reads);
      return { picture, stored, all, ...(await readFindings(admin, all, accounts.settings)) };
    };
    const run = await runAccounts(accounts, read, {
      from: undefined,
      until: undefined,
      now: context.now,
    });
    for (const { value } of run.done) await value.stored.complete();
    const reported = run.done.map(({ target, value: { picture, all, findings } }) => ({
      ...target,
      reportMadeAt: picture.report?.madeAt,
      findings,
      users: all
        .map(({ judged }) => judged)
        .filter(({ access }) => args.all || access.some(({ verdict }) => verdict === "dormant")),
    }));
    const unread = run.failed.map(({ target, error }) => ({ ...target, error: error.message }));
    const dormant = reported.flatMap(({ users }) =>
      users.filter(({ verdict }) => verdict === "dormant" || verdict === "partly"),
    );
    const count = run.done.reduce((sum, { value: { all } }) => sum + all.length, 0);
    const isOne = accounts.targets.length === 1;
    if (isOne && run.failed[0] !== undefined) throw run.failed[0].error;
    return {
      json: verdictsJson(reported, unread),
      text: (style) => (args.csv ? verdictsCsv(reported) : verdictTables(reported, style)),
      notes: [
        ...run.done.flatMap(({ target, value }) =>
          [...value.picture.notes, ...value.notes, ...notesOf(value.stored)].map((note) =>
            isOne ? note : `${target.name}: ${note}`,
          ),
        ),
        ...unread.map(({ id, name, error }) => `${accountText(id, name)}: ${error}`),
        `${dormant.length} of ${count} users have an access that is not in use`,
      ],
      ...(unread.length > 0 && {
        failure: new AwstError("ADMIN_INCOMPLETE", `accounts failed: ${unread.length}`, {
          hint: "awst admin accounts",
        }),
      }),
    };
  },
});
