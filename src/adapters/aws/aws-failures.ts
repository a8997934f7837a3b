// Turns a call without a response of AWS into our error, which names the cause. Also decides whether a failed call may
// be retried: always when AWS throttled it; after a transient failure only if a second request does no harm.

import { AwstError } from "../../model/errors.ts";
import type { Asked, Refusal } from "./aws-errors.ts";
import { errorOfRefusal, isThrottling, isTransient } from "./aws-refusal.ts";
import type { Route } from "./aws-route.ts";
import { TransportFailure } from "./aws-transport.ts";

export type Failure = TransportFailure | Refusal;

/** AWS_UNREACHABLE or AWS_RESPONSE_MALFORMED; for a refusal its own code. */
export function errorOf(asked: Asked, route: Route, failure: Failure): AwstError {
  if (!(failure instanceof TransportFailure)) return errorOfRefusal(asked, failure);
  const { reason, sent, cause } = failure;
  const peer = failure.peer === "proxy" ? `the proxy ${route.proxy?.url.host}` : route.url.host;
  const row = rows.find((each) => each.reason.test(reason)) ?? otherwise;
  return new AwstError(row.becomes ?? "AWS_UNREACHABLE", row.message(peer, failure, route), {
    hint: row.hint?.(asked, failure, route),
    cause: cause ?? failure,
    effect: sent ? "unknown" : "nothing-done",
  });
}

/** Returns the milliseconds to wait before the next request; undefined: no retry. `tries`: requests so far. */
export function pauseBeforeNextMs(
  asked: Asked,
  failure: Failure,
  tries: number,
  how: { readonly isRepeatable: boolean; readonly baseMs: number; readonly random: () => number },
): number | undefined {
  const kind = kindOf(asked, failure);
  if (kind === "final" || tries >= (kind === "throttled" ? 4 : 3)) return undefined;
  if (kind === "transient" && !how.isRepeatable) return undefined;
  const longest = how.baseMs * 2 ** tries;
  return longest / 2 + (longest / 2) * how.random();
}

function kindOf(asked: Asked, failure: Failure): "throttled" | "transient" | "final" {
  if (!(failure instanceof TransportFailure)) {
    if (isThrottling(asked, failure)) return "throttled";
    if (isTransient(failure)) return "transient";
  }
  if ((failure.status ?? 0) >= 500 && !isOfProxy(failure)) return "transient";
  return failure instanceof TransportFailure && broken.test(failure.reason) ? "transient" : "final";
}

function isOfProxy(failure: Failure): boolean {
  return failure instanceof TransportFailure && failure.peer === "proxy";
}

const broken = /^(ECONNRESET|EPIPE|ECONNABORTED|TIMED_OUT|ETIMEDOUT)$/;

interface FailureRow {
  readonly reason: RegExp;
  readonly becomes?: "AWS_RESPONSE_MALFORMED";
  message(peer: string, failure: TransportFailure, route: Route): string;
  hint?(asked: Asked, failure: TransportFailure, route: Route): string | undefined;
}

const rows: readonly FailureRow[] = [
  {
    reason: /^(MALFORMED|HPE_)/,
    becomes: "AWS_RESPONSE_MALFORMED",
    message: (peer, { status }) =>
      `${peer} sent a response that is incomplete or not from AWS${status ? ` (HTTP ${status})` : ""}`,
    hint: () =>
      "a proxy or the network's sign-in page may have responded: open a page in a browser",
  },
  {
    reason: /^(ENOTFOUND|EAI_)/,
    message: (peer) => `no address found for ${peer} (DNS)`,
    hint: ({ region }, { peer }) =>
      peer === "proxy" ? proxyHint : `check the network, and whether ${region} is an AWS region`,
  },
  {
    reason: /^ECONNREFUSED$/,
    message: (peer) => `${peer} refused the connection`,
    hint: (_, { peer }) => (peer === "proxy" ? proxyHint : "check the network, or HTTPS_PROXY"),
  },
  {
    reason: /^(ECONNRESET|EPIPE|ECONNABORTED)$/,
    message: (peer, { sent }) =>
      sent
        ? `the connection to ${peer} broke before the response was complete`
        : `the connection to ${peer} broke`,
  },
  {
    reason: /^(TIMED_OUT|ETIMEDOUT)$/,
    message: (peer, { sent }) =>
      sent ? `no response from ${peer} in time` : `no connection to ${peer} in time`,
    hint: (_, { sent }) => (sent ? undefined : "check the network, or HTTPS_PROXY"),
  },
  {
    reason: /^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
    message: (peer, { reason }) => `cannot reach ${peer}: the network is down (${reason})`,
  },
  {
    reason: /^PROXY_REFUSED$/,
    message: (_, { status }, { proxy, url }) =>
      status === 407
        ? `the proxy ${proxy?.url.host} requires a user name and a password (HTTP 407)`
        : `the proxy ${proxy?.url.host} does not connect to ${url.host} (HTTP ${status})`,
    hint: (_, { status }, { url }) =>
      status === 407
        ? "HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"
        : `to bypass the proxy: NO_PROXY=${url.hostname}`,
  },
  {
    reason: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    message: (peer, { reason }) => `the TLS certificate of ${peer} is not valid now (${reason})`,
    hint: () => "check this machine's clock",
  },
  {
    reason: /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|INVALID_CA|HOSTNAME_MISMATCH|ERR_TLS_CERT)/,
    message: (peer, { reason }) => `the TLS certificate of ${peer} is not trusted (${reason})`,
    hint: () => "where the network inspects TLS, name its CA: AWS_CA_BUNDLE=/path/to/ca.pem",
  },
  {
    reason: /^(EPROTO|ERR_SSL|ERR_TLS)/,
    message: (peer, { reason }) => `the TLS handshake with ${peer} failed (${reason})`,
  },
];

const proxyHint = "check HTTPS_PROXY";

const otherwise: FailureRow = {
  reason: /(?:)/,
  message: (peer, { reason }) => `the call to ${peer} failed (${reason})`,
};
