// awst list: accounts, roles, durations, and which sessions are live.

import { type ListedRole, type Listing, listSessions } from "../flows/session/list-sessions.ts";
import { formatDuration } from "../model/text/duration.ts";
import { rfc3339 } from "../model/text/rfc3339.ts";
import type { Words } from "../model/words.ts";
import { untilText } from "../output/session/session-report.ts";
import { textTable } from "../output/text-table.ts";
import type { Context } from "../ports.ts";

export async function run(context: Context, words: Words): Promise<void> {
  const listing = await listSessions(context, words.identity);
  await context.out(words.json ? toJson(listing) : toTable(listing, context.now()));
}

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

function toJson({ accounts, identities }: Listing): string {
  const time = (at: Date | undefined) => (at === undefined ? null : rfc3339(at));
  const answer = {
    version: 1,
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
  return `${JSON.stringify(answer, null, 2)}\n`;
}
