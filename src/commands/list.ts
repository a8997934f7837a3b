// awst list: prints accounts, roles, durations, and which sessions are live.

import { defineCommand } from "../args/command.ts";
import { type ListedRole, type Listing, listSessions } from "../flows/session/list-sessions.ts";
import { formatDuration } from "../model/text/duration.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import { expiresText, untilText } from "../output/session/session-report.ts";
import { expiryPaint, type Style } from "../output/style.ts";
import { type Cell, textTable } from "../output/text-table.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "list",
  group: "Sessions",
  summary: "list accounts, roles, durations and live sessions",
  details: "Works offline: reads the configuration and the cache, not the keychain.",
  examples: [
    { line: "awst list", meaning: "a table" },
    { line: "awst list --json", meaning: "the same for a program" },
  ],
  json: [
    ["accounts[].name, .id", "as configured"],
    ["accounts[].identity", "the IAM user its roles are assumed as"],
    ["accounts[].region", "the region in its profiles, or null"],
    ["accounts[].roles[].name", "as configured"],
    ["accounts[].roles[].durationSeconds", "how long the role can be used after one code"],
    ["accounts[].roles[].session", "renew or single"],
    [
      "accounts[].roles[].withoutCodeUntil",
      "until when the role can be assumed without a code, or null",
    ],
    ["accounts[].roles[].sessions[].scope", "set where flags shaped the session, or null"],
    ["accounts[].roles[].sessions[].expiresAt", "when its credentials expire, RFC 3339, UTC"],
    ["accounts[].roles[].sessions[].renewableUntil", "until when it renews automatically, or null"],
    ["identities[].name", "the configured IAM users"],
    ["identities[].mfaSession", "{ codeAt, expiresAt } of the live MFA session, or null"],
  ],
  async run(context: Context, { identity }) {
    const listing = await listSessions(context, identity);
    return { json: toJson(listing), text: (style) => toTable(listing, context.now(), style) };
  },
});

function toTable({ accounts, identities }: Listing, now: Date, style: Style): string {
  const head = ["ACCOUNT", "ID", "ROLE", "DURATION", "SESSION"];
  const rows = accounts.flatMap(({ name, id, roles }) => {
    const accountId = { text: id, paint: style.dim };
    if (roles.length === 0) return [[name, accountId, "", "", ""]];
    return roles.map((role) => {
      const single = role.session === "single" ? " single" : "";
      const duration = `${formatDuration(role.durationSeconds)}${single}`;
      return [name, accountId, role.name, duration, sessionCell(role, now, style)];
    });
  });
  const codes = identities.map(({ name, mfaSession }) => {
    if (mfaSession === undefined) return `${name}: the next session needs an MFA code\n`;
    const { expiresAt } = mfaSession;
    const text = `MFA session ${expiresText(expiresAt, now)}`;
    return `${name}: ${expiryPaint(style, expiresAt, now)(text)}\n`;
  });
  const heading = head.map((text) => ({ text, paint: style.heading }));
  return `${textTable([heading, ...rows])}\n${codes.join("")}`;
}

/** The role's sessions, in the color of the one that expires last. */
function sessionCell(
  { sessions, withoutCodeUntil }: ListedRole,
  now: Date,
  style: Style,
): Exclude<Cell, string> {
  const texts = sessions.map(({ scope, expiresAt, renewableUntil }) => {
    const isRenewed = renewableUntil !== undefined && renewableUntil > now;
    const what = isRenewed ? "current session " : "";
    const whose = scope === undefined ? "" : `@${scope.slice(0, 6)} `;
    return `${whose}${what}${expiresText(expiresAt, now)}`;
  });
  const ends = sessions.map(({ expiresAt }) => expiresAt);
  if (withoutCodeUntil !== undefined) {
    texts.unshift(`renews automatically until ${untilText(withoutCodeUntil, now)}`);
    ends.push(withoutCodeUntil);
  }
  const last = ends.sort((one, other) => other.getTime() - one.getTime())[0];
  const isSoon = last !== undefined && expiryPaint(style, last, now) === style.warm;
  return { text: texts.join("; "), paint: isSoon ? style.warm : style.ok };
}

function toJson({ accounts, identities }: Listing): object {
  const time = (at: Date | undefined) => (at === undefined ? null : rfc3339(at));
  return {
    accounts: accounts.map(({ region, roles, ...account }) => ({
      ...account,
      region: region ?? null,
      roles: roles.map(({ sessions, withoutCodeUntil, ...role }) => ({
        ...role,
        withoutCodeUntil: time(withoutCodeUntil),
        sessions: sessions.map(({ scope, expiresAt, renewableUntil }) => ({
          scope: scope ?? null,
          expiresAt: time(expiresAt),
          renewableUntil: time(renewableUntil),
        })),
      })),
    })),
    identities: identities.map(({ name, mfaSession }) => ({
      name,
      mfaSession:
        mfaSession === undefined
          ? null
          : { codeAt: time(mfaSession.codeAt), expiresAt: time(mfaSession.expiresAt) },
    })),
  };
}
