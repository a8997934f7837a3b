import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Asked, Refusal } from "./aws-errors.ts";
import { errorOf, type Failure, pauseBeforeNextMs } from "./aws-failures.ts";
import type { Route } from "./aws-route.ts";
import { TransportFailure } from "./aws-transport.ts";

const asked: Asked = {
  action: "GetSessionToken",
  keyId: "AKIAEXAMPLE",
  region: "eu-west-1",
  secrets: [],
};
const proxy = { url: new URL("http://user:pass@proxy.example:3128"), authorization: "Basic x" };
const route: Route = {
  url: new URL("https://sts.eu-west-1.amazonaws.com"),
  isOverridden: false,
  signingRegion: "eu-west-1",
  proxy,
  certificates: undefined,
};
const host = "sts.eu-west-1.amazonaws.com";

type Where = Partial<{ sent: boolean; peer: "proxy" | "aws"; status: number }>;
const cases: [reason: string, where: Where, message: string, hint: RegExp | undefined][] = [
  ["ENOTFOUND", {}, `no address found for ${host} (DNS)`, /eu-west-1/],
  ["EAI_AGAIN", {}, `no address found for ${host} (DNS)`, /eu-west-1/],
  [
    "ENOTFOUND",
    { peer: "proxy" },
    "no address found for the proxy proxy.example:3128 (DNS)",
    /PROXY/,
  ],
  ["ECONNREFUSED", {}, `${host} refused the connection`, /network/],
  [
    "ECONNREFUSED",
    { peer: "proxy" },
    "the proxy proxy.example:3128 refused the connection",
    /PROXY/,
  ],
  ["ECONNRESET", {}, `the connection to ${host} broke`, undefined],
  [
    "ECONNRESET",
    { sent: true },
    `the connection to ${host} broke before the response was complete`,
    undefined,
  ],
  [
    "EPIPE",
    { sent: true },
    `the connection to ${host} broke before the response was complete`,
    undefined,
  ],
  ["TIMED_OUT", {}, `no connection to ${host} in time`, /network/],
  ["TIMED_OUT", { sent: true }, `no response from ${host} in time`, undefined],
  [
    "ETIMEDOUT",
    { peer: "proxy" },
    "no connection to the proxy proxy.example:3128 in time",
    /network/,
  ],
  ["ENETUNREACH", {}, `cannot reach ${host}: the network is down (ENETUNREACH)`, undefined],
  [
    "PROXY_REFUSED",
    { peer: "proxy", status: 407 },
    "the proxy proxy.example:3128 requires a user name and a password (HTTP 407)",
    /USER:PASSWORD/,
  ],
  [
    "PROXY_REFUSED",
    { peer: "proxy", status: 403 },
    `the proxy proxy.example:3128 does not connect to ${host} (HTTP 403)`,
    /NO_PROXY=sts/,
  ],
  [
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    {},
    `the TLS certificate of ${host} is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    /AWS_CA_BUNDLE/,
  ],
  [
    "SELF_SIGNED_CERT_IN_CHAIN",
    {},
    `the TLS certificate of ${host} is not trusted (SELF_SIGNED_CERT_IN_CHAIN)`,
    /AWS_CA_BUNDLE/,
  ],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    {},
    `the TLS certificate of ${host} is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)`,
    /AWS_CA_BUNDLE/,
  ],
  [
    "CERT_NOT_YET_VALID",
    {},
    `the TLS certificate of ${host} is not valid now (CERT_NOT_YET_VALID)`,
    /clock/,
  ],
  ["EPROTO", {}, `the TLS handshake with ${host} failed (EPROTO)`, undefined],
  ["EMFILE", {}, `the call to ${host} failed (EMFILE)`, undefined],
];

describe("a call without a response", () => {
  test.each(cases)("%s %j → %s", (reason, where, message, hint) => {
    const failure = new TransportFailure(reason, { sent: false, peer: "aws", ...where });
    const error = errorOf(asked, route, failure);
    expect(error.code).toBe("AWS_UNREACHABLE");
    expect(error.message).toBe(message);
    expect(error.effect).toBe(where.sent ? "unknown" : "nothing-done");
    if (hint) expect(error.hint).toMatch(hint);
    else expect(error.hint).toBeUndefined();
    expect(`${error.message} ${error.hint}`).not.toContain("pass@");
  });

  test.each(["MALFORMED", "HPE_INVALID_CONSTANT"])("%s is not AWS's response", (reason) => {
    const failure = new TransportFailure(reason, { sent: true, peer: "aws", status: 200 });
    const error = errorOf(asked, route, failure);
    expect(error.code).toBe("AWS_RESPONSE_MALFORMED");
    expect(error.message).toBe(
      `${host} sent a response that is incomplete or not from AWS (HTTP 200)`,
    );
    expect(error.effect).toBe("unknown");
  });
});

function refused(status: number, code: string): Refusal {
  return { status, code, text: "", awsTime: undefined, skewMs: undefined };
}

function lost(reason: string, where: Where = {}): TransportFailure {
  return new TransportFailure(reason, { sent: false, peer: "aws", ...where });
}

describe("how often a call is sent", () => {
  const kinds: [what: string, failure: Failure, repeatable: number, otherwise: number][] = [
    ["throttled", refused(400, "Throttling"), 4, 4],
    ["throttled with a 503", refused(503, "SlowDown"), 4, 4],
    ["500", refused(500, "InternalFailure"), 3, 1],
    ["503", refused(503, "ServiceUnavailable"), 3, 1],
    ["an HTML 502", lost("MALFORMED", { sent: true, status: 502 }), 3, 1],
    ["reset", lost("ECONNRESET", { sent: true }), 3, 1],
    ["reset while connecting", lost("ECONNRESET"), 3, 1],
    ["no response in time", lost("TIMED_OUT", { sent: true }), 3, 1],
    ["no connection in time", lost("TIMED_OUT"), 3, 1],
    ["denied", refused(403, "AccessDenied"), 1, 1],
    ["over a quota", refused(409, "LimitExceeded"), 1, 1],
    ["no such name", lost("ENOTFOUND"), 1, 1],
    ["connection refused", lost("ECONNREFUSED"), 1, 1],
    ["not trusted", lost("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), 1, 1],
    ["an HTML 200", lost("MALFORMED", { sent: true, status: 200 }), 1, 1],
    ["the proxy's 502", lost("PROXY_REFUSED", { peer: "proxy", status: 502 }), 1, 1],
  ];
  test.each(kinds)("%s", (_, failure, repeatable, otherwise) => {
    expect(sends(failure, true)).toBe(repeatable);
    expect(sends(failure, false)).toBe(otherwise);
  });

  test("pauses grow, with jitter that never leaves half of them", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), random, (tries, chance) => {
        const how = { isRepeatable: false, baseMs: 200, random: () => chance };
        const pause = pauseBeforeNextMs(asked, refused(400, "Throttling"), tries, how);
        expect(pause).toBeGreaterThanOrEqual(100 * 2 ** tries);
        expect(pause).toBeLessThanOrEqual(200 * 2 ** tries);
      }),
    );
  });
});

function sends(failure: Failure, isRepeatable: boolean): number {
  const how = { isRepeatable, baseMs: 1, random: () => 0.5 };
  let tries = 1;
  while (pauseBeforeNextMs(asked, failure, tries, how) !== undefined) tries++;
  return tries;
}
