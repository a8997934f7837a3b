// Sends one call to IAM by the rules of `aws-call.ts`, with a client of its own. The files that make the
// calls (keys, devices) state for each call whether it may be repeated.

import { IAMClient } from "@aws-sdk/client-iam";
import { isAwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import type { Keys } from "../../model/session/session.ts";
import type { Env } from "../../ports.ts";
import {
  type AwsTime,
  type Call,
  type CallLimits,
  callAws,
  incompleteAnswer,
  usualLimits,
  withoutNodeWarning,
} from "./aws-call.ts";
import { findRoute } from "./aws-route.ts";
import { TransportFailure } from "./aws-transport.ts";
import type { ShowProgress } from "./progress.ts";

export interface IamOptions {
  readonly env: Env;
  readonly time?: AwsTime | undefined;
  debug(line: string): void;
  readonly limits?: Partial<CallLimits> | undefined;
  readonly progress?: ShowProgress | undefined;
}

export interface CallDescription {
  readonly action: string;
  /** The call creates no key or device and has no code, so repeating it does no harm. */
  readonly isRepeatable: boolean;
  readonly device?: string | undefined;
  readonly codes?: readonly Secret[] | undefined;
}

export type MakeCall = (description: CallDescription) => Call;

export function makeCalls(credentials: Keys, region: string, options: IamOptions): MakeCall {
  const limits = { ...usualLimits, ...options.limits };
  return ({ action, isRepeatable, device, codes = [] }) => ({
    asked: {
      action,
      keyId: credentials.accessKeyId,
      region,
      device,
      secrets: [credentials.secretAccessKey, credentials.sessionToken, ...codes].filter(
        (each) => each !== undefined,
      ),
    },
    credentials,
    route: findRoute("IAM", region, options.env),
    isRepeatable,
    skewMs: options.time?.clock().skewMs ?? 0,
    learnTime: options.time?.learnTime,
    limits,
    debug: options.debug,
    progress: options.progress,
  });
}

/** Returns the output and AWS's time. */
export function sendToIam<T>(
  call: Call,
  ask: (iam: IAMClient) => Promise<T>,
): Promise<{ output: T; at: Date }> {
  return callAws(call, (settings) => ask(withoutNodeWarning(() => new IAMClient(settings))));
}

/**
 * Sends a deletion or deactivation. If the reply to the first attempt was lost and the second attempt
 * finds the thing absent, the first one did it.
 */
export async function sendRemoval(
  call: Call,
  ask: (iam: IAMClient) => Promise<unknown>,
): Promise<{ at: Date }> {
  let mayHaveActed = false;
  try {
    const { at } = await sendToIam(call, async (iam) => {
      try {
        return await ask(iam);
      } catch (error) {
        mayHaveActed ||= outcomeUnknown(error);
        throw error;
      }
    });
    return { at };
  } catch (error) {
    if (!mayHaveActed || !isAwstError(error, "IAM_ABSENT")) throw error;
    return { at: error.awsTime ?? new Date(Date.now() + call.skewMs) };
  }
}

interface PageEnd {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** Returns every page. A page with few entries is not the last one; `IsTruncated` says which is. */
export async function readPages<Page extends PageEnd>(
  call: Call,
  ask: (iam: IAMClient, from: { readonly Marker?: string }) => Promise<Page>,
): Promise<{ pages: readonly Page[]; at: Date }> {
  const pages: Page[] = [];
  let marker: string | undefined;
  for (;;) {
    const from = marker === undefined ? {} : { Marker: marker };
    const { output, at } = await sendToIam(call, (iam) => ask(iam, from));
    pages.push(output);
    if (output.IsTruncated !== true) return { pages, at };
    // A page without a marker, or with its own, would cause an endless loop.
    if (output.Marker === undefined || output.Marker === marker) throw incompleteAnswer(call);
    marker = output.Marker;
  }
}

function outcomeUnknown(error: unknown): boolean {
  if (error instanceof TransportFailure) return error.sent;
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return ($metadata?.httpStatusCode ?? 500) >= 500;
}
