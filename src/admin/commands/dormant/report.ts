// `awst admin dormant report`: who does not use the account any more, access by access, and why.

import { defineCommand } from "../../../args/command.ts";
import { flag } from "../../../args/options.ts";
import { AwstError } from "../../../model/errors.ts";
import { commandLine } from "../../../model/text/command-line.ts";
import { countText } from "../../../model/text/count-text.ts";
import type { Context } from "../../../ports.ts";
import { decideDeletions } from "../../flows/plan-deletions.ts";
import {
  judgeAccount,
  type PicturedUser,
  readAccount,
  readMissingMfa,
} from "../../flows/read-account.ts";
import { readFindings } from "../../flows/read-findings.ts";
import { runAccounts } from "../../flows/run-accounts.ts";
import { openSentMemory, type SentFindings, sendFindings } from "../../flows/send-findings.ts";
import { notesOf, openReads } from "../../flows/store-readings.ts";
import type { AccountTarget } from "../../model/account-targets.ts";
import type { AdminSettings } from "../../model/admin-settings.ts";
import { dayOfTime } from "../../model/days.ts";
import { type DeletionDecision, deletionStepText } from "../../model/dormant-deletion.ts";
import type { JudgedAccess, JudgedUser } from "../../model/dormant-verdict.ts";
import { type FindingsOfAccount, findingNotices } from "../../model/finding-notices.ts";
import type { HygieneFinding } from "../../model/hygiene.ts";
import { sentFindingsFile } from "../../model/sent-findings.ts";
import { type OpenedAccounts, openAccounts } from "../../open-accounts.ts";
import { notifierOf, readAdminSettings } from "../../open-admin.ts";
import {
  accountOptions,
  asOptions,
  confirmPlan,
  freshOption,
  needsText,
  verdictsText,
} from "../../open-command.ts";
import {
  unreadLines,
  verdictsCsv,
  verdictsJson,
  verdictTables,
} from "../../output/dormant-report.ts";
import { accountText } from "../../output/enforcement-report.ts";
import type { AdminContext } from "../../ports.ts";

