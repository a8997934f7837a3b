// Which addresses in AWS_ENDPOINT_URL_SIGNIN get credentials.

import { expect, test } from "vitest";
import { checkSignInEndpoint } from "./sign-in-endpoint.ts";

const allowed = ["signin.corp.example"];

test.each([
  ["https://signin.aws.amazon.com/", "eu-west-1"],
  ["https://eu-west-1.signin.aws.amazon.com/", "eu-west-1"],
  ["https://signin.amazonaws.cn/", "cn-north-1"],
  ["https://signin.amazonaws-us-gov.com/", "us-gov-west-1"],
  ["http://127.0.0.1:4566/", "eu-west-1"],
  ["http://localhost:4566/", "eu-west-1"],
  ["http://[::1]:4566/", "eu-west-1"],
  ["https://signin.corp.example/", "eu-west-1"],
  ["https://signin.corp.example:8443/prefix", "eu-west-1"],
])("%s in %s", (address, region) => {
  expect(checkSignInEndpoint(new URL(address), region, allowed).href).toBe(address);
});

test.each([
  ["plain HTTP to AWS's own host", "http://signin.aws.amazon.com/"],
  ["plain HTTP to an allowed host", "http://signin.corp.example/"],
  ["another host", "https://signin.example/"],
  ["a host that ends alike", "https://evil-signin.aws.amazon.com/"],
  ["AWS's host as a part of another", "https://signin.aws.amazon.com.example/"],
  ["AWS's host as a user name", "https://signin.aws.amazon.com@example/"],
  ["another partition's host", "https://signin.amazonaws.cn/"],
  ["a host below an allowed one", "https://x.signin.corp.example/"],
  ["another name of this machine", "http://localhost.example/"],
  ["an address of the local network", "http://192.168.1.2/"],
  ["this machine's address as a name", "http://127.0.0.1.example/"],
])("no credentials for %s", (_case, address) => {
  expect(() => checkSignInEndpoint(new URL(address), "eu-west-1", allowed)).toThrow(
    expect.objectContaining({ code: "USAGE", hint: expect.any(String) }),
  );
});
