// Accounts for the report page: as many users as wanted, of every kind, with names, paths and tags that try to break
// the page.

import type { ReportedAccount, ReportedUser } from "../../src/admin/model/account-report.ts";
import { verdictNames } from "../../src/admin/model/account-report.ts";
import { decodeAdminSettings } from "../../src/admin/model/admin-settings.ts";
import type { PrintedReport } from "../../src/admin/output/report-page.ts";

export const reportNow = new Date("2026-11-29T12:00:00Z");
export const reportCategories = ["AllHumanUsers", "AllHeadlessUsers"];

/** Each tries to leave its place in the page and to run a script, which sets `window.broken`. */
export const hostileTexts: readonly string[] = [
  "<script>window.broken=1</script>",
  "</script><script>window.broken=2</script>",
  `"><img src=x onerror="window.broken=3">`,
  `' onmouseover='window.broken=4' tabindex='0' autofocus onfocus='window.broken=5`,
  "</td></tr></table><svg onload=window.broken=6>",
  "</style><style>*{display:none}</style>",
  "<!-- <!--> --!> -->",
  "</title><base href='https://example.com/'><link rel=stylesheet href='https://example.com/x.css'>",
  "<iframe src='https://example.com'></iframe><meta http-equiv=refresh content='0;url=https://example.com'>",
  "&lt;b&gt; &amp;amp; \u202egnp.exe\u2066 \u0000\u001b[31m two\nlines",
  '=HYPERLINK("https://example.com")',
  "javascript:window.broken=7",
];

const dayMs = 86_400_000;
const daysAgo = (days: number) => new Date(reportNow.getTime() - days * dayMs);

/** The first users have the hostile texts; the others go through all combinations. */
export function makeReport(users: number, accountIds: readonly string[]): PrintedReport {
  const perAccount = Math.ceil(users / accountIds.length);
  const accounts = accountIds.map((id, account): ReportedAccount => {
    const from = account * perAccount;
    const numbers = Array.from(
      { length: Math.min(perAccount, users - from) },
      (_, at) => from + at,
    );
    return {
      id,
      name: account === 0 ? "main-account" : undefined,
      reportMadeAt: daysAgo(0.1),
      users: numbers.map(makeUser),
      notes: [],
      unread: [],
      failure: undefined,
    };
  });
  const { dormant: rules } = decodeAdminSettings(undefined, "");
  return { accounts, rules, categories: reportCategories, now: reportNow };
}

function makeUser(at: number): ReportedUser {
  const hostile = hostileTexts[at];
  const verdict = verdictNames[at % verdictNames.length] ?? "active";
  const name = `user-${String(at).padStart(4, "0")}`;
  const isDormant = verdict === "dormant";
  const category = reportCategories[at % 3];
  return {
    name: hostile === undefined ? name : `${name}${hostile}`,
    path: hostile === undefined ? (at % 5 === 0 ? "/staff/" : "/") : `/${hostile}/`,
    email: at % 4 === 0 ? undefined : (hostile ?? `${name}@example.com`),
    groups: [...(category === undefined ? [] : [category]), hostile ?? "AllUsers"],
    categories: category === undefined ? [] : [category],
    createdAt: daysAgo(at % 900),
    hasMfa: [true, false, undefined][at % 3],
    verdict,
    reason:
      hostile ??
      (isDormant ? `key AKIA${at} last used ${at % 400} days ago` : "console last used 2 days ago"),
    console: at % 2 === 0 ? { verdict: "active", lastUsed: daysAgo(at % 120) } : undefined,
    keys: Array.from({ length: at % 3 }, (_, key) => ({
      id: isDormant ? `AKIA${String(at).padStart(14, "A")}${key}7` : undefined,
      createdAt: at % 11 === 0 ? undefined : daysAgo((at * 7) % 800),
      isAgeExact: isDormant,
      verdict: isDormant ? "dormant" : "active",
      lastUsed: ([undefined, "unknown", daysAgo(at % 300)] as const)[at % 3],
    })),
    services: at % 50 === 0 ? 1 : 0,
    step:
      at % 60 === 0
        ? { do: "warn", until: "2026-12-13" }
        : at % 60 === 6
          ? { do: "disable", password: true, keys: [`AKIA${at}`] }
          : undefined,
    refusal: at % 60 === 12 ? `${hostile ?? name} is in [admin] protected` : undefined,
  };
}
