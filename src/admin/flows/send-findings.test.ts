// Findings that a run could not deliver whole: the next run sends the others, and no user's twice.

import { describe, expect, test } from "vitest";
import { AwstError } from "../../model/errors.ts";
import type { FindingsOfAccount } from "../model/finding-notices.ts";
import { findingsKey } from "../model/sent-findings.ts";
import type { UserNotifier } from "../ports.ts";
import { type SentMemory, sendFindings } from "./send-findings.ts";

const ids = ["111111111111", "222222222222"];
const accounts = ids.map(
  (id): FindingsOfAccount => ({
    account: { id, name: id },
    findings: ["ann", "ben", "cal", "dan", "eve"].map((user) => ({
      ...{ kind: "no-mfa" as const, user, keyId: undefined, text: "a password and no MFA device" },
    })),
    emails: new Map(),
  }),
);

function openMemory(keys: Set<string>): SentMemory {
  const keyOf = (id: string, user: Parameters<SentMemory["has"]>[1]) => findingsKey({}, id, user);
  return {
    has: (id, user) => keys.has(keyOf(id, user)),
    add: (id, users) => users.forEach((user) => void keys.add(keyOf(id, user))),
    clear: () => keys.clear(),
  };
}

/** `failing`: the number of a notice from 0. */
function openReceiver(failing: (at: number) => boolean) {
  const delivered: string[] = [];
  let at = 0;
  const notifier: UserNotifier = {
    ...{ usersPerNotice: 2, needsEmail: false },
    async send({ account, users }) {
      if (failing(at++)) throw new AwstError("NOTICE_FAILED", "refused");
      delivered.push(...users.map(({ name }) => `${account.id} ${name}`));
    },
  };
  return { notifier, delivered };
}

describe.each([0, 1, 2, 3, 4, 5])("notice %i of six fails", (wanted) => {
  test("the next run sends the others, then everything is sent again", async () => {
    const keys = new Set<string>();
    const memory = openMemory(keys);
    const first = openReceiver((at) => at === wanted);
    const { failed, sent } = await sendFindings(first.notifier, accounts, memory);
    expect([failed.length, sent]).toEqual([1, first.delivered.length]);
    const second = openReceiver(() => false);
    const then = await sendFindings(second.notifier, accounts, memory);
    expect([then.failed, then.sentBefore]).toEqual([[], first.delivered.length]);
    const all = [...first.delivered, ...second.delivered];
    expect([all.length, new Set(all).size]).toEqual([10, 10]);
    expect(keys.size).toBe(0);
    const third = openReceiver(() => false);
    expect((await sendFindings(third.notifier, accounts, memory)).sent).toBe(10);
  });
});

test("a finding that is new since is sent, with the others of its user", async () => {
  const memory = openMemory(new Set());
  await sendFindings(openReceiver((at) => at === 5).notifier, accounts, memory);
  const more = accounts.map((each) => ({
    ...each,
    findings: [
      ...each.findings,
      { kind: "two-keys" as const, user: "ann", keyId: undefined, text: "two access keys" },
    ],
  }));
  const { notifier, delivered } = openReceiver(() => false);
  await sendFindings(notifier, more, memory);
  expect(delivered).toEqual(["111111111111 ann", "222222222222 ann", "222222222222 eve"]);
});
