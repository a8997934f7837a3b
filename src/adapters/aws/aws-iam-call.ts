// Sends one call to IAM by the rules of `aws-call.ts`, with a client of its own. The files that make the
// calls (keys, devices) state for each call whether it may be repeated.

import { IAMClient, ListMFADevicesCommand } from "@aws-sdk/client-iam";
import { devicesProblem } from "../../model/aws/response-checks.ts";
import type { Env } from "../../model/environment.ts";
import type { Secret } from "../../model/secret.ts";
import type { Keys } from "../../model/session/session.ts";
import {
  type AwsTime,
  type Call,
  type CallLimits,
  callAws,
  defaultLimits,
  incompleteResponse,
  mismatchedResponse,
  type SdkCommand,
} from "./aws-call.ts";
import { findRoute } from "./aws-route.ts";
import type { OpenTransport } from "./aws-transport.ts";
import type { ShowProgress } from "./progress.ts";

export interface IamOptions {
  readonly env: Env;
  readonly time?: AwsTime | undefined;
  debug(line: string): void;
  /** Prints a message unless this process has printed the same one. */
  readonly sayOnce?: ((line: string) => void) | undefined;
  readonly limits?: Partial<CallLimits> | undefined;
  /** undefined: connections. Tests in the sandbox's process need none. */
  readonly openTransport?: OpenTransport | undefined;
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
  const limits = { ...defaultLimits, ...options.limits };
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
    recordTime: options.time?.recordTime,
    limits,
    openTransport: options.openTransport,
    debug: options.debug,
    sayOnce: options.sayOnce,
    progress: options.progress,
  });
}

/** Returns the output and AWS's time. */
export function sendToIam<Output>(
  call: Call,
  command: SdkCommand<Output>,
): Promise<{ output: Output; at: Date }> {
  return callAws(call, IAMClient, command);
}

/**
 * Sends a deletion or deactivation. If the reply to the first attempt was lost and the second attempt
 * finds the thing absent, the first one did it.
 */
export async function sendRemoval(call: Call, command: SdkCommand<object>): Promise<{ at: Date }> {
  const { at } = await callAws({ ...call, isDeletion: true }, IAMClient, command);
  return { at };
}

interface PageEnd {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** Returns every page. A page with few entries is not the last one; `IsTruncated` says which is. */
export async function readPages<Page extends PageEnd>(
  call: Call,
  commandFor: (from: { readonly Marker?: string }) => SdkCommand<Page>,
): Promise<{ pages: readonly Page[]; at: Date }> {
  const pages: Page[] = [];
  let marker: string | undefined;
  for (;;) {
    const from = marker === undefined ? {} : { Marker: marker };
    const { output, at } = await sendToIam(call, commandFor(from));
    pages.push(output);
    if (output.IsTruncated !== true) return { pages, at };
    // A page without a marker, or with its own, would cause an endless loop.
    if (output.Marker === undefined || output.Marker === marker) throw incompleteResponse(call);
    marker = output.Marker;
  }
}

/** Returns the devices of the user that signs the call. `userName`: undefined if there is no device. */
export async function listMfaDevices(call: Call): Promise<{
  readonly at: Date;
  readonly userName: string | undefined;
  readonly serials: readonly string[];
}> {
  const { pages, at } = await readPages(call, (from) => new ListMFADevicesCommand(from));
  const devices = pages.flatMap((page) => page.MFADevices ?? []);
  const serials = devices.map(({ SerialNumber }) => {
    if (SerialNumber === undefined) throw incompleteResponse(call);
    return SerialNumber;
  });
  const userNames = devices.map(({ UserName }) => UserName);
  const problem = devicesProblem(serials, userNames);
  if (problem !== undefined) throw mismatchedResponse(call, problem);
  return { at, userName: devices.find(({ UserName }) => UserName)?.UserName, serials };
}
