// Sends one call to AWS: once, and again only where `pauseBeforeNextMs` allows it, or where AWS refused its time,
// which is corrected once. Every request has an SDK client and a transport of its own: the SDK's retries, its
// clock correction and its connections never outlive a request.

import { setTimeout as sleep } from "node:timers/promises";
import type { STSClientConfig } from "@aws-sdk/client-sts";
import { believedTime } from "../../model/aws/believed-time.ts";
import { AwstError } from "../../model/errors.ts";
import type { Keys } from "../../model/session/session.ts";
import { type Asked, type Refusal, withoutSecrets } from "./aws-errors.ts";
import { errorOf, type Failure, pauseBeforeNextMs } from "./aws-failures.ts";
import { isClockSkew } from "./aws-refusal.ts";
import { overrideMessage, type Route } from "./aws-route.ts";
import {
  type Limits,
  type OpenTransport,
  openTransport,
  type Transport,
  TransportFailure,
} from "./aws-transport.ts";
import type { ShowProgress } from "./progress.ts";

export interface CallLimits extends Limits {
  /** For all requests of one call together: two calls and a prompt fit into a minute. */
  readonly callMs: number;
  /** The first pause before a retry is about this long, each further one twice that. */
  readonly pauseMs: number;
}

/** Of a refusal: the longest that AWS sends has some hundred characters. */
const maxTextLength = 4_000;
const maxCodeLength = 100;

export const defaultLimits: CallLimits = {
  connectMs: 5_000,
  requestMs: 20_000,
  callMs: 25_000,
  pauseMs: 200,
};

/** An SDK client's class, as far as it is used here. */
export type SdkClient = new (
  settings: ClientSettings,
) => { send(command: never): Promise<unknown> };

/** An SDK command; its type determines the type of the output. */
export interface SdkCommand<Output> {
  resolveMiddleware(
    stack: never,
    configuration: never,
    options: never,
  ): (request: never) => Promise<{ output: Output }>;
}

export interface Call {
  readonly asked: Asked;
  readonly credentials: Keys;
  readonly route: Route;
  /** The call carries no MFA code and creates nothing. */
  readonly isRepeatable: boolean;
  /** A retry that finds nothing to delete succeeds, when an earlier request may have deleted it. */
  readonly isDeletion?: boolean | undefined;
  /** AWS's clock minus this machine's, as last seen. */
  readonly skewMs: number;
  /** Takes the time of every response of AWS, also of a refusal. */
  readonly recordTime?: AwsTime["recordTime"] | undefined;
  readonly limits: CallLimits;
  /** undefined: a connection. */
  readonly openTransport?: OpenTransport | undefined;
  /** Returns whether a text is a whole response of the service; undefined: XML. */
  readonly isWhole?: ((text: string, status: number) => boolean) | undefined;
  debug(line: string): void;
  /** Prints a message unless this process has printed the same one. */
  readonly sayOnce?: ((line: string) => void) | undefined;
  readonly progress?: ShowProgress | undefined;
}

/** AWS's time, as the requests of one process use and correct it. */
export interface AwsTime {
  clock(): { readonly skewMs: number };
  /** `isLocal`: the response came from an endpoint that the environment names. */
  recordTime(awsTime: Date, isLocal: boolean): void;
}

/** Returns the output, undefined for a deletion, and AWS's time. Errors: AWS_* and CLOCK_SKEWED. */
export async function callAws<Output>(
  call: Call,
  client: SdkClient,
  command: SdkCommand<Output>,
): Promise<{ output: Output; at: Date }> {
  const override = overrideMessage(call.route);
  if (override !== undefined) call.sayOnce?.(override);
  const endProgress = call.progress?.(`${call.asked.action} at ${call.route.url.host}`);
  try {
    return await sendUntilDone(call, client, command);
  } finally {
    endProgress?.();
  }
}

