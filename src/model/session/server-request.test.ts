import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { containerJson, refusalOf, type ServerRequest } from "./server-request.ts";

const expected = { host: "127.0.0.1:40123", path: "/credentials", token: new Secret("right") };
const good: ServerRequest = {
  method: "GET",
  target: "/credentials",
  headers: [
    ["Host", "127.0.0.1:40123"],
    ["authorization", "right"],
    ["User-Agent", "Boto3/1.43"],
    ["Accept", "*/*"],
  ],
  peer: "127.0.0.1",
};
const withHeader = (name: string, value: string) => ({
  ...good,
  headers: [...good.headers, [name, value] as const],
});
const insteadOf = (name: string, value: string | undefined) => ({
  ...good,
  headers: good.headers.flatMap(([each, old]) => {
    if (each.toLowerCase() !== name) return [[each, old] as const];
    return value === undefined ? [] : [[each, value] as const];
  }),
});

test("the program's own request is answered", () => {
  expect(refusalOf(good, expected)).toBeUndefined();
});

describe("everybody else's is not", () => {
  test.each<[string, ServerRequest, number]>([
    ["no token", insteadOf("authorization", undefined), 401],
    ["an empty token", insteadOf("authorization", ""), 401],
    ["a wrong token", insteadOf("authorization", "wrong"), 401],
    ["the token and more", insteadOf("authorization", "right "), 401],
    ["the token as a bearer's", insteadOf("authorization", "Bearer right"), 401],
    ["two tokens", withHeader("Authorization", "right"), 401],
    ["no host", insteadOf("host", undefined), 403],
    ["a name that was made to mean loopback", insteadOf("host", "evil.example:40123"), 403],
    ["localhost", insteadOf("host", "localhost:40123"), 403],
    ["no port", insteadOf("host", "127.0.0.1"), 403],
    ["another port", insteadOf("host", "127.0.0.1:4"), 403],
    ["two hosts", withHeader("host", "127.0.0.1:40123"), 403],
    ["a web page", withHeader("Origin", "https://evil.example"), 403],
    ["a page without an origin", withHeader("origin", "null"), 403],
    ["a link", withHeader("Referer", "https://evil.example/"), 403],
    ["a browser's address line", withHeader("Sec-Fetch-Site", "none"), 403],
    ["a websocket", withHeader("sec-websocket-key", "x"), 403],
    ["another machine", { ...good, peer: "192.168.1.7" }, 403],
    ["an unknown peer", { ...good, peer: undefined }, 403],
    ["the path's parent", { ...good, target: "/" }, 404],
    ["a query", { ...good, target: "/credentials?x" }, 404],
    ["another spelling", { ...good, target: "//credentials" }, 404],
    ["a proxy's request", { ...good, target: "http://127.0.0.1:40123/credentials" }, 404],
    ["POST", { ...good, method: "POST" }, 405],
    ["HEAD", { ...good, method: "HEAD" }, 405],
    ["OPTIONS", { ...good, method: "OPTIONS" }, 405],
  ])("%s", (_name, request, status) => {
    const refusal = refusalOf(request, expected);
    expect(refusal?.status).toBe(status);
    expect(JSON.stringify(refusal)).not.toContain("right");
  });
});

test("the answer has what every SDK wants", () => {
  const session = {
    keys: {
      accessKeyId: "ASIAEXAMPLE",
      secretAccessKey: new Secret("secret"),
      sessionToken: new Secret("token"),
      expiresAt: new Date("2026-01-02T03:04:05.678Z"),
    },
    accountId: "222222222222",
  };
  expect(JSON.parse(containerJson(session))).toEqual({
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "secret",
    Token: "token",
    Expiration: "2026-01-02T03:04:05Z",
    AccountId: "222222222222",
  });
});
