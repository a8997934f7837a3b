// Makes the context of the administrator's flows. The credentials are a role session that awst makes (--as,
// AWST_ADMIN_AS, `[admin] as`), or else what the shell has. There is no second set of credentials.

import { type OpenClock, openClock } from "../adapters/file/state.ts";
import { loadConfiguration } from "../flows/session/load-configuration.ts";
import { obtainSession } from "../flows/session/obtain-session.ts";
import { pickTarget } from "../flows/session/pick-target.ts";
import { whoami } from "../flows/session/whoami.ts";
import { roleNameComplaint } from "../model/aws/session-limits.ts";
import type { Configuration } from "../model/configuration/configuration.ts";
import { splitAtAccount } from "../model/configuration/decode-aliases.ts";
import { findAccount, unknownAccount } from "../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError } from "../model/errors.ts";
import type { Secret } from "../model/secret.ts";
import { parseRoleArn } from "../model/session/role-arn.ts";
import type { Keys } from "../model/session/session.ts";
import type { Context } from "../ports.ts";
import { openGrantRecords } from "./adapters/grant-records.ts";
import { openUserRecords } from "./adapters/user-records.ts";
import { paceIam } from "./flows/pace-iam.ts";
import { type AdminSettings, decodeAdminSettings } from "./model/admin-settings.ts";
import { isOneRole } from "./model/grants.ts";
import type { AdminCaller, AdminContext, AdminIam } from "./ports.ts";

export interface AdminRequest {
  /** --as ACCOUNT/ROLE */
  readonly as: string | undefined;
  readonly identity: string | undefined;
  readonly code: Secret | undefined;
}

export interface OpenedAdmin {
  readonly admin: AdminContext;
  readonly settings: AdminSettings;
}

/** Errors: CONFIGURATION_INVALID, those of a session, CREDENTIALS_MISSING, AWS_*. */
export async function openAdmin(context: Context, request: AdminRequest): Promise<OpenedAdmin> {
  const settings = await readAdminSettings(context);
  const as = request.as ?? context.env["AWST_ADMIN_AS"] ?? settings.as;
  const { keys, region, keyId } =
    as === undefined ? await shellKeys(context) : await roleKeys(context, as, request);
  const { debug } = context;
  const time = openClock({ state: context.state, now: context.now, say: context.say });
  const iam = await openIam(context, keys, region, time);
  const { arn, accountId } = await (await context.aws(keys, region)).getCallerIdentity();
  const caller = callerOf(arn, accountId, keyId);
  debug(`admin: ${arn}`);
  return {
    settings,
    admin: {
      iam,
      caller,
      accountId,
      clock: time.clock,
      sleep: context.sleep,
      deadline: undefined,
      say: context.say,
      debug,
      record: (event, facts) =>
        context.state.record(event, { account: accountId, by: arn, ...facts }),
      records: openUserRecords(context),
      grantRecords: openGrantRecords(context),
    },
  };
}

async function openIam(
  context: Context,
  keys: Keys,
  region: string,
  time: OpenClock,
): Promise<AdminIam> {
  const { openAdminIam } = await import("./adapters/admin-iam.ts");
  const { env, debug } = context;
  const limits = { callMs: 60_000 };
  return paceIam(openAdminIam(keys, region, { env, debug, time, limits }), context.sleep);
}

/** IAM of the account of a granted role (--role-as). Errors: those of a session. */
export async function openRoleAccount(
  context: Context,
  request: AdminRequest & { readonly as: string },
): Promise<{ readonly accountId: string; readonly iam: AdminIam }> {
  const { keys, region } = await roleKeys(context, request.as, request);
  const time = openClock({ state: context.state, now: context.now, say: context.say });
  const { accountId } = await (await context.aws(keys, region)).getCallerIdentity();
  return { accountId, iam: await openIam(context, keys, region, time) };
}

export interface RoleToGrant {
  readonly arn: string;
  /** As the user of awst types them. */
  readonly account: string;
  readonly role: string;
}

/**
 * Returns the role of `ACCOUNT/ROLE` (a name of the configuration or 12 digits) or of an ARN. Nothing is guessed: who is
 * granted a role must not depend on which names are alike. Errors: USAGE, ACCOUNT_UNKNOWN, CONFIGURATION_INVALID.
 */
