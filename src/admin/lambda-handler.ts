// The function in AWS: `handler` does what `awst admin dormant enforce` does for the account that it runs in, by the
// same flows, and continues itself where 15 minutes are too few. `relay` passes on the notices of other accounts.

import { AwstError, isAwstError } from "../model/errors.ts";
import { openAdminIam } from "./adapters/admin-iam.ts";
import { openAdminServices } from "./adapters/admin-services.ts";
import {
  type FunctionContext,
  type FunctionLog,
  invokeLater,
  openFunctionLog,
  openRuntimeClock,
  readRuntimeKeys,
} from "./adapters/function-runtime.ts";
import { openNotifier } from "./adapters/notifiers.ts";
import { openSignedCalls } from "./adapters/signed-call.ts";
import {
  type AccountsPlan,
  type AccountsResult,
  type EnforcementRequest,
  enforceAccounts,
  firstError,
  planAccounts,
} from "./flows/enforce-accounts.ts";
import { paceIam } from "./flows/pace-iam.ts";
import { defaultLimit, stepStates } from "./model/dormant-steps.ts";
import {
  decodeFunctionSettings,
  type FunctionEvent,
  type FunctionSettings,
  nextEvent,
  parseFunctionEvent,
} from "./model/function-settings.ts";
import { decodeNotice, encodeNotice } from "./model/relayed-notice.ts";
import { formatCursor } from "./model/run-cursor.ts";
import type { AdminAccounts, AdminContext, UserNotifier } from "./ports.ts";

/** Left for the last log lines and for the next round's invocation. */
const endMs = 15_000;

/** Throws where a user or the account was not finished: Lambda counts that as an error, and the alarm is raised. */
export async function handler(event: unknown, context: FunctionContext): Promise<void> {
  const runtime = openRuntime(context);
  const { log } = runtime;
  try {
    const settings = decodeFunctionSettings(process.env);
    const round = parseFunctionEvent(event);
    log.info("start", { round: round.round, from: round.from && formatCursor(round.from) });
    await runRound(runtime, settings, round);
  } catch (error) {
    throw reported(log, error);
  }
}

/** `event`: of SNS. Throws where a notice was not accepted: SNS repeats it. */
export async function relay(event: unknown, context: FunctionContext): Promise<void> {
  const runtime = openRuntime(context);
  const { log } = runtime;
  try {
    const notifier = openNotifierOf(runtime, decodeFunctionSettings(process.env));
    const records = Object(event).Records as { Sns?: { Message?: unknown } }[] | undefined;
    if (!Array.isArray(records)) throw new AwstError("USAGE", "the event is not one of SNS");
    for (const { Sns } of records) {
      const notice = decodeNotice(String(Sns?.Message));
      await notifier?.send(notice);
      log.info("notice", {
        kind: notice.kind,
        account: notice.account.id,
        users: notice.users.length,
      });
    }
  } catch (error) {
    throw reported(log, error);
  }
}

type Runtime = ReturnType<typeof openRuntime>;

function openRuntime(context: FunctionContext) {
  const now = () => new Date();
  const log = openFunctionLog(context, now, (line) => process.stdout.write(line));
  const { keys, region } = readRuntimeKeys(process.env);
  const time = openRuntimeClock(now);
  const limits = { callMs: 60_000, responseBytes: 32 * 1024 * 1024 };
  const options = { env: process.env, debug: () => {}, time, limits };
  const deadline = new Date(now().getTime() + context.getRemainingTimeInMillis() - endMs);
  return { context, log, now, keys, region, time, options, deadline };
}

async function runRound(
  runtime: Runtime,
  settings: FunctionSettings,
  event: FunctionEvent,
): Promise<void> {
  const { log, now, deadline } = runtime;
  const notifier = openNotifierOf(runtime, settings);
  const request: EnforcementRequest = {
    rules: settings.dormant,
    protectedNames: settings.protectedNames,
    forced: [],
    maxChanges: event.left ?? settings.maxChanges,
    from: event.from,
    deadline,
    deletion: undefined,
    notifier,
    now,
  };
  const plan = await planAccounts(openOwnAccount(runtime), request);
  logPlan(log, plan, settings.isDryRun);
  const [failed] = plan.failed;
  if (failed !== undefined) throw failed.error;
  if (settings.isDryRun) return;
  const result = await enforceAccounts(plan, request, notifier);
  const disabled = logResult(log, result);
  if (result.next !== undefined) {
    const users = plan.accounts.reduce((sum, each) => sum + each.users.length, 0);
    const limit = request.maxChanges ?? defaultLimit(users);
    await continueLater(runtime, event, result.next, Math.max(0, limit - disabled));
  }
  const error = firstError(result);
  if (error !== undefined) throw error;
}