export const command = defineCommand({
  name: "admin dormant report",
  group: "Administration",
  summary: "report users and credentials that are not in use, and why",
  details: `A user is judged access by access: the password, each key, each credential of a service. Each counts from the latest of its use, its creation and the user's restoration; one that was never used is dormant earlier. The credential report picks who is read live; verdicts come from live calls. With [admin] accounts all of them are read, and one that fails stops no other. Findings about old keys, MFA, passwords, categories and the root user follow (--notify sends them; by SES each user gets those about the user alone; where a notice was not accepted, the next run of the day sends what is missing); in the credential report a key is as old as its last change. A run that was stopped is continued within an hour: the next one makes only the calls about single users that are missing. ${verdictsText()} ${needsText("dormant report")}`,
  options: {
    ...asOptions,
    ...accountOptions,
    ...freshOption,
    notify: flag("also send the findings, as [admin.dormant] notify says"),
    yes: flag("do not ask before the findings are sent", { short: "y" }),
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
    {
      line: "awst admin dormant report --notify --yes",
      meaning: "from a schedule: the findings to Slack, or to each user by mail",
    },
  ],
  json: [
    [
      "reportMadeAt",
      "time of the credential report, RFC 3339, or null: every user was read live, or several accounts",
    ],
    ["users[].user, .account", "name, and the account's 12 digits"],
    [
      "users[].verdict, .reason",
      'dormant, partly, active, protected, excepted, no-access or unknown (not read); with actions that contain "user" also the day of the deletion',
    ],
    ["users[].access[].kind, .id, .status", "console, key or service; null for an unknown id"],
    ["users[].access[].verdict, .lastUsed, .reason", "of this access; null if never or unknown"],
    ["findings[].user, .account", "name, or null for the root user; the account's 12 digits"],
    [
      "findings[].kind, .keyId, .text",
      "old-key, two-keys, unused-key, no-mfa, password-expires, no-category, root-key or root-no-mfa; key or null; why",
    ],
    ["sent", "of --notify: how many users' findings were sent, or null"],
    ["unsent[].account, .error", "notices that were not accepted, and why"],
    ["accounts[].account, .name, .users", "12 digits, name, number of reported users or null"],
    ["accounts[].state, .error, .reportMadeAt", "read or failed; why, or null; as above"],
  ],
  async run(context: Context, args) {
    const request = { ...args, code: args.mfaCode };
    const how = { chosen: args.account, deadline: undefined };
    if (args.yes && !args.notify) throw new AwstError("USAGE", "--yes is for --notify");
    // Before a session is made, which may need a code.
    if (args.notify) requireNotify(await readAdminSettings(context));
    const accounts = await openAccounts(context, request, how);
    const { dormant: rules, protectedNames } = accounts.settings;
    const read = async (admin: AdminContext) => {
      const picture = await readAccount(admin);
      const stored = await openReads(admin, { isFresh: args.fresh });
      const judged = await judgeAccount(admin, picture, rules, protectedNames, stored.reads);
      const all = await readMissingMfa(stored.reads, judged);
      return { picture, stored, all, ...(await readFindings(admin, all, accounts.settings)) };
    };
    const run = await runAccounts(accounts, read, {
      from: undefined,
      until: undefined,
      now: context.now,
    });
    const reported = run.done.map(({ target, admin, value: { picture, all, findings } }) => {
      const deletions = decideDeletions(picture, all, rules, admin.clock().awsNow);
      return {
        ...target,
        reportMadeAt: picture.report?.madeAt,
        findings,
        users: all
          .filter(
            ({ user, judged: { access, verdict } }) =>
              args.all || verdict === "unknown" || deletions.has(user.id) || access.some(isDormant),
          )
          .map(({ user, judged }) => withDeletion(judged, deletions.get(user.id))),
      };
    });
    const unread = run.failed.map(({ target, error }) => ({ ...target, error: error.message }));
    const dormant = reported.flatMap(({ users }) =>
      users.filter(({ verdict }) => verdict === "dormant" || verdict === "partly"),
    );
    const count = run.done.reduce((sum, { value: { all } }) => sum + all.length, 0);
    const isOne = accounts.targets.length === 1;
    if (isOne && run.failed[0] !== undefined) throw run.failed[0].error;
    const found = run.done.map(({ target, value }) => findingsOf(target, value));
    const sending = args.notify
      ? await send(context, accounts, found, {
          ...{ isConfirmed: args.yes, isFresh: args.fresh },
        })
      : undefined;
    // Not before the question: without a terminal it fails, and the next run reuses the responses.
    for (const { value } of run.done) {
      await value.stored.end(value.all.every(({ failure }) => failure === undefined));
    }
    const unreadUsers = run.done.flatMap(({ target, value }) =>
      value.all.flatMap(({ user, failure }) =>
        failure === undefined
          ? []
          : [{ user: isOne ? user.name : `${target.name}: ${user.name}`, error: failure }],
      ),
    );
    const failures = [
      ...(unreadUsers.length > 0 ? [`users not read: ${unreadUsers.length}`] : []),
      ...(unread.length > 0 ? [`accounts failed: ${unread.length}`] : []),
      ...(sending !== undefined && sending.failed.length > 0
        ? [`notices not accepted: ${sending.failed.length}`]
        : []),
    ];
    return {
      json: {
        ...verdictsJson(reported, unread),
        sent: sending?.sent ?? null,
        unsent: (sending?.failed ?? []).map(({ account, error }) => ({
          account,
          error: error.message,
        })),
      },
      text: (style) => (args.csv ? verdictsCsv(reported) : verdictTables(reported, style)),
      notes: [
        ...run.done.flatMap(({ target, value }) =>
          [...value.picture.notes, ...value.notes, ...notesOf(value.stored)].map((note) =>
            isOne ? note : `${target.name}: ${note}`,
          ),
        ),
        ...unread.map(({ id, name, error }) => `${accountText(id, name)}: ${error}`),
        ...unreadLines(unreadUsers),
        `users with an access that is not in use: ${dormant.length} of ${count}`,
        ...(sending === undefined ? [] : sentLines(sending)),
        ...(args.notify && sending === undefined ? ["no findings were sent"] : []),
      ],
      ...(failures.length > 0 && {
        failure: new AwstError("ADMIN_INCOMPLETE", failures.join(", "), {
          hint:
            unread.length > 0
              ? "awst admin accounts"
              : commandLine([...args.fullLine, ...(args.notify && !args.yes ? ["--yes"] : [])]),
        }),
      }),
    };
  },
});

