// A failure is stored for the processes that wait, and failures that no process waits for any more are deleted.

import { expect, test } from "vitest";
import { AwstError } from "../../model/errors.ts";
import { sharedFailureFile } from "../../model/session/shared-failure.ts";
import { keepFailurePrivate, shareFailure } from "./single-flight.ts";

function openStore() {
  const written: string[] = [];
  const removed: (readonly [string, number])[] = [];
  const state = {
    write: ({ name }: { readonly name: string }) => void written.push(name),
    removeOld: (prefix: string, ageMs: number) => void removed.push([prefix, ageMs]),
  };
  const context = { state, now: () => new Date() } as unknown as Parameters<typeof shareFailure>[0];
  return { context, written, removed };
}

test("each stored failure deletes those of an hour before: sessions with options of their own leave no files", () => {
  const { context, written, removed } = openStore();
  shareFailure(context, "role-x", new AwstError("AWS_DENIED", "denied"));
  expect(written).toEqual(["failure-role-x"]);
  expect(removed).toEqual([["failure-", 3600_000]]);
  const [[prefix] = [""]] = removed;
  expect(sharedFailureFile("role-x").name.startsWith(prefix)).toBe(true);
});

test("a failure that is not shared stores and deletes nothing", () => {
  const { context, written, removed } = openStore();
  const own = new AwstError("AWS_DENIED", "of a code that only this process has");
  keepFailurePrivate(own);
  for (const error of [own, new AwstError("CODE_NEEDED", "no code"), new TypeError("x")]) {
    shareFailure(context, "role-x", error);
  }
  expect([...written, ...removed]).toEqual([]);
});
