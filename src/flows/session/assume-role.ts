// AssumeRole, hop by hop, and the session that comes of it put away.

import { sessionNameOf } from "../../model/aws/session-limits.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import {
  awsFactsName,
  decodeAwsFacts,
  withoutRefusal,
  withRefusal,
} from "../../model/session/aws-facts.ts";
import { retryLine } from "../../model/session/retry-line.ts";
import type { Keys, MfaSession, RoleSession } from "../../model/session/session.ts";
import { chainCapSeconds, type Plan } from "../../model/session/session-plan.ts";
import type { SessionRequest } from "../../model/session/session-request.ts";
import type { RoleInputs, Target } from "../../model/session/target.ts";
import type { Needs } from "../../ports.ts";
import { askAws } from "./ask-aws.ts";
import { cacheRoleSession } from "./cache-session.ts";
import { lookupUser, updateAwsFacts } from "./lookup-user.ts";
import type { IdentityContext } from "./open-identity-context.ts";

export interface RoleWish {
  readonly target: Target;
  readonly item: string;
  readonly scope: string | undefined;
  readonly seconds: number;
  readonly renewableUntil: Date | undefined;
  readonly mfa?: { readonly device: string; readonly code: Secret } | undefined;
  readonly purpose: string;
}

/** Errors: AWS_*, as the adapter tells them. */
export async function assumeRole(
  context: Needs<"aws" | "iam" | "state" | "now" | "say" | "terminal">,
  identityContext: IdentityContext,
  keys: Keys,
  wish: RoleWish,
): Promise<RoleSession> {
  const { target } = wish;
  const user = await lookupUser(context, identityContext);
  let signer = keys;
  for (const hop of target.chain) {
    const seconds = Math.min(chainCapSeconds, wish.seconds);
    signer = (await assumeHop(context, identityContext, signer, hop, user.userName, seconds)).keys;
  }
  const { region } = identityContext;
  const ask = { ...asked(target.inputs, user.userName, wish.seconds), mfa: wish.mfa };
  const answer = await askAws(context, signer, region, (aws) => aws.assumeRole(ask));
  const session: RoleSession = {
    keys: answer.keys,
    issuedAt: answer.at,
    renewableUntil: wish.renewableUntil,
    assumedRoleArn: answer.assumedRoleArn,
    accountId: target.account.id,
    region: target.workRegion,
    fingerprint: target.fingerprint,
    signedBy: identityContext.key.accessKeyId,
    configurationStamp: identityContext.configurationStamp,
    environment: identityContext.environment,
  };
  const names = {
    identity: target.identity.name,
    account: target.account.name,
    role: target.role.name,
    scope: wish.scope,
  };
  await cacheRoleSession(context, identityContext.keychain, wish.item, session, names);
  context.state.record("role-session-issued", {
    identity: names.identity,
    account: names.account,
    role: names.role,
    accessKeyId: answer.keys.accessKeyId,
    expiresAt: answer.keys.expiresAt.toISOString(),
    for: wish.purpose,
  });
  return session;
}

async function assumeHop(
  context: Needs<"aws" | "state" | "now" | "say">,
  identityContext: IdentityContext,
  signer: Keys,
  hop: RoleInputs,
  userName: string,
  seconds: number,
) {
  return askAws(context, signer, identityContext.region, (aws) =>
    aws.assumeRole({ ...asked(hop, userName, seconds), mfa: undefined }),
  );
}

function asked(inputs: RoleInputs, userName: string, durationSeconds: number) {
  return { ...inputs, sessionName: inputs.sessionName ?? sessionNameOf(userName), durationSeconds };
}

type MemoryNeeds = Needs<"state" | "now">;

export async function wasRefused(context: MemoryNeeds, wish: Wish): Promise<boolean> {
  return readRefusal(context, wish) !== undefined;
}

/** It was granted after all. */
export async function forgetRefusal(context: MemoryNeeds, wish: Wish): Promise<void> {
  if (readRefusal(context, wish) === undefined) return;
  await updateAwsFacts(context, (learned) => withoutRefusal(learned, wish.target.fingerprint));
}

/** The error to end with. */
export async function rememberRefusal(
  context: MemoryNeeds,
  wish: Wish,
  cause: AwstError,
): Promise<AwstError> {
  const { fingerprint } = wish.target;
  await updateAwsFacts(context, (learned) => withRefusal(learned, fingerprint, context.now()));
  return new AwstError("AWS_ROLE_REFUSED", cause.message, { hint: cause.hint, cause });
}

/** The error to end with, where a code would be needed to ask again. */
export async function refusedBefore(context: MemoryNeeds, wish: Wish): Promise<AwstError> {
  const at = (readRefusal(context, wish)?.at ?? "").slice(0, 16).replace("T", " ");
  const message = `AWS refused ${wish.target.inputs.roleArn} at ${at} UTC, to a session that had just been opened: no code is asked for again`;
  const again = retryLine({ ...wish.request, refresh: true }, wish.target);
  return new AwstError("AWS_ROLE_REFUSED", message, { hint: `once it is allowed: ${again}` });
}

function readRefusal(context: MemoryNeeds, wish: Wish) {
  const { refusals } = decodeAwsFacts(context.state.read(awsFactsName), context.now());
  return refusals[wish.target.fingerprint];
}

export interface Wish {
  readonly request: SessionRequest;
  readonly target: Target;
  readonly identityContext: IdentityContext;
  readonly item: string;
  readonly scope: string | undefined;
  /** When a machine's patience ends. */
  readonly deadline: Date | undefined;
  /** `assume main-account DeveloperAccess`: for those that wait, and for the history. */
  readonly words: string;
  /** How long after a code the role may be worked in. */
  readonly workSeconds: number;
}

export interface Situation {
  readonly plan: Plan;
  readonly held: RoleSession | undefined;
  readonly mfa: MfaSession | undefined;
}
