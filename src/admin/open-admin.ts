// Makes the context of the administrator's flows. The credentials are a role session that awst makes (--as,
// AWST_ADMIN_AS, `[admin] as`), or else what the shell has. There is no second set of credentials.

import { openClock } from "../adapters/file/state.ts";
import { command as credentialProcess } from "../commands/credential-process.ts";
import { loadConfiguration } from "../flows/session/load-configuration.ts";
import { obtainSession } from "../flows/session/obtain-session.ts";
import { pickTarget } from "../flows/target/pick-target.ts";
import { whoami } from "../flows/whoami/whoami.ts";
import { roleNameProblem } from "../model/aws/session-limits.ts";
import type { Configuration } from "../model/configuration/configuration.ts";
import { splitAtAccount } from "../model/configuration/decode-aliases.ts";
import { findAccount, unknownAccount } from "../model/configuration/find-in-configuration.ts";
import { AwstError, isAwstError } from "../model/errors.ts";
import type { Secret } from "../model/secret.ts";
import { parseRoleArn } from "../model/session/role-arn.ts";
import type { Keys } from "../model/session/session.ts";
import { commandLine } from "../model/text/command-line.ts";
import type { Context, Keychain } from "../ports.ts";
import { openGrantRecords } from "./adapters/grant-records.ts";
import { openReadingStore } from "./adapters/reading-store.ts";
import { openNoticeRecords, openUserRecords } from "./adapters/user-records.ts";
import { paceIam } from "./flows/pace-iam.ts";
import {
  type AdminSettings,
  decodeAdminSettings,
  findAdminProblems,
} from "./model/admin-settings.ts";
import { isOneRole } from "./model/grants.ts";
import type { NotifySettings } from "./model/notify-settings.ts";
import type { AdminCaller, AdminContext, AdminIam, AdminServices, UserNotifier } from "./ports.ts";
import { stoppable, uninterrupted } from "./stop-calls.ts";

export interface AdminRequest {
  /** --as ACCOUNT/ROLE */
  readonly as: string | undefined;
  readonly identity: string | undefined;
  readonly code: Secret | undefined;
}

export interface OpenedAdmin {
  readonly admin: AdminContext;
  readonly settings: AdminSettings;
  readonly session: AdminSession;
}

/** A session that calls are made with, and whose it is. */
export interface AdminSession extends AdminKeys {
  readonly arn: string;
  readonly accountId: string;
}

/** Errors: CONFIGURATION_INVALID, those of a session, CREDENTIALS_MISSING, AWS_*. */
export async function openAdmin(context: Context, request: AdminRequest): Promise<OpenedAdmin> {
  const settings = await readAdminSettings(context);
  const as = request.as ?? context.env["AWST_ADMIN_AS"] ?? settings.as;
  const keys = as === undefined ? await shellKeys(context) : await roleKeys(context, as, request);
  const session = await identify(context, keys);
  const admin = await adminOf(context, session);
  return {
    settings,
    session,
    admin: as === undefined ? { ...admin, iam: withRoleHint(admin.iam) } : admin,
  };
}

/** What the shell has is mostly the user himself, who may do less than an administrator's role. */
function withRoleHint(iam: AdminIam): AdminIam {
  const calls = Object.entries(iam).map(([name, call]) => [
    name,
    async (...args: readonly unknown[]) => {
      try {
        return await call(...args);
      } catch (error) {
        if (!isAwstError(error, "AWS_DENIED") || error.hint !== undefined) throw error;
        const { code, message, effect, more } = error;
        const hint = "with an administrator's role: --as ACCOUNT/ROLE";
        throw new AwstError(code, message, { hint, cause: error, effect, more });
      }
    },
  ]);
  return Object.fromEntries(calls) as AdminIam;
}

/** `as`: a role that awst makes sessions of. Errors: those of a session, AWS_*. */
export async function openRoleSession(
  context: Context,
  as: string,
  request: AdminRequest,
): Promise<AdminSession> {
  return identify(context, await roleKeys(context, as, request));
}

async function identify(context: Context, keys: AdminKeys): Promise<AdminSession> {
  const aws = await context.aws(keys.keys, keys.region);
  const { arn, accountId } = await aws.getCallerIdentity();
  context.debug(`admin: ${arn}`);
  return { ...keys, arn, accountId };
}

/** Returns the flows' context for the account of the session. */
export async function adminOf(context: Context, session: AdminSession): Promise<AdminContext> {
  const { keyId, arn, accountId } = session;
  const options = callOptions(context);
  return {
    iam: await openIam(context, session, options),
    caller: callerOf(arn, accountId, keyId),
    accountId,
    clock: options.time.clock,
    sleep: context.sleep,
    uninterrupted,
    deadline: undefined,
    say: context.say,
    debug: context.debug,
    record: (event, facts) =>
      context.state.record(event, { account: accountId, by: arn, ...facts }),
    records: openUserRecords(context),
    grantRecords: openGrantRecords(context),
    notices: openNoticeRecords(context, () => openKeychain(context)),
    readings: openReadingStore(context, accountId, arn),
  };
}

async function openKeychain(context: Context): Promise<Keychain> {
  try {
    return await context.keychain((await loadConfiguration(context)).keychainBackend);
  } catch (error) {
    if (!isAwstError(error, "CONFIGURATION_MISSING")) throw error;
    return context.keychain("auto");
  }
}

