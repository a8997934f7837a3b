// Calls IAM for the user's own keys and devices, inside an MFA session, since policies often require one, and
// often a recent code. A denial to a session whose code is old costs one more code, once. Without any MFA
// session the long-term key tries.

import { allDurations } from "../../model/configuration/find-in-configuration.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import type { MfaSession } from "../../model/session/session.ts";
import { freshCodeSeconds } from "../../model/session/session-plan.ts";
import { formatDuration } from "../../model/text/duration.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Context } from "../../ports.ts";
import { identifyUser } from "./lookup-user.ts";
import { findMfaSession, obtainMfaSession, removeMfaSession } from "./obtain-mfa-session.ts";
import { type IdentityContext, openIdentity } from "./open-identity-context.ts";

export interface UserRequest {
  /** What the calls are for, shown to processes that wait, and for the history: `key list`. */
  readonly purpose: string;
  /** The command that does the same on a terminal. */
  readonly retry: string;
  /** --mfa-code */
  readonly code?: Secret | undefined;
  /** --device: the name or serial of the device whose code opens the session, where one is needed. */
  readonly device?: string | undefined;
  /** Without a prompt: a cached session, AWST_MFA_CODE, [mfa] command. */
  readonly unattended?: boolean | undefined;
}

/** `session`: the one that signs `iam`'s calls; undefined: the long-term key signs them. */
export type UserWork<T> = (
  iam: Iam,
  userName: string,
  identityContext: IdentityContext,
  session: MfaSession | undefined,
) => Promise<T>;

/** Runs `work` with IAM. `work` may run twice: it reads before it writes, and catches the denials that it can
 *  do without. Errors: those of `openIdentity`, of `obtainMfaSession` and of `work`. */
export async function asUser<T>(
  context: Context,
  identityName: string | undefined,
  request: UserRequest,
  work: UserWork<T>,
): Promise<T> {
  const env = request.unattended ? { ...context.env, AWST_PROMPT: "none" } : context.env;
  const own: Context = { ...context, env };
  const identityContext = await openIdentity(own, identityName);
  const { key, region } = identityContext;
  const workIn = async (session: MfaSession | undefined) => {
    const signer = session?.keys ?? key;
    const userName = await identifyUser(own, identityContext, signer);
    return work(await own.iam(signer, region), userName, identityContext, session);
  };

  const cached = await findMfaSession(own, identityContext);
  if (cached === undefined) {
    const opened = await openSession(own, identityContext, request).catch((error: unknown) =>
      whyNoSession(error, request),
    );
    if ("keys" in opened) return workIn(opened);
    try {
      return await workIn(undefined);
    } catch (error) {
      // What AWS denies to the long-term key needs a code: the reason why there is none helps more.
      throw isAwstError(error, "AWS_DENIED") ? opened : error;
    }
  }
  try {
    return await workIn(cached);
  } catch (error) {
    if (!(await needsNewCode(own, identityContext, cached, error))) throw error;
    return workIn(await openSession(own, identityContext, request, cached));
  }
}

function openSession(
  context: Context,
  identityContext: IdentityContext,
  request: UserRequest,
  refused?: MfaSession,
): Promise<MfaSession> {
  return obtainMfaSession(context, identityContext, {
    purpose: request.purpose,
    requester: "user",
    deadline: undefined,
    given: request.code,
    named: request.device,
    retry: request.retry,
    usableSeconds: allDurations(identityContext.configuration),
    seen: refused,
    accept: {},
  });
}

/** Returns the reason why there can be no session. Throws every other error, and where a device was named. */
function whyNoSession(error: unknown, { device }: UserRequest): AwstError {
  const isNone = isAwstError(error, "CODE_NEEDED", "DEVICE_MISSING");
  if (isNone && device === undefined) return error;
  throw error;
}

/** Returns whether a session with a new code may help. */
async function needsNewCode(
  context: Context,
  identityContext: IdentityContext,
  session: MfaSession,
  error: unknown,
): Promise<boolean> {
  if (isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED")) {
    await removeMfaSession(context, identityContext);
    return true;
  }
  if (!isAwstError(error, "AWS_DENIED")) return false;
  const age = (context.clock().awsNow.getTime() - session.codeAt.getTime()) / 1000;
  if (age <= freshCodeSeconds) return false;
  const action = /^AWS denied \w+/.exec(error.message)?.[0] ?? "AWS denied the call";
  context.say(
    `${action} to a session whose MFA code is ${formatDuration(age)} old; another code is needed`,
  );
  return true;
}
