// Findings that a run could not deliver whole: the next run sends the others, and no user's twice.

import { describe, expect, test } from "vitest";
import { AwstError } from "../../model/errors.ts";
import type { FindingsOfAccount } from "../model/finding-notices.ts";
import type { UserNotifier } from "../ports.ts";
import { openSentMemory, sendFindings } from "./send-findings.ts";

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

/** The memory of one run, and what is stored. */
function openMemory(stored = { day: "", sent: [] as readonly string[] }, receiver = {}) {
  let file = stored;
  const store = {
    read: () => file,
    async update(change: (old: typeof file) => typeof file) {
      file = change(file);
    },
  };
  return {
    store,
    sent: () => file.sent,
    reopen: (other = receiver) => openSentMemory(store, { receiver: other, day: "2026-11-29" }),
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
    const stored = openMemory();
    const memory = stored.reopen();
    const first = openReceiver((at) => at === wanted);
    const { failed, sent } = await sendFindings(first.notifier, accounts, memory);
    expect([failed.length, sent]).toEqual([1, first.delivered.length]);
    const second = openReceiver(() => false);
    const then = await sendFindings(second.notifier, accounts, memory);
    expect([then.failed, then.sentBefore]).toEqual([[], first.delivered.length]);
    const all = [...first.delivered, ...second.delivered];
    expect([all.length, new Set(all).size]).toEqual([10, 10]);
    expect(stored.sent()).toEqual([]);
    const third = openReceiver(() => false);
    expect((await sendFindings(third.notifier, accounts, memory)).sent).toBe(10);
  });
});

test("a run of one account that delivers all forgets nothing of another", async () => {
  const stored = openMemory();
  // The second notice of the first account, and the last one of the second.
  const first = openReceiver((at) => at === 1 || at === 5);
  await sendFindings(first.notifier, accounts, stored.reopen());
  const [one = [], two = []] = ids.map((id) => first.delivered.filter((each) => each.includes(id)));
  const alone = openReceiver(() => false);
  await sendFindings(alone.notifier, accounts.slice(0, 1), stored.reopen());
  expect([one.length, alone.delivered.length, stored.sent().length]).toEqual([3, 2, two.length]);
  const then = openReceiver(() => false);
  await sendFindings(then.notifier, accounts.slice(1), stored.reopen());
  expect(then.delivered.filter((each) => two.includes(each))).toEqual([]);
});

test.each<[string, object, string, number]>([
  ["another receiver clears its own alone", { notify: "ses" }, ids[0] ?? "", 2],
  ["another account clears its own alone", {}, ids[1] ?? "", 2],
  ["an account whose id begins like another's", {}, "1111", 2],
  ["the account itself", {}, ids[0] ?? "", 0],
])("%s", async (_name, receiver, id, left) => {
  const stored = openMemory();
  const users = ["ann", "ben"].map((name) => ({
    ...{ name, email: undefined, until: undefined, lines: ["x"] },
  }));
  await stored.reopen().add(ids[0] ?? "", users);
  await stored.reopen(receiver).clear([id]);
  expect(stored.sent()).toHaveLength(left);
});

test("two runs at once, of different accounts: neither forgets what the other one stored", async () => {
  const stored = openMemory();
  const [one, two] = [stored.reopen(), stored.reopen()];
  const zoe = { name: "zoe", email: undefined, until: undefined, lines: ["x"] };
  await one.add(ids[0] ?? "", [zoe]);
  await two.add(ids[1] ?? "", [zoe]);
  await one.clear([ids[0] ?? ""]);
  expect(stored.reopen().has(ids[1] ?? "", zoe)).toBe(true);
});

test("a finding that is new since is sent, with the others of its user", async () => {
  const memory = openMemory().reopen();
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
