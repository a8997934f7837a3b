import { expect, test } from "vitest";
import { canonicalRequest, isSignedBy, signatureOf, type WireRequest } from "./sigv4.ts";

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

interface Vector {
  name: string;
  method?: string;
  target: string;
  headers: [string, string][];
  body?: string;
  service: string;
  signature: string;
}

const host: [string, string] = ["host", "example.amazonaws.com"];
const date: [string, string] = ["x-amz-date", "20150830T123600Z"];

/** AWS's published test suite and the worked example of its signing guide. */
const vectors: Vector[] = [
  {
    name: "get-vanilla",
    target: "/",
    headers: [host, date],
    service: "service",
    signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
  },
  {
    name: "get-vanilla-query-order-key-case",
    target: "/?Param2=value2&Param1=value1",
    headers: [host, date],
    service: "service",
    signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  },
  {
    name: "post-vanilla",
    method: "POST",
    target: "/",
    headers: [host, date],
    service: "service",
    signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
  },
  {
    name: "post-x-www-form-urlencoded",
    method: "POST",
    target: "/",
    headers: [["content-type", "application/x-www-form-urlencoded"], host, date],
    body: "Param1=value1",
    service: "service",
    signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  },
  {
    name: "the signing guide's ListUsers",
    target: "/?Action=ListUsers&Version=2010-05-08",
    headers: [
      ["content-type", "application/x-www-form-urlencoded; charset=utf-8"],
      ["host", "iam.amazonaws.com"],
      date,
    ],
    service: "iam",
    signature: "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  },
];

const requestOf = (vector: Vector): WireRequest => ({
  method: vector.method ?? "GET",
  target: vector.target,
  headers: new Map(vector.headers),
  body: Buffer.from(vector.body ?? ""),
});

const claimOf = (vector: Vector) => ({
  accessKeyId: "AKIDEXAMPLE",
  date: "20150830",
  region: "us-east-1",
  service: vector.service,
  signedHeaders: vector.headers.map(([name]) => name),
  time: "20150830T123600Z",
});

test.each(vectors)("signs $name as published", (vector) => {
  expect(signatureOf(requestOf(vector), claimOf(vector), secret)).toBe(vector.signature);
});

const vanilla = vectors[3]!;
const claim = { ...claimOf(vanilla), signature: vanilla.signature };

test("knows the signature it made", () => {
  expect(isSignedBy(requestOf(vanilla), claim, secret)).toBe(true);
});

test.each<[string, WireRequest]>([
  ["a changed body", { ...requestOf(vanilla), body: Buffer.from("Param1=value2") }],
  ["another method", { ...requestOf(vanilla), method: "PUT" }],
  ["another path", { ...requestOf(vanilla), target: "/x" }],
  ["an added query", { ...requestOf(vanilla), target: "/?a=b" }],
  [
    "a changed signed header",
    { ...requestOf(vanilla), headers: new Map([...vanilla.headers, ["host", "evil.example"]]) },
  ],
])("refuses %s", (_what, request) => {
  expect(isSignedBy(request, claim, secret)).toBe(false);
});

test("refuses another secret and a cut signature", () => {
  expect(isSignedBy(requestOf(vanilla), claim, `${secret}x`)).toBe(false);
  expect(isSignedBy(requestOf(vanilla), { ...claim, signature: "ff" }, secret)).toBe(false);
});

test("folds spaces in header values and sorts the query by its encoded words", () => {
  const request: WireRequest = {
    method: "GET",
    target: "/a%20b?b=2&a=%2F&a=",
    headers: new Map([["my-header", "  a   b  "]]),
    body: Buffer.alloc(0),
  };
  expect(canonicalRequest(request, ["my-header"]).split("\n").slice(0, 4)).toEqual([
    "GET",
    "/a%2520b",
    "a=&a=%2F&b=2",
    "my-header:a b",
  ]);
});
