// AssumeRole, hop by hop, and the session that comes of it put away.

import { sessionNameOf } from "../../model/aws/session-name.ts";
import type { Secret } from "../../model/secret.ts";
import type { Keys, RoleSession } from "../../model/session/session.ts";
import { chainCapSeconds } from "../../model/session/session-plan.ts";
import type { RoleInputs, Target } from "../../model/session/target.ts";
import type { Needs } from "../../ports.ts";
import { askAws } from "./ask-aws.ts";
import { keepRoleSession } from "./keep-session.ts";
import { learnUser } from "./learn-user.ts";
import type { Caller } from "./open-caller.ts";

export interface RoleWish {
  readonly target: Target;
  readonly item: string;
  readonly scope: string | undefined;
  readonly seconds: number;
  readonly renewableUntil: Date | undefined;
  readonly mfa?: { readonly device: string; readonly code: Secret } | undefined;
  readonly holder: string;
}

/** Errors: AWS_*, as the adapter tells them. */
export async function assumeRole(
  world: Needs<"aws" | "iam" | "state" | "now" | "say" | "terminal">,
  caller: Caller,
  keys: Keys,
  wish: RoleWish,
): Promise<RoleSession> {
  const { target } = wish;
  const user = await learnUser(world, caller);
  let signer = keys;
  for (const hop of target.chain) {
    const seconds = Math.min(chainCapSeconds, wish.seconds);
    signer = (await assumeHop(world, caller, signer, hop, user.userName, seconds)).keys;
  }
  const { region } = caller;
  const ask = { ...asked(target.inputs, user.userName, wish.seconds), mfa: wish.mfa };
  const answer = await askAws(world, signer, region, (aws) => aws.assumeRole(ask));
  const session: RoleSession = {
    keys: answer.keys,
    issuedAt: answer.at,
    renewableUntil: wish.renewableUntil,
    assumedRoleArn: answer.assumedRoleArn,
    accountId: target.account.id,
    region: target.workRegion,
    fingerprint: target.fingerprint,
    signedBy: caller.key.accessKeyId,
    configurationStamp: caller.configurationStamp,
    environment: caller.environment,
  };
  const names = {
    identity: target.identity.name,
    account: target.account.name,
    role: target.role.name,
    scope: wish.scope,
  };
  await keepRoleSession(world, caller.keychain, wish.item, session, names);
  world.state.record("role-session-issued", {
    identity: names.identity,
    account: names.account,
    role: names.role,
    accessKeyId: answer.keys.accessKeyId,
    expiresAt: answer.keys.expiresAt.toISOString(),
    for: wish.holder,
  });
  return session;
}

async function assumeHop(
  world: Needs<"aws" | "state" | "now" | "say">,
  caller: Caller,
  signer: Keys,
  hop: RoleInputs,
  userName: string,
  seconds: number,
) {
  return askAws(world, signer, caller.region, (aws) =>
    aws.assumeRole({ ...asked(hop, userName, seconds), mfa: undefined }),
  );
}

function asked(inputs: RoleInputs, userName: string, durationSeconds: number) {
  return { ...inputs, sessionName: inputs.sessionName ?? sessionNameOf(userName), durationSeconds };
}
