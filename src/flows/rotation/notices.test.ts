// Words left for the next `assume`: said once, by one, and once on the desktop.

import { describe, expect, test } from "vitest";
import { configurationOf, makeFakeMachine } from "../../../test/support/fake-context.ts";
import { decodeNotices, noticesName } from "../../model/rotation/notices.ts";
import { leaveNotice } from "./rotate-unattended.ts";
import { showNotices } from "./start-automatic-rotation.ts";

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

test("what was left is said once", async () => {
  const machine = makeMachine();
  await leaveNotice(machine.process(), waiting);
  machine.advance(60);
  await leaveNotice(machine.process(), { ...rotated, identity: "other" });
  const [first, second] = [machine.process(), machine.process()];
  await showNotices(first);
  await showNotices(second);
  expect(first.said).toEqual([
    expect.stringMatching(/: a code is needed$/),
    "to do: awst key rotate",
    expect.stringMatching(/: replaced$/),
  ]);
  expect(second.said).toEqual([]);
});

test("of two at once one says it", async () => {
  const machine = makeMachine();
  await leaveNotice(machine.process(), rotated);
  const both = [machine.process(), machine.process()];
  await Promise.all(both.map(showNotices));
  expect(both.flatMap(({ said }) => said)).toHaveLength(1);
});

test("with --quiet it waits for one that may", async () => {
  const machine = makeMachine();
  await leaveNotice(machine.process(), rotated);
  await showNotices({ ...machine.process(), quiet: true });
  expect(decodeNotices(machine.state.get(noticesName))).toHaveLength(1);
});

test("nothing to say takes no lock and changes no file", async () => {
  const machine = makeMachine();
  await showNotices(machine.process());
  expect(machine.state.size).toBe(0);
});

describe("the desktop", () => {
  test("is told what calls for a person, with what to type", async () => {
    const machine = makeMachine();
    await leaveNotice(machine.process(), waiting);
    expect(machine.shown).toEqual(["a code is needed: awst key rotate"]);
  });

  test("not again until somebody has read it", async () => {
    const machine = makeMachine();
    for (let hours = 0; hours < 3; hours++) await leaveNotice(machine.process(), waiting);
    expect(machine.shown).toHaveLength(1);
    await showNotices(machine.process());
    await leaveNotice(machine.process(), waiting);
    expect(machine.shown).toHaveLength(2);
  });

  test("is left alone by what asks for nothing", async () => {
    const machine = makeMachine();
    await leaveNotice(machine.process(), rotated);
    expect(machine.shown).toEqual([]);
  });
});