async function sendUntilDone<Output>(
  call: Call,
  client: SdkClient,
  command: SdkCommand<Output>,
): Promise<{ output: Output; at: Date }> {
  const { asked, route, limits } = call;
  const end = performance.now() + limits.callMs;
  let skewMs = call.skewMs;
  let isCorrected = false;
  let mayHaveActed = false;
  for (let tries = 1; ; tries++) {
    const left = end - performance.now();
    const requestMs = Math.ceil(Math.max(1, Math.min(limits.requestMs, left)));
    const times = { ...limits, requestMs };
    const transport = (call.openTransport ?? openTransport)(route, times, call.isWhole);
    const result = await sendOnce(call, skewMs, transport, client, command);
    if ("output" in result) {
      const at = transport.head?.at;
      if (at !== undefined) call.recordTime?.(at, route.isOverridden);
      return { output: result.output, at: at ?? new Date(Date.now() + skewMs) };
    }
    const { failure } = result;
    const { awsTime } = failure instanceof TransportFailure ? {} : failure;
    if (awsTime !== undefined) call.recordTime?.(awsTime, route.isOverridden);
    if (!isCorrected && isClockRefused(asked, failure)) {
      isCorrected = true;
      skewMs = failure.skewMs;
      continue;
    }
    const pause = pauseBeforeNextMs(asked, failure, tries, {
      isRepeatable: call.isRepeatable,
      baseMs: limits.pauseMs,
      random: Math.random,
    });
    if (pause === undefined || performance.now() + pause >= end) {
      const error = errorOf(asked, route, failure);
      if (!call.isDeletion || !mayHaveActed || error.code !== "IAM_ABSENT") throw error;
      return { output: {} as Output, at: error.awsTime ?? new Date(Date.now() + skewMs) };
    }
    mayHaveActed ||= mayHaveHappened(failure);
    await sleep(pause);
  }
}

/** Returns the error for a response that is XML but lacks an expected value. */
export function incompleteResponse(call: Pick<Call, "asked" | "route">): AwstError {
  const reason = new TransportFailure("MALFORMED", { sent: true, peer: "aws", status: 200 });
  return errorOf(call.asked, call.route, reason);
}

/** Returns the error for a response that AWS would not give to this request. `problem`: without its text. */
export function mismatchedResponse({ asked }: Pick<Call, "asked">, problem: string): AwstError {
  const message = `the response to ${asked.action} does not fit the request: ${problem}`;
  return new AwstError("AWS_RESPONSE_MALFORMED", message, {
    hint: "check what responds instead of AWS: AWS_ENDPOINT_URL, HTTPS_PROXY, AWS_CA_BUNDLE",
    effect: "unknown",
  });
}

function mayHaveHappened(failure: Failure): boolean {
  return failure instanceof TransportFailure ? failure.sent : failure.status >= 500;
}

async function sendOnce<Output>(
  call: Call,
  skewMs: number,
  transport: Transport,
  client: SdkClient,
  command: SdkCommand<Output>,
): Promise<{ output: Output } | { failure: Failure }> {
  const { asked, route, credentials } = call;
  const start = performance.now();
  const report = (result: string) => {
    const took = Math.round(performance.now() - start);
    call.debug(`aws: ${asked.action} ${asked.region} ${route.url.host} ${result} ${took} ms`);
  };
  try {
    const settings = settingsOf(credentials, route, skewMs, transport);
    const sdk = withoutNodeWarning(() => new client(settings));
    const output = (await sdk.send(command as never)) as Output;
    report(String(transport.head?.status));
    return { output };
  } catch (error) {
    const failure = failureOf(call, error, transport);
    if (failure === undefined) throw error;
    report(
      failure instanceof TransportFailure ? failure.reason : `${failure.status} ${failure.code}`,
    );
    return { failure };
  }
}

/** Returns undefined for an error that comes neither from AWS nor from the network: a bug. */
function failureOf(
  { asked, route }: Call,
  error: unknown,
  transport: Transport,
): Failure | undefined {
  if (error instanceof TransportFailure) return error;
  const { head } = transport;
  if (head === undefined || !(error instanceof Error)) return undefined;
  const { $fault, Code } = error as Error & { $fault?: string; Code?: unknown };
  if ($fault === undefined) {
    const details = { sent: true, peer: "aws", status: head.status, cause: error } as const;
    return new TransportFailure("MALFORMED", details);
  }
  const message = textOf(error.message);
  const awsTime = head.at ?? believedTime(route, timeIn(message), new Date());
  return {
    status: head.status,
    code: (textOf(Code) || textOf(error.name)).slice(0, maxCodeLength).replace(/[^\w.:-]/g, ""),
    text: withoutSecrets(asked, message).slice(0, maxTextLength),
    awsTime,
    skewMs: awsTime && awsTime.getTime() - Date.now(),
  };
}

/** Returns "" for a value that is not text: a repeated element is a list, an element with children is an object. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns AWS's time from its message about a signature: `… (20260102T030405Z - 15 min.)`. */
function timeIn(text: string): Date | undefined {
  const match = /\((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z [+-] /.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1);
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function isClockRefused(
  asked: Asked,
  failure: Failure,
): failure is Refusal & { readonly skewMs: number } {
  if (failure instanceof TransportFailure || failure.skewMs === undefined) return false;
  return isClockSkew(asked, failure);
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

/** Makes a client while the SDK's warning about Node's version is off: users can't act on it. */
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
