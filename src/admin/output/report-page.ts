// `awst admin report --html`: one page that needs nothing else, neither network nor server. It shows its content without
// scripts; one script of ours, allowed by its hash, adds filters and sorting.

import { createHash } from "node:crypto";
import { countText } from "../../model/text/count-text.ts";
import { rfc3339 } from "../../model/text/rfc3339.ts";
import {
  categoryOf,
  daysSince,
  type Figure,
  figuresOf,
  inNoCategory,
  inSeveral,
  type ReportedAccess,
  type ReportedAccount,
  type ReportedKey,
  type ReportedUser,
  verdictNames,
} from "../model/account-report.ts";
import type { DormantRules } from "../model/admin-settings.ts";
import { enforcementStepText } from "../model/dormant-deletion.ts";
import { accountText } from "./enforcement-report.ts";
import { html, Markup } from "./markup.ts";
import { reportScript } from "./report-page-script.ts";
import { reportStyle } from "./report-page-style.ts";

/** The page begins with this line: a file that does not is not replaced. */
export const reportMark = "<!doctype html><!-- awst admin report -->\n";

export interface PrintedReport {
  readonly accounts: readonly ReportedAccount[];
  readonly rules: DormantRules;
  /** The category groups of the rules; none where there are no rules. */
  readonly categories: readonly string[];
  readonly now: Date;
}

