// Notices within the limits of their receivers, and the settings that say who receives them.

import { describe, expect, test } from "vitest";
import { decodeAdminSettings } from "./admin-settings.ts";
import {
  accessLine,
  batches,
  mailText,
  noticeSubject,
  noticeText,
  slackBody,
  slackPlainBody,
  slackUsersPerNotice,
  snsSubject,
  type UserNotice,
  webhookBody,
} from "./notices.ts";

const account = { id: "111111111111", name: "production" };
const zoe = {
  name: "zoe",
  email: "zoe@example.com",
  until: "2026-12-11",
  lines: ["access key AKIA1 (laptop): never used, 180 days"],
};
const notice: UserNotice = { kind: "warning", account, users: [zoe] };

test("a notice says who, where, which key, until when, and what to do", () => {
  const text = noticeText(notice);
  for (const part of ["zoe <zoe@example.com>, until 2026-12-11", "AKIA1 (laptop)", "111111111111"])
    expect(text).toContain(part);
  expect(text).toContain("aws sts get-caller-identity");
  expect(mailText(notice, zoe)).toContain("It is disabled after 2026-12-11.");
});

test.each<[UserNotice["kind"], RegExp]>([
  ["warning", /will be disabled$/],
  ["disabled", /is disabled$/],
  ["hygiene", /findings for IAM user zoe$/],
])("subject of %s", (kind, expected) => {
  expect(noticeSubject({ ...notice, kind })).toMatch(expected);
});

test("a key is named with the description of its owner", () => {
  const base = { id: "AKIA1", isOn: true, createdAt: new Date(0), lastUsed: undefined } as const;
  const key = { ...base, kind: "key", verdict: "dormant", reason: "never used, 40 days" } as const;
  expect(accessLine(key, { AKIA1: "laptop" })).toBe(
    "access key AKIA1 (laptop): never used, 40 days",
  );
  expect(accessLine(key, {})).toBe("access key AKIA1: never used, 40 days");
  expect(accessLine({ ...key, kind: "console", id: undefined }, {})).toMatch(/^console password: /);
});

describe("Slack's limits", () => {
  interface Body {
    readonly text: string;
    readonly blocks: readonly { readonly text: { readonly text: string } }[];
  }

  test("at most 50 blocks of at most 3,000 characters, whatever is in them", () => {
    const users = Array.from({ length: slackUsersPerNotice }, (_, at) => ({
      ...zoe,
      name: `user-${at}`,
      lines: Array.from({ length: 100 }, () => "x".repeat(100)),
    }));
    const { blocks } = slackBody({ ...notice, users }) as Body;
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(blocks.length).toBe(slackUsersPerNotice + 2);
    for (const { text } of blocks) expect(text.text.length).toBeLessThanOrEqual(3_000);
    const { text } = slackPlainBody({ ...notice, users }) as Body;
    expect(text.length).toBeLessThanOrEqual(3_000);
  });

  test("foreign text is no markup: it mentions no channel, and links nowhere", () => {
    const lines = ["access key AKIA1 (<!channel> & <https://evil.example|x>): never used"];
    const body = JSON.stringify(slackBody({ ...notice, users: [{ ...zoe, lines }] }));
    expect(body).not.toContain("<!channel>");
    expect(body).not.toContain("<https");
    expect(body).toContain("&lt;!channel&gt; &amp;");
  });
});

test("an SNS subject is ASCII of at most 100 characters, on one line", () => {
  const name = `Zürich\n${"x".repeat(200)}`;
  const subject = snsSubject({ ...notice, account: { id: account.id, name } });
  expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

test("a webhook gets JSON for programs", () => {
  expect(webhookBody({ ...notice, users: [{ ...zoe, email: undefined }] })).toEqual({
    version: 1,
    kind: "warning",
    account: "111111111111",
    accountName: "production",
    users: [{ user: "zoe", email: null, until: "2026-12-11", access: zoe.lines }],
  });
});

test.each([
  [0, 3, []],
  [3, 3, [3]],
  [7, 3, [3, 3, 1]],
])("%i users, %i a notice", (count, size, expected) => {
  const all = Array.from({ length: count }, (_, at) => at);
  expect(batches(all, size).map((each) => each.length)).toEqual(expected);
});

test.each<[string, object, RegExp | undefined]>([
  ["nothing", {}, undefined],
  ["none", { notify: "none" }, undefined],
  ["slack", { notify: "slack", notifyParameter: "/admin/hook" }, undefined],
  ["slack without a parameter", { notify: "slack" }, /"slack" needs notifyParameter/],
  ["webhook without a parameter", { notify: "webhook" }, /needs notifyParameter/],
  [
    "a URL in plain sight",
    { notify: "slack", notifyParameter: "https://x.example" },
    /must not be/,
  ],
  ["a name that AWS reserves", { notify: "slack", notifyParameter: "/aws/hook" }, /must not be/],
  ["another that AWS reserves", { notify: "slack", notifyParameter: "SSM-hook" }, /must not be/],
  ["sns without a topic", { notify: "sns" }, /needs notifyTopic/],
  ["a topic that is none", { notify: "sns", notifyTopic: "dormant" }, /must not be "dormant"/],
  ["a topic", { notify: "sns", notifyTopic: "arn:aws:sns:eu-west-1:111111111111:x" }, undefined],
  ["ses without a sender", { notify: "ses" }, /needs notifyFrom/],
  ["a sender that is none", { notify: "ses", notifyFrom: "A <a@b.example>" }, /must not be/],
  ["a sender", { notify: "ses", notifyFrom: "a@b.example" }, undefined],
  ["pigeon", { notify: "pigeon" }, /notify/],
])("settings: %s", (_name, dormant, problem) => {
  const decode = () => decodeAdminSettings({ dormant }, "config.toml");
  if (problem === undefined) expect(decode().notify).toBeDefined();
  else expect(decode).toThrow(problem);
});