/** Returns the services of the session's account and region. */
export async function servicesOf(
  context: Context,
  { keys, region }: AdminSession,
): Promise<AdminServices> {
  const { openAdminServices } = await import("./adapters/admin-services.ts");
  return openAdminServices(keys, region, callOptions(context));
}

/** undefined: `notify = "none"`. The parameter and the topic are those of the session's account. */
export async function notifierOf(
  context: Context,
  session: AdminSession,
  settings: NotifySettings,
): Promise<UserNotifier | undefined> {
  if (settings.notify === "none") return undefined;
  const { openNotifier } = await import("./adapters/notifiers.ts");
  const { env, sleep, debug } = context;
  return openNotifier(settings, await servicesOf(context, session), { env, sleep, debug });
}

export function callOptions(context: Context) {
  const time = openClock({ state: context.state, now: context.now, say: context.say });
  const { env, debug } = context;
  return { env, debug, time, limits: { callMs: 60_000, responseBytes: 32 * 1024 * 1024 } };
}

async function openIam(
  context: Context,
  { keys, region }: Pick<AdminKeys, "keys" | "region">,
  options = callOptions(context),
): Promise<AdminIam> {
  const { openAdminIam } = await import("./adapters/admin-iam.ts");
  return paceIam(stoppable(openAdminIam(keys, region, options)), context.sleep);
}

/** IAM of the account of a granted role (--role-as). Errors: those of a session. */
export async function openRoleAccount(
  context: Context,
  request: AdminRequest & { readonly as: string },
): Promise<{ readonly accountId: string; readonly iam: AdminIam }> {
  const session = await openRoleSession(context, request.as, request);
  return { accountId: session.accountId, iam: await openIam(context, session) };
}

export interface RoleToGrant {
  readonly arn: string;
  /** As the user of awst types them. */
  readonly account: string;
  readonly role: string;
}

/**
 * Returns the role of `ACCOUNT/ROLE` (a name of the configuration or 12 digits) or of an ARN. Nothing is guessed: who is
 * granted a role must not depend on which names are alike. `lineFor`: the typed line with another role, for a hint. Errors: USAGE, ACCOUNT_UNKNOWN,
 * CONFIGURATION_INVALID.
 */
export async function findRoleToGrant(
  context: Context,
  typed: string,
  partition: string,
  lineFor: (role: string) => readonly string[],
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
    const named = accounts.has(typed) ? `${typed}/ROLE` : `ACCOUNT/${typed || "ROLE"}`;
    throw new AwstError("USAGE", `${JSON.stringify(typed)} is not ACCOUNT/ROLE`, {
      hint: commandLine(lineFor(named)),
    });
  }
  const problem = roleNameProblem(names.role);
  if (problem !== undefined) {
    throw new AwstError("USAGE", `${JSON.stringify(names.role)} ${problem}`);
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

/** Without a configuration file, the defaults. Errors: CONFIGURATION_INVALID, with lines and columns. */
export async function readAdminSettings(context: Context): Promise<AdminSettings> {
  try {
    const file = await context.configurationFile();
    const { configuration } = await file.load(async (table, path) =>
      findAdminProblems(table, path),
    );
    return decodeAdminSettings(configuration.admin, configuration.path);
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
  const target = pickTarget(context, { ...names, withoutNames: "picker" });
  const { account, role } = await target.catch((error: unknown) => {
    throw asRole(error);
  });
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

/** A hint that names a role for `awst assume` names it for --as. */
function asRole(error: unknown): unknown {
  const [, role] = (isAwstError(error) && /^awst assume (\S+ \S+)$/.exec(error.hint ?? "")) || [];
  if (!isAwstError(error) || role === undefined) return error;
  const hint = `--as ${role.replace(" ", "/")}`;
  return new AwstError(error.code, error.message, { hint, cause: error });
}

/** What AWS tools of this shell use: a profile, variables, an instance's role. */
async function shellKeys(context: Context): Promise<AdminKeys> {
  // A profile of awst's own is answered in this process, as `awst whoami` does.
  const answer = async (line: readonly string[]) => {
    const { runOwnProcess } = await import("../commands/whoami.ts");
    return runOwnProcess(context, line, { command: credentialProcess });
  };
  const { keys, region, arn } = await whoami(context, undefined, answer).catch((error: unknown) => {
    if (!isAwstError(error, "CREDENTIALS_MISSING")) throw error;
    const message = "no role of an administrator is chosen, by --as or [admin] as";
    const hint = "--as main-account/AdminAccess";
    throw new AwstError("CREDENTIALS_MISSING", message, { hint, cause: error });
  });
  return { keys, region, keyId: arn.includes(":user/") ? keys.accessKeyId : undefined };
}

/** `arn:aws:sts::1…:assumed-role/ROLE/SESSION`, `arn:aws:iam::1…:user/team/NAME`. */
function callerOf(arn: string, accountId: string, keyId: string | undefined): AdminCaller {
  const [kind, ...rest] = (arn.split(":")[5] ?? "").split("/");
  const roleName = kind === "assumed-role" ? rest[0] : undefined;
  return { arn, accountId, name: rest.at(-1) ?? "", roleName, keyId };
}
