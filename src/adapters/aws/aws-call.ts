// One call of an action: sent once, and again only where aws-failures says so, or where it was refused
// for its time, which is corrected once. Every send is a client and a transport of its own, so that
// nothing of the SDK's (retries, clock correction, kept connections) outlives a request.

import { setTimeout as sleep } from "node:timers/promises";
import type { STSClientConfig } from "@aws-sdk/client-sts";
import type { AwstError } from "../../model/errors.ts";
import type { Keys } from "../../model/session/session.ts";
import type { Asked, Refusal } from "./aws-errors.ts";
import { errorOf, type Failure, pauseBeforeNextMs } from "./aws-failures.ts";
import { isForItsTime } from "./aws-refusal.ts";
import type { Route } from "./aws-route.ts";
import { type Limits, openTransport, type Transport, TransportFailure } from "./aws-transport.ts";
import type { ShowProgress } from "./progress.ts";

export interface CallLimits extends Limits {
  /** For all sends of one call together: two calls and a question fit into a minute. */
  readonly callMs: number;
  /** The first pause before a repeat is about this long, each further one twice that. */
  readonly pauseMs: number;
}

export const usualLimits: CallLimits = {
  connectMs: 5_000,
  requestMs: 20_000,
  callMs: 25_000,
  pauseMs: 200,
};

/** Makes one client and sends one command. */
export type Send<T> = (settings: ClientSettings) => Promise<T>;

export interface Call {
  readonly asked: Asked;
  readonly credentials: Keys;
  readonly route: Route;
  /** Carries no code and creates nothing. */
  readonly isRepeatable: boolean;
  /** AWS's clock minus this machine's, as last seen. */
  readonly skewMs: number;
  /** Takes the time of every answer of AWS, also of a refusal. */
  readonly learnTime?: ((awsTime: Date) => void) | undefined;
  readonly limits: CallLimits;
  debug(line: string): void;
  readonly progress?: ShowProgress | undefined;
}

/** AWS's time, as the requests of one process use and correct it. */
export interface AwsTime {
  clock(): { readonly skewMs: number };
  learnTime(awsTime: Date): void;
}

/** The output, and AWS's time. Errors: AWS_* and CLOCK_SKEWED. */
export async function callAws<T>(call: Call, send: Send<T>): Promise<{ output: T; at: Date }> {
  const isThere = call.progress?.(`${call.asked.action} at ${call.route.url.host}`);
  try {
    return await sendUntilDone(call, send);
  } finally {
    isThere?.();
  }
}

async function sendUntilDone<T>(call: Call, send: Send<T>): Promise<{ output: T; at: Date }> {
  const { asked, route, limits } = call;
  const end = performance.now() + limits.callMs;
  let skewMs = call.skewMs;
  let isCorrected = false;
  for (let tries = 1; ; tries++) {
    const left = end - performance.now();
    const transport = openTransport(route, {
      connectMs: limits.connectMs,
      requestMs: Math.ceil(Math.max(1, Math.min(limits.requestMs, left))),
    });
    const outcome = await sendOnce(call, skewMs, transport, send);
    if ("output" in outcome) {
      const at = transport.answer?.at;
      if (at !== undefined) call.learnTime?.(at);
      return { output: outcome.output, at: at ?? new Date(Date.now() + skewMs) };
    }
    const { failure } = outcome;
    const { awsTime } = failure instanceof TransportFailure ? {} : failure;
    if (awsTime !== undefined) call.learnTime?.(awsTime);
    if (!isCorrected && isRefusedForItsTime(asked, failure)) {
      isCorrected = true;
      skewMs = failure.skewMs;
      continue;
    }
    const pause = pauseBeforeNextMs(asked, failure, tries, {
      isRepeatable: call.isRepeatable,
      baseMs: limits.pauseMs,
      random: Math.random,
    });
    if (pause === undefined || performance.now() + pause >= end)
      throw errorOf(asked, route, failure);
    await sleep(pause);
  }
}

/** For an answer that is XML but lacks what was asked for. */
export function incompleteAnswer(call: Pick<Call, "asked" | "route">): AwstError {
  const reason = new TransportFailure("UNINTELLIGIBLE", { sent: true, peer: "aws", status: 200 });
  return errorOf(call.asked, call.route, reason);
}

async function sendOnce<T>(
  call: Call,
  skewMs: number,
  transport: Transport,
  send: Send<T>,
): Promise<{ output: T } | { failure: Failure }> {
  const { asked, route, credentials } = call;
  const start = performance.now();
  const tell = (outcome: string) => {
    const took = Math.round(performance.now() - start);
    call.debug(`aws: ${asked.action} ${asked.region} ${route.url.host} ${outcome} ${took} ms`);
  };
  try {
    const output = await send(settingsOf(credentials, route, skewMs, transport));
    tell(String(transport.answer?.status));
    return { output };
  } catch (error) {
    const failure = failureOf(error, transport);
    if (failure === undefined) throw error;
    tell(
      failure instanceof TransportFailure ? failure.reason : `${failure.status} ${failure.code}`,
    );
    return { failure };
  }
}

/** undefined for what is neither an answer nor the network's doing: a bug. */
function failureOf(error: unknown, transport: Transport): Failure | undefined {
  if (error instanceof TransportFailure) return error;
  const { answer } = transport;
  if (answer === undefined || !(error instanceof Error)) return undefined;
  const { $fault, Code } = error as Error & { $fault?: string; Code?: string };
  if ($fault === undefined) {
    const details = { sent: true, peer: "aws", status: answer.status, cause: error } as const;
    return new TransportFailure("UNINTELLIGIBLE", details);
  }
  const awsTime = answer.at ?? timeIn(error.message);
  return {
    status: answer.status,
    code: Code ?? error.name,
    text: error.message,
    awsTime,
    skewMs: awsTime && awsTime.getTime() - Date.now(),
  };
}

/** `… (20260102T030405Z - 15 min.)`: AWS's time in its words about a signature's. */
function timeIn(text: string): Date | undefined {
  const match = /\((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z [+-] /.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1);
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function isRefusedForItsTime(
  asked: Asked,
  failure: Failure,
): failure is Refusal & { readonly skewMs: number } {
  if (failure instanceof TransportFailure || failure.skewMs === undefined) return false;
  return isForItsTime(asked, failure);
}

export type ClientSettings = ReturnType<typeof settingsOf>;

/** `skewMs`: AWS's clock minus this machine's, for the signature's time. */
export function settingsOf(credentials: Keys, route: Route, skewMs: number, transport: Transport) {
  return {
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
      ...(credentials.sessionToken && { sessionToken: credentials.sessionToken.reveal() }),
    },
    region: route.signingRegion,
    endpoint: route.url.href,
    systemClockOffset: skewMs,
    // The SDK calls `handle` and nothing else of its handler's type.
    requestHandler: transport as never,
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard",
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    disableClockSkewCorrection: false,
    authSchemePreference: ["sigv4"],
    sigv4aSigningRegionSet: [],
    userAgentAppId: "awst",
    defaultUserAgentProvider: async () => [["awst"]],
  } satisfies STSClientConfig;
}

const warningSwitch = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/** Makes a client while the SDK's warning about Node's version is off: it is no user's concern. */
export function withoutNodeWarning<T>(make: () => T): T {
  const before = process.env[warningSwitch];
  process.env[warningSwitch] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[warningSwitch];
    else process.env[warningSwitch] = before;
  }
}
