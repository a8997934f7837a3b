// awst list: prints accounts, roles, durations, and which sessions are live.

import { defineCommand } from "../args/command.ts";
import { type ListedRole, type Listing, listSessions } from "../flows/session/list-sessions.ts";
import { formatDuration } from "../model/text/duration.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import { untilText } from "../output/session/session-report.ts";
import { textTable } from "../output/text-table.ts";
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
    return { json: toJson(listing), text: toTable(listing, context.now()) };
  },
});

function toTable({ accounts, identities }: Listing, now: Date): string {
  const head = ["ACCOUNT", "ID", "ROLE", "DURATION", "LIVE"];
  const rows = accounts.flatMap(({ name, id, roles }) => {
    if (roles.length === 0) return [[name, id, "", "", ""]];
    return roles.map((role) => {
      const single = role.session === "single" ? " single" : "";
      const duration = `${formatDuration(role.durationSeconds)}${single}`;
      return [name, id, role.name, duration, liveText(role, now)];
    });
  });
  const codes = identities.map(({ name, mfaSession }) =>
    mfaSession === undefined
      ? `${name}: the next session needs a code\n`
      : `${name}: MFA session until ${untilText(mfaSession.expiresAt, now)}\n`,
  );
  return `${textTable([head, ...rows])}\n${codes.join("")}`;
}

function liveText(role: ListedRole, now: Date): string {
  const { sessions, withoutCodeUntil } = role;
  const texts = sessions.map(({ scope, expiresAt, renewableUntil }) => {
    const renews = renewableUntil !== undefined && renewableUntil > now;
    const text = `${renews ? "keys " : ""}until ${untilText(expiresAt, now)}`;
    return scope === undefined ? text : `@${scope.slice(0, 6)} ${text}`;
  });
  if (withoutCodeUntil !== undefined) {
    texts.unshift(`no code until ${untilText(withoutCodeUntil, now)}`);
  }
  return texts.join("; ");
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