/** Errors: ADMIN_INCOMPLETE after the last round: the alarm is raised, and the next schedule continues. */
async function continueLater(
  { context, log, keys, region, options }: Runtime,
  event: FunctionEvent,
  from: NonNullable<AccountsResult["next"]>,
  left: number,
): Promise<void> {
  const next = nextEvent(event, from, left);
  if (next === undefined) {
    const message = `${event.round} rounds were too few; the rest begins at ${formatCursor(from)}`;
    throw new AwstError("ADMIN_INCOMPLETE", message);
  }
  await invokeLater(openSignedCalls(keys, region, options), context.functionName, next);
  log.info("continued", { round: event.round + 1, from: formatCursor(from) });
}

/** The account of the function. There is no caller to protect, and no record beside the tags. */
function openOwnAccount({
  context,
  log,
  now,
  keys,
  region,
  time,
  options,
  deadline,
}: Runtime): AdminAccounts {
  const id = context.invokedFunctionArn.split(":")[4] ?? "";
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const admin: AdminContext = {
    iam: paceIam(openAdminIam(keys, region, options), sleep),
    caller: undefined,
    accountId: id,
    clock: time.clock,
    sleep,
    uninterrupted: (work) => work(),
    deadline,
    say: (message) => log.info("note", { message }),
    debug: () => {},
    record: (event, facts) => log.info(event, { account: id, at: now().toISOString(), ...facts }),
    records: {
      read: async () => undefined,
      write: () => Promise.reject(new Error("the function writes no records")),
      pathOf: () => "",
    },
    grantRecords: {
      read: async () => new Map(),
      add: () => Promise.reject(new Error("the function writes no records")),
    },
    readings: {
      read: async () => undefined,
      append: () => Promise.reject(new Error("the function writes no records")),
      remove: async () => {},
    },
  };
  return { targets: [{ id, name: id, roleArn: undefined }], open: async () => admin };
}

/** undefined: no notice is sent, and the tag alone is the warning. */
function openNotifierOf(
  { keys, region, options }: Runtime,
  { notify, relayTopic }: FunctionSettings,
): UserNotifier | undefined {
  const services = openAdminServices(keys, region, options);
  const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const direct = openNotifier(notify, services, { env: process.env, sleep, debug: () => {} });
  if (direct === undefined || relayTopic === undefined) return direct;
  return {
    ...direct,
    send: (notice) =>
      services.publish({
        topicArn: relayTopic,
        subject: `awst ${notice.kind} ${notice.account.id}`,
        text: encodeNotice(notice),
      }),
  };
}

function logPlan(log: FunctionLog, { accounts, excess }: AccountsPlan, isDryRun: boolean): void {
  for (const { plan, notes, users } of accounts) {
    for (const message of notes) log.info("note", { message });
    for (const { user, reason } of plan.refused) log.info("refused", { user, reason });
    for (const { user, error } of plan.unread) {
      log.error("unread", { user, code: error.code, message: error.message });
    }
    log.info("plan", { users: users.length, changes: plan.users.length, isDryRun });
    if (!isDryRun) continue;
    for (const { picture, step, failure } of plan.users) {
      const { user, judged } = picture;
      const facts = { user: user.name, step: step.do, reason: judged.reason };
      log.info("would", { ...facts, ...(failure && { error: failure.message }) });
    }
  }
  if (isDryRun && excess !== undefined) log.info("note", { message: excess.message });
}

/** Returns how many users were disabled. */
function logResult(log: FunctionLog, { accounts, next }: AccountsResult): number {
  const results = accounts.flatMap((each) => each.results);
  for (const { user, state, step, done, error } of results) {
    const facts = { user, step: step.do, state };
    if (error === undefined) log.info("user", facts);
    else
      log.error("user", {
        ...facts,
        code: error.code,
        message: error.message,
        done: done.join("; "),
      });
  }
  const counts = stepStates.map(
    (wanted) => [wanted, results.filter(({ state }) => state === wanted).length] as const,
  );
  log.info("end", { ...Object.fromEntries(counts), next: next && formatCursor(next) });
  return results.filter(({ step, state }) => step.do === "disable" && state === "done").length;
}

/** Writes the error, and returns it for Lambda, which writes its message and stack again. */
function reported(log: FunctionLog, error: unknown): unknown {
  if (!isAwstError(error)) return error;
  log.error("failed", { code: error.code, message: error.message, hint: error.hint });
  const thrown = new Error(error.message);
  thrown.name = error.code;
  return thrown;
}