function isDormant({ verdict }: JudgedAccess): boolean {
  return verdict === "dormant";
}

/** A user without access is reported with the day of the deletion, or why there is none. */
function withDeletion(judged: JudgedUser, decision: DeletionDecision | undefined): JudgedUser {
  if (decision === undefined) return judged;
  const text = "step" in decision ? deletionStepText(decision.step) : decision.refusal;
  return { ...judged, reason: `${judged.reason}; ${text}` };
}

/** Errors: USAGE. */
function requireNotify({ notify }: AdminSettings): void {
  if (notify.notify !== "none") return;
  const message = "[admin.dormant] notify says to whom findings are sent, and is missing";
  throw new AwstError("USAGE", message, { hint: 'notify = "slack" in the table [admin.dormant]' });
}

function findingsOf(
  { id, name }: AccountTarget,
  value: { readonly findings: readonly HygieneFinding[]; readonly all: readonly PicturedUser[] },
): FindingsOfAccount {
  const emails = value.all.flatMap(({ user }) => {
    const email = user.tags["email"];
    return email === undefined ? [] : [[user.name, email] as const];
  });
  return { account: { id, name }, findings: value.findings, emails: new Map(emails) };
}

/** undefined: not agreed to, or there is nothing to send. Errors: CONFIRMATION_NEEDED without a terminal. */
async function send(
  context: Context,
  { session, settings }: OpenedAccounts,
  found: readonly FindingsOfAccount[],
  how: {
    readonly isConfirmed: boolean;
    readonly isFresh: boolean;
  },
): Promise<SentFindings | undefined> {
  const notifier = await notifierOf(context, session, settings.notify);
  if (notifier === undefined) return undefined;
  const { state, now } = context;
  const memory = openSentMemory(
    {
      read: () => state.read(sentFindingsFile),
      update: (change) => state.update(sentFindingsFile, change),
    },
    { receiver: settings.notify, day: dayOfTime(now().getTime()) },
  );
  const wasSent = how.isFresh ? undefined : memory.has;
  const planned = found.map((each) => findingNotices(each, { ...notifier, wasSent }));
  const users = planned.flatMap(({ notices }) => notices.flatMap((notice) => notice.users));
  if (users.length === 0) return sendFindings(notifier, found, memory);
  if (!how.isConfirmed) {
    for (const { name, lines } of users) context.say(`${name}: ${lines.join("; ")}`);
  }
  context.say(`${settings.notify.notify}: send the findings of ${countText(users.length, "user")}`);
  const isAgreed = await confirmPlan(context, {
    isConfirmed: how.isConfirmed,
    question: "Send these findings?",
  });
  if (!isAgreed) return undefined;
  if (how.isFresh) await memory.clear(found.map(({ account }) => account.id));
  return sendFindings(notifier, found, memory);
}

function sentLines({ sent, failed, unreachable, sentBefore }: SentFindings): readonly string[] {
  return [
    ...(sentBefore === 0
      ? []
      : [
          `a run of today sent the findings of ${countText(sentBefore, "user")}; --fresh sends all`,
        ]),
    `sent the findings of ${countText(sent, "user")}`,
    ...failed.map(({ account, error }) => `${account}: ${error.message}`),
    ...(unreachable.length === 0
      ? []
      : [`no mail to users without the tag email: ${unreachable.join(", ")}`]),
  ];
}
