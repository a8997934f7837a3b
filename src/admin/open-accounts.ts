// Opens the accounts of a run: those of `[admin] accounts`, the active ones of the organization, or the one account of
// the session. Each session is made when its account is reached, and lasts an hour where a role is assumed in it.

import { loadConfiguration } from "../flows/session/load-configuration.ts";
import { maxChainedSeconds } from "../model/aws/session-limits.ts";
import { isAwstError } from "../model/errors.ts";
import type { Context } from "../ports.ts";
import {
  type CentralAccount,
  chosenTargets,
  type ListedTarget,
  listedTargets,
  organizationTargets,
} from "./model/account-targets.ts";
import type { AdminSettings } from "./model/admin-settings.ts";
import {
  type AdminRequest,
  type AdminSession,
  adminOf,
  openAdmin,
  openRoleSession,
  servicesOf,
} from "./open-admin.ts";
import type { AdminAccounts } from "./ports.ts";

export interface OpenedAccounts extends AdminAccounts {
  readonly settings: AdminSettings;
  /** Of the administrator: where the notices' parameter and the organization are read. */
  readonly session: AdminSession;
}

/** `chosen`: --account. `deadline`: undefined for none. Errors: those of `openAdmin`, ACCOUNT_UNKNOWN, AWS_*. */
export async function openAccounts(
  context: Context,
  request: AdminRequest,
  how: { readonly chosen: readonly string[]; readonly deadline: Date | undefined },
): Promise<OpenedAccounts> {
  const { admin, settings, session } = await openAdmin(context, request);
  const central = { id: session.accountId, partition: session.arn.split(":")[1] ?? "aws" };
  const known = await readAccountIds(context);
  const listed = await listTargets(context, session, settings, central, known);
  const targets = chosenTargets(
    listed.map(({ target }) => target),
    how.chosen,
  );
  const { deadline } = how;
  return {
    settings,
    session,
    targets,
    async open(target) {
      const as = listed.find((each) => each.target.id === target.id)?.as;
      if (as !== undefined) {
        const own = await openRoleSession(context, as, request);
        return { ...(await adminOf(context, own)), deadline };
      }
      if (target.roleArn === undefined) return { ...admin, deadline };
      const assumed = await assumeRole(context, session, target.roleArn);
      return { ...(await adminOf(context, assumed)), deadline };
    },
  };
}

async function listTargets(
  context: Context,
  session: AdminSession,
  { accounts, orgRole }: AdminSettings,
  central: CentralAccount,
  known: ReadonlyMap<string, string>,
): Promise<readonly ListedTarget[]> {
  if (accounts === undefined) {
    const name = [...known].find(([, id]) => id === central.id)?.[0] ?? central.id;
    return [{ target: { id: central.id, name, roleArn: undefined }, as: undefined }];
  }
  if (accounts !== "organization") return listedTargets(accounts, known, central, orgRole);
  const all = await (await servicesOf(context, session)).listAccounts();
  const targets = organizationTargets(all, central, orgRole);
  return targets.map((target) => ({ target, as: undefined }));
}

/** Ids by the names of the configuration; none without one. */
async function readAccountIds(context: Context): Promise<ReadonlyMap<string, string>> {
  try {
    const { accounts } = await loadConfiguration(context);
    return new Map([...accounts].map(([name, { id }]) => [name, id]));
  } catch (error) {
    if (!isAwstError(error, "CONFIGURATION_MISSING")) throw error;
    return new Map();
  }
}

async function assumeRole(
  context: Context,
  session: AdminSession,
  roleArn: string,
): Promise<AdminSession> {
  const aws = await context.aws(session.keys, session.region);
  const { keys, assumedRoleArn } = await aws.assumeRole({
    roleArn,
    sessionName: session.arn.split("/").at(-1) ?? "awst-admin",
    durationSeconds: maxChainedSeconds,
    externalId: undefined,
    policyArns: [],
    policy: undefined,
    tags: {},
    sourceIdentity: undefined,
    mfa: undefined,
  });
  return {
    keys,
    region: session.region,
    keyId: session.keyId,
    arn: assumedRoleArn,
    accountId: assumedRoleArn.split(":")[4] ?? "",
  };
}
