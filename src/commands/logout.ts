// awst logout [ACCOUNT [ROLE]], --all: deletes cached sessions and reports what AWS still accepts.

import { defineCommand } from "../args/command.ts";
import { flag } from "../args/options.ts";
import { optionalAccountAndRole } from "../args/session-options.ts";
import { type LoggedOut, logOut, type UnreachedStore } from "../flows/session/log-out.ts";
import { AwstError } from "../model/errors.ts";
import { countText } from "../model/text/count-text.ts";
import { blockedLines } from "../output/profile/profile-report.ts";
import { untilText } from "../output/session/session-report.ts";
import type { Style } from "../output/style.ts";
import type { Context } from "../ports.ts";

export const command = defineCommand({
  name: "logout",
  group: "Sessions",
  summary: "delete cached sessions",
  details:
    "Without --all the MFA session stays, so profiles keep working without a code for a while; a note says until when. Credentials already in use stay valid at AWS until they expire. Without account and role, it also works after the configuration was deleted.",
  arguments: optionalAccountAndRole,
  options: {
    all: flag("delete MFA sessions too, and lock the keychain"),
  },
  conflicts: { all: ["account"] },
  examples: [
    { line: "awst logout main-account DeveloperAccess", meaning: "one role" },
    { line: "awst logout main-account", meaning: "every role of an account" },
    { line: "awst logout --all", meaning: "every session; the next use needs a code" },
  ],
  async run(context: Context, { account, role, identity, all }) {
    const done = await logOut(context, { account, role, identity, all });
    const now = context.clock().awsNow;
    const notesOf = (style: Style) => [
      ...forgottenLines(done.forgotten, now, style),
      ...done.profilesWithoutKeys.map((name) =>
        style.ok(
          `removed the credentials of profile ${JSON.stringify(name)} from the credentials file`,
        ),
      ),
      ...blockedLines(done.conflicts, "the credentials of profile", context.paths).map(style.warn),
      ...(done.forgotten.length + done.unreached.length === 0
        ? ["no cached session to delete"]
        : []),
      ...done.unreached.map((each) => style.warn(unreachedLine(each))),
      ...done.usableRoles.map(({ name, until }) =>
        style.warn(`${name} still works without a code until ${untilText(until, now)}`),
      ),
      ...(done.usableRoles.length > 0 ? ["to end the MFA session too: awst logout --all"] : []),
    ];
    const failure = unreachedError(done.unreached) ?? blockedError(done.conflicts.length);
    return { notes: notesOf, failure };
  },
});

/** Names the sessions that a store keeps, as far as they are known. */
function unreachedLine({ store, sessions }: UnreachedStore): string {
  const where = storeName(store);
  if (sessions.length === 0) return `sessions may still be in ${where}`;
  const [first = "", ...others] = sessions;
  const name = isMfaSession(first) ? first : `the session of ${first}`;
  if (others.length === 0) return `${name} is still in ${where}`;
  return `${name} and ${countText(others.length, "other session")} are still in ${where}`;
}

/** The error of a store says why it was not reached, and what to do. */
function unreachedError([first, ...others]: readonly UnreachedStore[]): AwstError | undefined {
  if (first === undefined) return undefined;
  const { code, message, hint } = first.error;
  const more = others.map(({ error }) => error.message);
  return new AwstError(code, message, { hint, more, cause: first.error });
}

function storeName(store: UnreachedStore["store"]): string {
  return store === "file" ? "the sealed file" : "the system's keychain";
}

/** The error of a logout after which a file still holds credentials. */
function blockedError(count: number): AwstError | undefined {
  if (count === 0) return undefined;
  const what = countText(count, "profile");
  return new AwstError(
    "PROFILE_CONFLICT",
    `the sessions are deleted, but credentials stay in ${what}`,
  );
}

function isMfaSession(name: string): boolean {
  return name.startsWith("the MFA session ");
}

/** More sessions than this are counted, not listed. */
const maxListed = 20;

function forgottenLines(
  forgotten: LoggedOut["forgotten"],
  now: Date,
  style: Style,
): readonly string[] {
  const line = (what: string, until: Date) =>
    `${style.ok(`deleted ${what}`)}; credentials already in use expire at AWS at ${untilText(until, now)}`;
  const isMfa = ({ name }: LoggedOut["forgotten"][number]) => isMfaSession(name);
  const roles = forgotten.filter((each) => !isMfa(each));
  const listed = roles.length > maxListed ? roles.slice(0, maxListed - 1) : roles;
  const counted = roles.slice(listed.length);
  const last = new Date(Math.max(...counted.map(({ keysUntil }) => keysUntil.getTime())));
  return [
    ...listed.map(({ name, keysUntil }) => line(`the session of ${name}`, keysUntil)),
    ...(counted.length > 0 ? [line(`${counted.length} more role sessions`, last)] : []),
    ...forgotten.filter(isMfa).map(({ name, keysUntil }) => line(name, keysUntil)),
  ];
}
