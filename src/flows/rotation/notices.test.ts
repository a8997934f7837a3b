// Notices for the next command: printed once, by one process, and shown once on the desktop.

import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine } from "../../../test/support/fake-context.ts";
import { noticesFile } from "../../model/rotation/notices.ts";
import { cachedKeyIdsFile } from "../../model/session/config-cache.ts";
import { printNotices } from "./background-reports.ts";
import { leaveNotice } from "./rotate-unattended.ts";

const waiting = {
  kind: "waiting",
  identity: "main-account",
  text: "a code is needed",
  command: "awst key rotate",
  isCall: true,
} as const;
const rotated = {
  ...waiting,
  kind: "rotated",
  text: "replaced",
  command: undefined,
  isCall: false,
} as const;

const makeMachine = () => makeFakeMachine(configurationOf([]));

test("a notice is printed once", async () => {
  const machine = makeMachine();
  await leaveNotice(machine.process(), waiting);
  machine.advance(60);
  await leaveNotice(machine.process(), { ...rotated, identity: "other" });
  const [first, second] = [machine.process(), machine.process()];
  await printNotices(first);
  await printNotices(second);
  expect(first.messages).toEqual([
    expect.stringMatching(/: a code is needed$/),
    "to do: awst key rotate",
    expect.stringMatching(/: replaced$/),
  ]);
  expect(second.messages).toEqual([]);
});

test.each([
  ["the key of the notice", "AKIANEW", "AKIANEW", 1],
  ["another key, as after --undo", "AKIANEW", "AKIAOLD", 0],
  ["an unknown key", "AKIANEW", undefined, 1],
  ["any key, for a notice of none", undefined, "AKIAOLD", 1],
])(
  "with %s in use, a notice is printed or dropped",
  async (_, currentKeyId, accessKeyId, count) => {
    const machine = makeMachine();
    await leaveNotice(machine.process(), { ...rotated, currentKeyId });
    if (accessKeyId !== undefined) {
      await machine
        .process()
        .state.update(cachedKeyIdsFile, () => ({ "main-account": { accessKeyId } }));
    }
    const context = machine.process();
    await printNotices(context);
    expect(context.messages).toHaveLength(count);
    expect(context.state.read(noticesFile)).toEqual([]);
  },
);

test("two processes at once: one prints the notice", async () => {
  const machine = makeMachine();
  await leaveNotice(machine.process(), rotated);
  const both = [machine.process(), machine.process()];
  await Promise.all(both.map(printNotices));
  expect(both.flatMap(({ messages }) => messages)).toHaveLength(1);
});

test("with --quiet the notice waits for a command without it", async () => {
  const machine = makeMachine();
  await leaveNotice(machine.process(), rotated);
  await printNotices({ ...machine.process(), quiet: true });
  expect(machine.process().state.read(noticesFile)).toHaveLength(1);
});

test("without notices no file is written", async () => {
  const machine = makeMachine();
  await printNotices(machine.process());
  expect(machine.state.size).toBe(0);
});

describe("desktop notification", () => {
  test("for a notice that needs the user, with the command to type", async () => {
    const machine = makeMachine();
    await leaveNotice(machine.process(), waiting);
    expect(machine.shown).toEqual(["a code is needed: awst key rotate"]);
  });

  test("not again until the notice was printed", async () => {
    const machine = makeMachine();
    for (let hours = 0; hours < 3; hours++) await leaveNotice(machine.process(), waiting);
    expect(machine.shown).toHaveLength(1);
    await printNotices(machine.process());
    await leaveNotice(machine.process(), waiting);
    expect(machine.shown).toHaveLength(2);
  });

  test("none for a notice that needs nothing", async () => {
    const machine = makeMachine();
    await leaveNotice(machine.process(), rotated);
    expect(machine.shown).toEqual([]);
  });
});
