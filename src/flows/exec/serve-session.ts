// `exec --server`: runs a program that gets its credentials from an endpoint of awst, which renews them meanwhile.

import { isAwstError, isFailure } from "../../model/errors.ts";
import { roleSessionItem } from "../../model/keychain/items.ts";
import { copyWithoutSecrets } from "../../model/profile/copy-without-secrets.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { flagArgs } from "../../model/session/retry-line.ts";
import { freshnessMarginSeconds, secondsLeft } from "../../model/session/session.ts";
import { sessionIndexFile } from "../../model/session/session-index.ts";
import type { ObtainedSession, SessionRequest } from "../../model/session/session-request.ts";
import { scopeOf } from "../../model/session/session-scope.ts";
import { servedEnvironment } from "../../model/shell/child-environment.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { clockText, renewalText } from "../../output/session/session-report.ts";
import type { ServedResponse } from "../../ports/serving.ts";
import type { Context, Needs } from "../../ports.ts";
import { obtainSession } from "../session/obtain-session.ts";
import { recordPick } from "../target/pick-target.ts";

/** Returns the program's exit status. Errors: those of `obtainSession`, FILE_UNWRITABLE, SERVER_FAILED, PROGRAM_*. */
export async function serveSession(
  context: Context,
  request: SessionRequest,
  program: {
    readonly args: readonly string[];
    readonly region: string | undefined;
    /** To be printed when there is a session. */
    readonly note?: string | undefined;
  },
): Promise<number> {
  const first = await obtainSession(context, request);
  const { session, account, role } = first;
  context.say(
    `${account} ${role} while the program runs: ${renewalText(session, context.clock().awsNow)}`,
  );
  if (program.note !== undefined) context.say(program.note);
  await recordPick(context, first);
  const region = program.region ?? session.region;
  const served = await makeServedSession(context, request, first);
  const server = await (await context.credentialsServer()).start({
    files: copyWithoutSecrets(await readFiles(context), region),
    respond: served.respond,
  });
  const end = new AbortController();
  try {
    // Errors of the renewal become responses of the endpoint. It ends with the program, and is not waited for.
    void served.renewUntil(end.signal);
    const env = servedEnvironment(context.env, {
      ...server,
      ...{ region, account, role, scope: scopeOf(request.flags) },
      realFiles: context.paths,
    });
    return await (await context.children()).run(program.args, env, {
      inherits: server.descriptor,
    });
  } finally {
    end.abort();
    for (const name of server.changedCopies()) context.say(lostCopyLine(context, name));
    await server.close();
  }
}

/** `aws configure set` in the program, for example. */
function lostCopyLine({ paths }: Needs<"paths">, name: "config" | "credentials"): string {
  const file = name === "config" ? paths.awsConfig : paths.awsCredentials;
  return `the program changed its own copy of ${file}, which is deleted now; to change the file itself, run the program outside of awst exec --server`;
}

/** The program also runs without profiles. */
async function readFiles(context: Needs<"awsFiles" | "say">): Promise<AwsFileTexts> {
  try {
    return await (await context.awsFiles()).read();
  } catch (error) {
    if (!isAwstError(error)) throw error;
    context.say(`the program sees no profiles: ${error.message}`);
    return { config: undefined, credentials: undefined };
  }
}

export interface ServedSession {
  /** Responds within `respondWithinMs`: the session until it expires or is deleted, otherwise why there is none. */
  readonly respond: () => Promise<ServedResponse>;
  /** Renews the session in time until `signal`. */
  readonly renewUntil: (signal: AbortSignal) => Promise<void>;
}

/** The JavaScript SDK waits for 1 s. */
const respondWithinMs = 700;
/** After sleep, a laptop's timers are late: the time is checked this often. */
const checkMs = 20_000;
/** The shortest time between two attempts to renew. */
const pauseMs = 2_000;

