// What Lambda gives a function, and what the function does to Lambda: the role's credentials, a clock, a log of JSON
// lines, and an asynchronous invocation of itself. No line contains a secret: only named facts are written.

import type { AwsTime } from "../../adapters/aws/aws-call.ts";
import { type Clock, clockAt, correctedClock } from "../../model/clock.ts";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import type { Keys } from "../../model/session/session.ts";
import type { SendSigned } from "./signed-call.ts";

/** What a handler gets as its second argument, as far as it is used. */
export interface FunctionContext {
  readonly functionName: string;
  /** `arn:aws:lambda:eu-west-1:111122223333:function:NAME` */
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Errors: CREDENTIALS_MISSING outside of Lambda. */
export function readRuntimeKeys(env: Env): { readonly keys: Keys; readonly region: string } {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || !AWS_REGION) {
    throw new AwstError("CREDENTIALS_MISSING", "Lambda gave the function no credentials");
  }
  const keys = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: new Secret(AWS_SECRET_ACCESS_KEY),
    ...(AWS_SESSION_TOKEN && { sessionToken: new Secret(AWS_SESSION_TOKEN) }),
  };
  return { keys, region: AWS_REGION };
}

/** A clock that lives as long as one run: a function has no state files. */
export function openRuntimeClock(now: () => Date): AwsTime & { clock(): Clock } {
  let skewMs = 0;
  const clock = () => clockAt(now(), skewMs);
  return {
    clock,
    recordTime(awsTime) {
      skewMs = correctedClock(clock(), awsTime)?.skewMs ?? skewMs;
    },
  };
}

export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

export interface FunctionLog {
  info(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
}

/** Each line is one JSON object with level, time, requestId and event. */
export function openFunctionLog(
  { awsRequestId }: FunctionContext,
  now: () => Date,
  write: (line: string) => void,
): FunctionLog {
  const line = (level: string) => (event: string, facts?: Facts) => {
    const start = { level, time: now().toISOString(), requestId: awsRequestId, event };
    write(`${JSON.stringify({ ...start, ...facts })}\n`);
  };
  return { info: line("INFO"), error: line("ERROR") };
}

/** Sends an event to a function, and does not wait for the run. Errors: AWS_*. */
export async function invokeLater(
  send: SendSigned,
  functionName: string,
  event: string,
): Promise<void> {
  await send({
    service: "lambda",
    action: "InvokeFunction",
    method: "POST",
    path: `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`,
    headers: { "content-type": "application/json", "x-amz-invocation-type": "Event" },
    body: event,
    responseFormat: "none",
    // A second run finds done what the first one did.
    isRepeatable: true,
  });
}