export async function findRoleToGrant(
  context: Context,
  typed: string,
  partition: string,
): Promise<RoleToGrant> {
  const accounts = await readAccounts(context);
  const arn = parseRoleArn(typed);
  if (arn !== undefined && !arn.isSession) {
    const name = [...accounts.values()].find(({ id }) => id === arn.accountId)?.name;
    return named(typed, name ?? arn.accountId, arn.role);
  }
  const names = splitAtAccount(typed, accounts.keys()) ?? splitAtAccount(typed, idsIn(typed));
  if (names === undefined) {
    const [account = ""] = typed.split("/");
    if (account !== typed && account !== "") throw unknownAccount([...accounts.keys()], account);
    throw new AwstError("USAGE", `${JSON.stringify(typed)} is not ACCOUNT/ROLE`, {
      hint: "awst admin grant alice production/AdminAccess --for 30m --reason TEXT",
    });
  }
  const complaint = roleNameComplaint(names.role);
  if (complaint !== undefined) {
    throw new AwstError("USAGE", `${JSON.stringify(names.role)} ${complaint}`);
  }
  const { id } = findAccount({ accounts }, names.account);
  return named(`arn:${partition}:iam::${id}:role/${names.role}`, names.account, names.role);
}

function named(arn: string, account: string, role: string): RoleToGrant {
  if (isOneRole(arn)) return { arn, account, role };
  const message = `${JSON.stringify(role)} has *, ? or $ in its path, which a policy reads as a pattern`;
  throw new AwstError("USAGE", message);
}

function idsIn(typed: string): readonly string[] {
  return /^\d{12}(?=\/)/.exec(typed) ?? [];
}

/** Names of accounts by id. */
export async function readAccounts(context: Context): Promise<Configuration["accounts"]> {
  try {
    return (await loadConfiguration(context)).accounts;
  } catch (error) {
    if (!isAwstError(error, "CONFIGURATION_MISSING")) throw error;
    return new Map();
  }
}

/** Without a configuration file, the defaults. Errors: CONFIGURATION_INVALID. */
export async function readAdminSettings(context: Context): Promise<AdminSettings> {
  try {
    const { admin, path } = await loadConfiguration(context);
    return decodeAdminSettings(admin, path);
  } catch (error) {
    if (!isAwstError(error, "CONFIGURATION_MISSING")) throw error;
    return decodeAdminSettings(undefined, "");
  }
}

interface AdminKeys {
  readonly keys: Keys;
  readonly region: string;
  readonly keyId: string | undefined;
}

/** `as`: a role as `awst assume` finds it: `account/Role`, an alias, an ARN. */
async function roleKeys(context: Context, as: string, request: AdminRequest): Promise<AdminKeys> {
  const { identity, code } = request;
  const names = { account: as, role: undefined, identity, command: "assume" };
  const { account, role } = await pickTarget(context, { ...names, withoutNames: "picker" });
  const { session } = await obtainSession(context, {
    account,
    role,
    identity,
    flags: {},
    code,
    refresh: false,
    requester: "user",
    keysAreFixed: true,
  });
  return { keys: session.keys, region: session.region, keyId: session.signedBy };
}

/** What AWS tools of this shell use: a profile, variables, an instance's role. */
async function shellKeys(context: Context): Promise<AdminKeys> {
  // A profile of awst's own is answered in this process, as `awst whoami` does.
  const answer = async (line: readonly string[]) => {
    const { answerOwnLine } = await import("../commands/whoami.ts");
    const module = await import("../commands/credential-process.ts");
    return answerOwnLine(context, line, module);
  };
  const { keys, region, arn } = await whoami(context, undefined, answer).catch((error: unknown) => {
    if (!isAwstError(error, "CREDENTIALS_MISSING")) throw error;
    throw new AwstError("CREDENTIALS_MISSING", "no role of an administrator is chosen", {
      hint: "--as main-account/AdminAccess, or [admin] as in the configuration",
      cause: error,
    });
  });
  return { keys, region, keyId: arn.includes(":user/") ? keys.accessKeyId : undefined };
}

/** `arn:aws:sts::1…:assumed-role/ROLE/SESSION`, `arn:aws:iam::1…:user/team/NAME`. */
function callerOf(arn: string, accountId: string, keyId: string | undefined): AdminCaller {
  const [kind, ...rest] = (arn.split(":")[5] ?? "").split("/");
  const roleName = kind === "assumed-role" ? rest[0] : undefined;
  return { arn, accountId, name: rest.at(-1) ?? "", roleName, keyId };
}
