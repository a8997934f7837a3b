// Reports that a session ends before the duration that a user asked for, with the reason and the line that gets more.
// What was asked for is in the configuration, so a warm start with a duration of its own reads it too.

import { AwstError } from "../../model/errors.ts";
import { mfaSessionItem } from "../../model/keychain/items.ts";
import type { LiveMfaSession } from "../../model/session/live-sessions.ts";
import { resolveTarget } from "../../model/session/resolve-target.ts";
import { retryLine } from "../../model/session/retry-line.ts";
import { type SessionIndex, sessionIndexFile } from "../../model/session/session-index.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { type Shortfall, shortfallOf } from "../../model/session/shortfall.ts";
import type { Target } from "../../model/session/target.ts";
import { formatDuration } from "../../model/text/duration.ts";
import { untilText } from "../../output/session/session-report.ts";
import type { Needs } from "../../ports.ts";
import { loadConfiguration } from "./load-configuration.ts";

/** Reports to users alone: programs ask for what a profile says. */
export function reportShortfall(
  context: Needs<"state" | "clock" | "say">,
  request: SessionRequest,
  obtained: ObtainedSession,
): void {
  const { target, session, identity } = obtained;
  if (target === undefined || request.requester === "machine") return;
  const mfa = mfaSessionOf(context.state.read(sessionIndexFile), identity);
  const shortfall = shortfallOf({ target, session, keysAreFixed: request.keysAreFixed, mfa });
  if (shortfall === undefined) return;
  const { awsNow } = context.clock();
  for (const line of shortfallLines(shortfall, request, target, awsNow)) context.say(line);
}

/** Does the same for a cached session, and returns it. The session works also where the configuration has a mistake, so
 *  that is not reported here. */
export async function reportCachedShortfall(
  context: Needs<"configurationFile" | "env" | "state" | "clock" | "say">,
  request: SessionRequest,
  cached: ObtainedSession,
): Promise<ObtainedSession> {
  reportShortfall(context, request, {
    ...cached,
    target: await findTarget(context, request, cached),
  });
  return cached;
}

function mfaSessionOf(index: SessionIndex, identity: string): LiveMfaSession | undefined {
  const { codeAt, expiresAt } = index[mfaSessionItem(identity)] ?? {};
  if (codeAt === undefined || expiresAt === undefined) return undefined;
  return { codeAt: new Date(codeAt), expiresAt: new Date(expiresAt) };
}

async function findTarget(
  context: Needs<"configurationFile" | "env">,
  { flags }: SessionRequest,
  { account, role, identity }: ObtainedSession,
): Promise<Target | undefined> {
  try {
    const configuration = await loadConfiguration(context);
    return resolveTarget(configuration, { account, role, identity, flags, env: context.env });
  } catch (error) {
    if (!(error instanceof AwstError)) throw error;
    return undefined;
  }
}

function shortfallLines(
  shortfall: Shortfall,
  request: SessionRequest,
  target: Target,
  now: Date,
): readonly string[] {
  const wanted = formatDuration(target.durationSeconds);
  if (shortfall.why === "role-maximum") {
    return [
      `MaxSessionDuration of ${shortfall.roleArn} is less than ${wanted}, so awst uses sessions of 1 h, which renew in profiles`,
    ];
  }
  if (shortfall.why === "mfa-session") {
    return [
      `the MFA session expires at ${untilText(shortfall.until, now)}, less than ${wanted} after its code`,
      `for ${wanted}, with a new code: ${retryLine({ ...request, refresh: true }, target)}`,
    ];
  }
  const length = formatDuration(shortfall.seconds);
  const kind = target.writesKeys ? "credentials in plain text" : "credentials that can't renew";
  const remedy = shortfall.remedy && `; --single makes one session of ${wanted}`;
  return [
    `${kind} last ${length}, not ${wanted}${remedy ?? ""}; profiles and awst exec --server renew them`,
  ];
}