export async function makeServedSession(
  context: Context,
  request: SessionRequest,
  first: ObtainedSession,
): Promise<ServedSession> {
  let current = first;
  let failure: ServedResponse | undefined;
  let running: Promise<void> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  const reported = new Set<string>();
  const sayOnce = (line: string) => {
    if (reported.has(line)) return;
    reported.add(line);
    context.say(line);
  };
  const silent: Context = {
    ...context,
    env: { ...context.env, AWST_PROMPT: "none", AWST_MFA_CODE: undefined },
    say: sayOnce,
  };
  const { account, role } = first;
  const again: SessionRequest = {
    ...request,
    ...{
      account,
      role,
      requester: "machine",
      keysAreFixed: false,
      refresh: false,
      code: undefined,
    },
  };
  const retry = commandLine(["awst", "assume", account, role, ...flagArgs(request.flags)]);

  const left = () => {
    const { now, skewMs } = context.clock();
    return secondsLeft(current.session.keys.expiresAt, now, skewMs);
  };
  const isDue = () => left() <= freshnessMarginSeconds(current.session);

  // The session index shows what other commands did with the session: `logout` deletes its entry, a new code replaces it.
  const item = roleSessionItem(first.identity, account, role, scopeOf(request.flags));
  const indexedId = () => {
    try {
      return context.state.read(sessionIndexFile)[item]?.accessKeyId;
    } catch (error) {
      if (!isFailure(error)) throw error;
      // A file that can't be read says nothing about the session.
      return currentId();
    }
  };
  const currentId = () => current.session.keys.accessKeyId;
  // A session that could not be cached has no entry: nothing is known of it then.
  let isIndexed = indexedId() === currentId();
  const isReplaced = () => isIndexed && indexedId() !== currentId();
  const isDeleted = () => isIndexed && indexedId() === undefined;

  const renew = async (): Promise<void> => {
    try {
      const obtained = await obtainSession(silent, again);
      const isNew = obtained.session.keys.accessKeyId !== currentId();
      current = obtained;
      isIndexed = indexedId() === currentId();
      failure = undefined;
      if (isNew) reported.clear();
      else reportLastKeys();
    } catch (error) {
      failure = failureOf(error, retry);
      context.debug(`server: not renewed: ${error instanceof Error ? error.message : error}`);
      sayOnce(`${account} ${role}: ${failure.message}`);
    }
  };
  const reportLastKeys = () => {
    const { renewableUntil, keys } = current.session;
    const { awsNow } = context.clock();
    if (renewableUntil !== undefined && renewableUntil > awsNow) return;
    const until = clockText(keys.expiresAt, awsNow);
    sayOnce(
      `${account} ${role}: the program's credentials expire at ${until}; to renew them, type in another shell: ${retry}`,
    );
  };
  const tryToRenew = (): Promise<void> => {
    if (running !== undefined) return running;
    if (context.monotonic() - triedAt < pauseMs) return Promise.resolve();
    triedAt = context.monotonic();
    running = renew().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    respond: async () => {
      if (isDue() || isReplaced()) {
        const end = new AbortController();
        await Promise.race([tryToRenew(), context.sleep(respondWithinMs, end.signal)]);
        end.abort();
      }
      if (left() > 0 && !isDeleted()) return { session: current.session };
      return failure ?? renewalInProgress;
    },
    renewUntil: async (signal) => {
      while (!signal.aborted) {
        const until = (left() - freshnessMarginSeconds(current.session)) * 1000;
        const wait = until > 0 ? Math.min(until + 50, checkMs) : checkMs;
        await context.sleep(wait, signal);
        // After a logout, a new session is made when the program asks for it, as a profile's is.
        if (!signal.aborted && isDue() && !isDeleted()) await tryToRenew();
      }
    },
  };
}

type ServedFailure = Exclude<ServedResponse, { session: unknown }>;

const renewalInProgress: ServedFailure = {
  status: 503,
  code: "RenewalUnderWay",
  message: "the session is being renewed; try again",
};

function failureOf(error: unknown, retry: string): ServedFailure {
  if (!isAwstError(error)) {
    return { status: 500, code: "InternalError", message: "the session can't be renewed" };
  }
  const { code, message, hint } = error;
  const isOurs = code === "CODE_NEEDED" || code === "ANSWER_TIMED_OUT" || code === "SESSION_OVER";
  const advice = isOurs ? `in another shell: ${retry}` : hint;
  return { status: 400, code, message: advice === undefined ? message : `${message}; ${advice}` };
}
