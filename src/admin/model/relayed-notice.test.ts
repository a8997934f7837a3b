import { expect, test } from "vitest";
import type { UserNotice } from "./notices.ts";
import { decodeNotice, encodeNotice } from "./relayed-notice.ts";

const notice: UserNotice = {
  kind: "warning",
  account: { id: "111122223333", name: "production" },
  users: [
    { name: "alice", email: "a@example.com", until: "2026-12-13", lines: ["access key AKIA1: x"] },
    { name: "bob", email: undefined, until: undefined, lines: [] },
  ],
};

test("a notice arrives as it was sent", () => {
  expect(decodeNotice(encodeNotice(notice))).toEqual(notice);
});

test.each([
  ["no JSON", "hello"],
  ["a list", "[]"],
  ["another version", JSON.stringify({ ...notice, version: 2 })],
  ["another kind", JSON.stringify({ ...notice, version: 1, kind: "order" })],
  [
    "an account that is none",
    JSON.stringify({ ...notice, version: 1, account: { id: "1", name: "x" } }),
  ],
  ["users that are no list", JSON.stringify({ ...notice, version: 1, users: "alice" })],
  ["a user without a name", JSON.stringify({ ...notice, version: 1, users: [{ lines: [] }] })],
  [
    "lines that are no texts",
    JSON.stringify({ ...notice, version: 1, users: [{ name: "a", lines: [1] }] }),
  ],
  [
    "a text without end",
    encodeNotice({ ...notice, account: { id: "111122223333", name: "x".repeat(5_000) } }),
  ],
  ["users without end", encodeNotice({ ...notice, users: Array(101).fill(notice.users[0]) })],
])("%s is refused", (_what, text) => {
  expect(() => decodeNotice(text)).toThrow(expect.objectContaining({ code: "NOTICE_FAILED" }));
});
