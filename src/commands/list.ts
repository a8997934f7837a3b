// awst list: prints accounts, roles, durations, and which sessions are live.

import { defineCommand } from "../args/command.ts";
import { text } from "../args/options.ts";
import { type ListedRole, type Listing, listSessions } from "../flows/session/list-sessions.ts";
import type { LiveRoleSession } from "../model/session/live-sessions.ts";
import { formatDuration } from "../model/text/duration.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import {
  lifetimeText,
  mfaSessionText,
  noCodeText,
  scopeNote,
} from "../output/session/session-report.ts";
import { expiryPaint, type Style } from "../output/style.ts";
import { type Cell, textTable } from "../output/text-table.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "list",
  group: "Sessions",
  summary: "list accounts, roles, durations and live sessions",
  details: "Works offline: reads the configuration and the cache, not the keychain.",
  options: {
    account: text("NAME", "list only the roles of this account; part of its name is enough"),
  },
  examples: [
    { line: "awst list", meaning: "a table" },
    { line: "awst list --account main-account", meaning: "the roles of one account" },
    { line: "awst list --json", meaning: "the same for a program" },
  ],
  json: [
    ["accounts[].name, .id", "as configured"],
    ["accounts[].identity", "the IAM user its roles are assumed as"],
    ["accounts[].production", "whether the account is marked as production"],
    ["accounts[].region", "the region in its profiles, or null"],
    ["accounts[].roles[].name", "as configured"],
    ["accounts[].roles[].aliases", "other names of the role, from [aliases]"],
    ["accounts[].roles[].durationSeconds", "how long the role can be used after one code"],
    ["accounts[].roles[].session", "renew or single"],
    [
      "accounts[].roles[].withoutCodeUntil",
      "until when the role can be assumed without a code, or null",
    ],
    ["accounts[].roles[].sessions[].scope", "set where flags shaped the session, or null"],
    ["accounts[].roles[].sessions[].expiresAt", "when its credentials expire, RFC 3339, UTC"],
    ["accounts[].roles[].sessions[].renewableUntil", "until when it renews automatically, or null"],
    ["identities[].name", "the configured IAM users; with --account, the one of that account"],
    ["identities[].mfaSession", "{ codeAt, expiresAt } of the live MFA session, or null"],
  ],
  async run(context: Context, { identity, account }) {
    const listing = await listSessions(context, { identity, account });
    return {
      json: () => toJson(listing),
      text: (style) => toTable(listing, context.clock().awsNow, style),
    };
  },
});

function toTable({ accounts, identities }: Listing, now: Date, style: Style): string {
  const hasAlias = accounts.some(({ roles }) => roles.some(({ aliases }) => aliases.length > 0));
  const head = ["ACCOUNT", "ID", "ROLE", ...(hasAlias ? ["ALIAS"] : []), "DURATION", "SESSION"];
  const rows = accounts.flatMap(({ name: text, id, production, roles }) => {
    const name = production ? { text, paint: style.alert } : text;
    const accountId = { text: id, paint: style.dim };
    if (roles.length === 0) return [[name, accountId, "", "", ""]];
    return roles.flatMap((role) => {
      const single = role.session === "single" ? " single" : "";
      const duration = `${formatDuration(role.durationSeconds)}${single}`;
      const alias = hasAlias ? [role.aliases.join(", ")] : [];
      return [
        [name, accountId, role.name, ...alias, duration, sessionCell(role, now, style)],
        ...scopedSessions(role).map((session) => {
          const cell = liveCell(session, now, style);
          const scoped = `${role.name} @${session.scope?.slice(0, 6)}`;
          return [name, accountId, scoped, ...(hasAlias ? [""] : []), "", cell];
        }),
      ];
    });
  });
  const codes = identities.map(({ name, mfaSession }) => {
    const line = `${mfaSessionText(name, mfaSession?.expiresAt, now)}\n`;
    return mfaSession === undefined ? line : expiryPaint(style, mfaSession.expiresAt, now)(line);
  });
  const heading = head.map((text) => ({ text, paint: style.heading }));
  const isScoped = accounts.some(({ roles }) => roles.some((role) => scopedSessions(role).length));
  const note = isScoped ? `${style.dim(scopeNote)}\n` : "";
  return `${textTable([heading, ...rows])}\n${note}${codes.join("")}`;
}

function scopedSessions({ sessions }: ListedRole): readonly LiveRoleSession[] {
  return sessions.filter(({ scope }) => scope !== undefined);
}

function sessionCell(role: ListedRole, now: Date, style: Style): Exclude<Cell, string> {
  const { sessions, withoutCodeUntil } = role;
  const session = sessions.find(({ scope }) => scope === undefined);
  if (session !== undefined) {
    return liveCell(
      { ...session, renewableUntil: withoutCodeUntil ?? session.renewableUntil },
      now,
      style,
    );
  }
  const text = withoutCodeUntil === undefined ? "" : noCodeText(withoutCodeUntil, now);
  return { text, paint: style.dim };
}

/** In the color of the session's later end. */
function liveCell(
  session: Pick<LiveRoleSession, "expiresAt" | "renewableUntil">,
  now: Date,
  style: Style,
): Exclude<Cell, string> {
  const { expiresAt, renewableUntil = expiresAt } = session;
  const end = new Date(Math.max(renewableUntil.getTime(), expiresAt.getTime()));
  const isSoon = expiryPaint(style, end, now) === style.warm;
  return { text: lifetimeText(session, now), paint: isSoon ? style.warm : style.ok };
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
