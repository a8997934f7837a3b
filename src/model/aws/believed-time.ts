// Which times in responses awst believes. Requests are signed, and MFA codes are made, by AWS's time: an attacker who
// sets that time would get a code that is valid later.

import { maxSkewMs } from "../clock.ts";

/** Where a response came from. */
export interface ResponseSource {
  readonly url: URL;
  /** An environment variable names the host instead of AWS's own. */
  readonly isOverridden: boolean;
}

/** Returns the time if it comes from AWS's own host over TLS, or from this machine, and is at most a day from
 *  this machine's clock; otherwise undefined. */
export function believedTime(
  { url, isOverridden }: ResponseSource,
  time: Date | undefined,
  now: Date,
): Date | undefined {
  if (time === undefined || Number.isNaN(time.getTime())) return undefined;
  // A host that the environment names may belong to an attacker, with a valid certificate.
  const isAws = url.protocol === "https:" && !isOverridden;
  if (!isAws && !isLoopback(url)) return undefined;
  return Math.abs(time.getTime() - now.getTime()) <= maxSkewMs ? time : undefined;
}

/** Returns whether the URL leads to this machine: by address, or by `localhost`, which names no other machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