/** Returns the whole page. */
export function reportPage(report: PrintedReport): string {
  const { accounts, categories, now } = report;
  const users = accounts.flatMap((account) => account.users.map((user) => ({ account, user })));
  const title = `IAM users of ${accountsTitle(accounts)}, ${dayOf(now)}`;
  const figures = figuresOf(
    users.map(({ user }) => user),
    categories,
    now,
  );
  const { keyAges, inexactKeyAges } = figures;
  const page = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Markup(reportStyle)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${introduction(report)}
</header>
<main>
${notes(accounts)}
<h2>Overview</h2>
<dl class="tiles">
${tile("users", figures.users)}
${figures.verdicts.map(({ label, count }) => tile(label, count))}
${tile("with a password and without MFA", countOf(figures.mfa, "without MFA"))}
</dl>
<div class="figures">
${chart("Users with a password: MFA", figures.mfa)}
${chart("Active access keys: age", keyAges, inexactKeyAges)}
${chart("Active access keys: last use", figures.keyUses)}
${chart("Passwords: last use", figures.passwordUses)}
${categories.length === 0 ? "" : chart("Users by category", figures.categories)}
${chart("Next enforcement", figures.steps)}
</div>
${accounts.length > 1 ? accountTable(report) : ""}
${enforcement(users, accounts.length > 1)}
${userSection(users, report)}
</main>
<script>${new Markup(reportScript)}</script>
</body>
</html>
`;
  return `${reportMark}${page}`;
}

const policy = [
  "default-src 'none'",
  `style-src '${hashOf(reportStyle)}'`,
  `script-src '${hashOf(reportScript)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}

function accountsTitle(accounts: readonly ReportedAccount[]): string {
  const [only] = accounts;
  return accounts.length === 1 && only !== undefined
    ? nameOf(only)
    : `${accounts.length} AWS accounts`;
}

function nameOf({ id, name = id }: ReportedAccount): string {
  return accountText(id, name);
}

function introduction({ accounts, rules, now }: PrintedReport): Markup {
  const { days, neverUsedDays, warnDays, actions } = rules;
  const what = actions.map((action) => (action === "console" ? "passwords" : "access keys"));
  const warning =
    warnDays === 0
      ? "without a warning"
      : `${countText(warnDays, "day")} after the user was warned`;
  const made = accounts.flatMap(({ reportMadeAt }) => reportMadeAt ?? []);
  const oldest = new Date(Math.min(...made.map((each) => each.getTime())));
  const source =
    made.length === 0
      ? ""
      : html` Users who look active in IAM's credential report (${timeOf(oldest)}${made.length > 1 ? " or later" : ""}) were not read again.`;
  return html`<p class="quiet">Made by <code>awst admin report</code> at ${timeOf(now)}.${source}</p>
<p>A password or access key is <strong>dormant</strong> after ${countText(days, "day")} without use, or, if it was never used, ${countText(neverUsedDays, "day")} after its creation.
A user is dormant if every access is, and <strong>partly</strong> dormant if some are. Enforcement disables ${what.join(" and ")} ${warning}.</p>`;
}

function notes(accounts: readonly ReportedAccount[]): MarkupList {
  const lines = accounts.flatMap((account) => [
    ...(account.failure === undefined
      ? []
      : [`${nameOf(account)} could not be read: ${account.failure}`]),
    ...account.notes.map((note) => `${nameOf(account)}: ${note}`),
  ]);
  return lines.map((line) => html`<p class="notes">${line}</p>\n`);
}

type MarkupList = readonly Markup[];

function tile(label: string, count: number): Markup {
  return html`<div><dt>${label}</dt><dd>${numberText(count)}</dd></div>\n`;
}

function countOf(figures: readonly Figure[], label: string): number {
  return figures.find((each) => each.label === label)?.count ?? 0;
}

/** A table with a bar in each row. `inexact`: how many of the values may be too low. */
function chart(title: string, figures: readonly Figure[], inexact = 0): Markup {
  const most = Math.max(1, ...figures.map(({ count }) => count));
  const rows = figures.map(
    ({ label, count }) =>
      html`<tr><th scope="row">${label}</th><td class="chart"><svg aria-hidden="true" viewBox="0 0 100 1" preserveAspectRatio="none"><rect width="${((count / most) * 100).toFixed(1)}" height="1"/></svg></td><td>${numberText(count)}</td></tr>\n`,
  );
  const remark =
    inexact === 0
      ? ""
      : html`<p class="quiet">Read from the credential report only: ${numberText(inexact)} ${inexact === 1 ? "key" : "keys"}. The report counts a key's age anew when the key is switched off or on, so such a key may be older.</p>`;
  return html`<div><table><caption>${title}</caption><tbody>\n${rows}</tbody></table>${remark}</div>\n`;
}

function accountTable({ accounts, now }: PrintedReport): Markup {
  const rows = accounts.map((account) => {
    const name = html`<th scope="row">${nameOf(account)}</th>`;
    if (account.failure !== undefined) {
      return html`<tr>${name}<td colspan="6"><span class="badge bad">failed</span> ${account.failure}</td></tr>\n`;
    }
    const { users, verdicts, mfa, steps } = figuresOf(account.users, [], now);
    const oldKeys = account.users
      .flatMap(({ keys }) => keys)
      .filter(({ createdAt }) => createdAt !== undefined && daysSince(createdAt, now) >= 90);
    const cells = [
      users,
      countOf(verdicts, "dormant"),
      countOf(verdicts, "partly"),
      countOf(mfa, "without MFA"),
      oldKeys.length,
      countOf(steps, "disable"),
    ];
    return html`<tr>${name}${cells.map((each) => html`<td class="number">${numberText(each)}</td>`)}</tr>\n`;
  });
  const heads = [
    "Users",
    "Dormant",
    "Partly dormant",
    "Password without MFA",
    "Keys of 90 days and more",
    "Lose access next",
  ];
  return html`<h2 id="accounts-title">Accounts</h2>
<table class="list" aria-labelledby="accounts-title">
<thead><tr><th scope="col">Account</th>${heads.map((each) => html`<th scope="col" class="number">${each}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

interface ReportedRow {
  readonly account: ReportedAccount;
  readonly user: ReportedUser;
}

function enforcement(all: readonly ReportedRow[], hasAccounts: boolean): Markup {
  const rows = all.flatMap(({ account, user }) => {
    const text = nextText(user);
    if (text === "") return [];
    return [
      html`<tr><th scope="row">${user.name}</th>${hasAccounts ? html`<td>${accountCell(account)}</td>` : ""}<td>${text}</td><td>${user.reason}</td><td>${user.email ?? ""}</td></tr>\n`,
    ];
  });
  const title = html`<h2 id="next-title">What the next enforcement would do</h2>`;
  if (rows.length === 0) return html`${title}<p>Nothing.</p>`;
  return html`${title}
<div class="scroll"><table class="list" aria-labelledby="next-title">
<thead><tr><th scope="col">User</th>${hasAccounts ? html`<th scope="col">Account</th>` : ""}<th scope="col">Step</th><th scope="col">Why</th><th scope="col">E-mail</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>`;
}

function accountCell({ id, name }: ReportedAccount): Markup {
  return name === undefined || name === id ? html`${id}` : html`${name}<small>${id}</small>`;
}

/** What the next enforcement would do with the user; `""`: nothing. */
function nextText({ step, refusal }: ReportedUser): string {
  if (refusal !== undefined) return `not changed, because ${refusal}`;
  return step === undefined ? "" : enforcementStepText(step);
}

function userSection(all: readonly ReportedRow[], report: PrintedReport): Markup {
  const { accounts, categories, now } = report;
  const hasAccounts = accounts.length > 1;
  const choices = [
    select("Verdict", "verdict", verdictNames),
    select("MFA", "mfa", ["yes", "no", "unknown"]),
    ...(categories.length === 0
      ? []
      : [select("Category", "category", [...categories, inNoCategory, inSeveral])]),
    ...(hasAccounts
      ? [
          select(
            "Account",
            "account",
            accounts.map(({ id }) => id),
            accounts.map(nameOf),
          ),
        ]
      : []),
  ];
  const heads = [
    ["User", "wide"],
    ...(hasAccounts ? [["Account", "middle"]] : []),
    ["Verdict", "middle"],
    ["Why", "wide"],
    ["Password last used", "middle"],
    ["Access keys", "wide"],
    ["MFA", "narrow"],
    ["Groups", "middle"],
    ["Created", "middle"],
    ["Next step", "middle"],
  ];
  return html`<h2 id="users-title">Users</h2>
<form id="filters" role="search" aria-labelledby="users-title" hidden>
<label>Search <input type="search" name="search" autocomplete="off" placeholder="name, e-mail, key, group"></label>
${choices}
<button type="reset">Clear</button>
</form>
<p id="shown" role="status">${numberText(all.length)} ${all.length === 1 ? "user" : "users"}.</p>
<div class="scroll" role="region" aria-labelledby="users-title" tabindex="0"><table class="list" id="users" aria-labelledby="users-title">
<thead><tr>${heads.map(([text, width]) => html`<th scope="col" class="${width}">${text}</th>`)}</tr></thead>
<tbody>
${all.map((row) => userRow(row, hasAccounts, now))}</tbody>
</table></div>
<p id="more" hidden><button type="button" name="more">Show 200 more</button> <button type="button" name="all">Show all</button></p>`;
}

function select(
  label: string,
  name: string,
  values: readonly string[],
  texts: readonly string[] = values,
): Markup {
  const options = values.map((value, at) => html`<option value="${value}">${texts[at]}</option>`);
  return html`<label>${label} <select name="${name}"><option value="">all</option>${options}</select></label>\n`;
}

const verdictClass: Readonly<Partial<Record<ReportedUser["verdict"], string>>> = {
  dormant: "bad",
  partly: "warm",
  active: "good",
};

function userRow({ account, user }: ReportedRow, hasAccounts: boolean, now: Date): Markup {
  const { name, path, email, verdict, reason, console: password, keys, services } = user;
  const mfa = user.hasMfa === undefined ? "unknown" : user.hasMfa ? "yes" : "no";
  const isOpen = mfa === "no" && password !== undefined;
  const next = nextText(user);
  const oldest = Math.max(-1, ...keys.map(({ createdAt }) => ageOf(createdAt, now)));
  const small = [...(path === "/" ? [] : [path]), ...(email === undefined ? [] : [email])];
  return html`<tr data-verdict="${verdict}" data-mfa="${mfa}" data-category="${categoryOf(user)}" data-account="${account.id}"><th scope="row">${name}${small.map((each) => html`<small>${each}</small>`)}</th>${hasAccounts ? html`<td>${accountCell(account)}</td>` : ""}<td><span class="badge ${verdictClass[verdict]}">${verdict}</span></td><td>${reason}</td><td data-sort="${useRank(password, now)}">${password === undefined ? "no password" : useText(password, now)}</td><td data-sort="${oldest}">${keys.map((key) => keyText(key, now))}${services === 0 ? "" : html`<span class="key">${services} for services</span>`}</td><td>${isOpen ? html`<span class="badge bad">no</span>` : mfa}</td><td>${user.groups.join(", ")}</td><td data-sort="${user.createdAt.getTime()}" class="day">${dayOf(user.createdAt)}</td><td>${next}</td></tr>\n`;
}

function keyText(key: ReportedKey, now: Date): Markup {
  const { id, createdAt, isAgeExact } = key;
  const days = createdAt && numberText(daysSince(createdAt, now));
  const age = days === undefined ? "age unknown" : `${isAgeExact ? "" : "at least "}${days} d old`;
  const use = useText(key, now);
  const used = use.endsWith("ago") ? `used ${use}` : use === "unknown" ? "last use unknown" : use;
  return html`<span class="key">${id === undefined ? "" : html`<code>${id}</code> `}${age}, ${used}</span>`;
}

function useText({ lastUsed }: ReportedAccess, now: Date): string {
  if (lastUsed === "unknown") return "unknown";
  return lastUsed === undefined ? "never used" : `${numberText(daysSince(lastUsed, now))} d ago`;
}

/** For sorting: used lately first, then long ago, never, unknown, and none at the end. */
function useRank(access: ReportedAccess | undefined, now: Date): number {
  if (access === undefined) return 1e9;
  if (access.lastUsed === "unknown") return 1e8;
  return access.lastUsed === undefined ? 1e7 : daysSince(access.lastUsed, now);
}

function ageOf(createdAt: Date | undefined, now: Date): number {
  return createdAt === undefined ? 0 : daysSince(createdAt, now);
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function timeOf(time: Date): Markup {
  return html`<time datetime="${rfc3339(time)}">${rfc3339(time).replace("T", " ").replace("Z", " UTC")}</time>`;
}

function numberText(count: number): string {
  return count.toLocaleString("en");
}
