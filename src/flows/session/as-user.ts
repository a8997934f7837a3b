// What an IAM user does with its own keys and devices: inside the MFA session, since policies ask for
// one, and often for a young one: a denial to a session that is not young costs one more code, once.
// Where no session can be had the long-term key tries; what AWS then denies needed the code.

import { clockName, clockOf } from "../../model/clock.ts";
import { type AwstError, isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import type { Keys, MfaSession } from "../../model/session/session.ts";
import { freshCodeSeconds } from "../../model/session/session-plan.ts";
import { formatDuration } from "../../model/text/duration.ts";
import type { Iam } from "../../ports/iam.ts";
import type { Needs } from "../../ports.ts";
import { openIam } from "./ask-aws.ts";
import { lookupUser } from "./lookup-user.ts";
import {
  dropMfaSession,
  type MfaNeeds,
  obtainMfaSession,
  readMfaSession,
} from "./obtain-mfa-session.ts";
import { type IdentityContext, type IdentityNeeds, openIdentity } from "./open-identity-context.ts";
export type UserNeeds = MfaNeeds & IdentityNeeds & Needs<"iam">;

export interface UserRequest {
  /** What this is for, for those that wait and for the history: `key list`. */
  readonly purpose: string;
  /** The line that does the same with a person there. */
  readonly retry: string;
  /** --mfa-code */
  readonly code?: Secret | undefined;
  /** Whose code opens the session, where one is needed, by name or serial; default: as for any other. */
  readonly device?: string | undefined;
  /** Nobody is asked: a session that lives, AWST_MFA_CODE, [mfa] command. */
  readonly unattended?: boolean | undefined;
}

/** `session`: the one `iam` is signed by; undefined: the long-term key. */
export type UserWork<T> = (
  iam: Iam,
  userName: string,
  identityContext: IdentityContext,
  session: MfaSession | undefined,
) => Promise<T>;

/** `work` may run twice: it looks at what is there first, catches the denials it can live with, and what
 *  AWS says of keys other than `iam`'s. Errors: those of `openIdentity`, of `acquireCode` and of `work`. */
export async function asUser<T>(
  context: UserNeeds,
  identityName: string | undefined,
  wish: UserRequest,
  work: UserWork<T>,
): Promise<T> {
  const here = wish.unattended
    ? { ...context, env: { ...context.env, AWST_PROMPT: "none" } }
    : context;
  const identityContext = await openIdentity(here, identityName);
  const { userName } = await lookupUser(here, identityContext);
  const run = async (keys: Keys, session?: MfaSession) =>
    work(await openIam(here, keys, identityContext.region), userName, identityContext, session);

  const kept = await readMfaSession(here, identityContext);
  if (kept === undefined) {
    const opened = await openSession(here, identityContext, wish).catch((error: unknown) =>
      whereThereIsNone(error, wish),
    );
    if ("keys" in opened) return run(opened.keys, opened);
    return run(identityContext.key).catch((error: unknown) => {
      throw isAwstError(error, "AWS_DENIED") ? opened : error;
    });
  }
  try {
    return await run(kept.keys, kept);
  } catch (error) {
    if (!(await isWorthACode(here, identityContext, kept, error))) throw error;
    const opened = await openSession(here, identityContext, wish, kept);
    return run(opened.keys, opened);
  }
}

function openSession(
  context: UserNeeds,
  identityContext: IdentityContext,
  wish: UserRequest,
  refused?: MfaSession,
): Promise<MfaSession> {
  return obtainMfaSession(context, identityContext, {
    purpose: wish.purpose,
    requester: "person",
    deadline: undefined,
    given: wish.code,
    named: wish.device,
    retry: wish.retry,
    workSeconds: [...identityContext.configuration.roles.values()].map(
      (role) => role.durationSeconds,
    ),
    isEnough: (other) => other.keys.accessKeyId !== refused?.keys.accessKeyId,
  });
}

/** The reason there can be no session; anything else is thrown on, also where a device was named. */
function whereThereIsNone(error: unknown, { device }: UserRequest): AwstError {
  const isNone = isAwstError(error, "CODE_NEEDED", "DEVICE_MISSING");
  if (isNone && device === undefined) return error;
  throw error;
}

async function isWorthACode(
  context: UserNeeds,
  identityContext: IdentityContext,
  session: MfaSession,
  error: unknown,
): Promise<boolean> {
  if (isAwstError(error, "AWS_SESSION_EXPIRED", "AWS_KEY_REJECTED")) {
    await dropMfaSession(context, identityContext);
    return true;
  }
  if (!isAwstError(error, "AWS_DENIED")) return false;
  const { awsNow } = clockOf(context.state.read(clockName), context.now());
  const age = (awsNow.getTime() - session.codeAt.getTime()) / 1000;
  if (age <= freshCodeSeconds) return false;
  const action = /^AWS denied \w+/.exec(error.message)?.[0] ?? "AWS denied it";
  context.say(
    `${action} to a session whose code is ${formatDuration(age)} old: a fresh one is needed`,
  );
  return true;
}
