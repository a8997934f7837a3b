// The signature against the example of AWS's documentation of signature version 4 and its test suite.

import { expect, test } from "vitest";
import { signRequest } from "./signed-call.ts";

const keys = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const scope = { service: "service", region: "us-east-1", at: new Date("2015-08-30T12:36:00Z") };
const address = { protocol: "https:", hostname: "example.amazonaws.com" };
const headers = { Host: "example.amazonaws.com" };

test.each([
  [
    "get-vanilla",
    { method: "GET", path: "/", headers, body: "" },
    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  ],
  [
    "post-vanilla",
    { method: "POST", path: "/", headers, body: "" },
    "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  ],
  [
    "post-x-www-form-urlencoded",
    {
      method: "POST",
      path: "/",
      headers: { ...headers, "Content-Type": "application/x-www-form-urlencoded" },
      body: "Param1=value1",
    },
    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  ],
])("%s", async (_name, request, signature) => {
  const signed = await signRequest({ ...request, ...address }, keys, scope);
  expect(signed["authorization"]).toContain(`Signature=${signature}`);
  expect(signed["authorization"]).toContain(
    "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request",
  );
});

test("a session's token is signed", async () => {
  const request = { method: "GET", path: "/", headers, body: "" };
  const signed = await signRequest(
    { ...request, ...address },
    { ...keys, sessionToken: "token" },
    scope,
  );
  expect(signed["authorization"]).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token");
});
