import { expect, test } from "vitest";
import { AwstError } from "../../model/errors.ts";
import type { SortedUser } from "../model/group-rules.ts";
import type { AdminContext } from "../ports.ts";
import { carryOutSorting } from "./sort-groups.ts";

const move = (user: string, add: readonly string[], remove: readonly string[]): SortedUser => ({
  ...{
    user,
    add,
    remove,
    category: add.at(-1),
    needsCategory: false,
    alsoMatching: [],
    tooMany: [],
  },
});

test("what was changed before an error is in the result and in the history", async () => {
  const recorded: unknown[] = [];
  const refuse = (group: string) => {
    if (group === "Gone") throw new AwstError("IAM_ABSENT", "there is no group Gone");
  };
  const admin = {
    iam: {
      listGroupsOf: async () => ["Old", "Gone"],
      addToGroup: async (_: string, group: string) => refuse(group),
      removeFromGroup: async (_: string, group: string) => refuse(group),
    },
    record: (event: string, facts: object) => recorded.push({ event, ...facts }),
  } as unknown as AdminContext;
  const results = await carryOutSorting(admin, [
    move("all", ["All", "New"], ["Old"]),
    move("some", ["All", "New"], ["Old", "Gone"]),
    move("none", [], ["Gone"]),
    move("there", ["Old"], []),
  ]);
  expect(results.map(({ error, ...rest }) => ({ ...rest, code: error?.code }))).toEqual([
    { user: "all", joined: ["All", "New"], left: ["Old"], code: undefined },
    { user: "some", joined: ["All", "New"], left: ["Old"], code: "IAM_ABSENT" },
    { user: "none", joined: [], left: [], code: "IAM_ABSENT" },
    { user: "there", joined: [], left: [], code: undefined },
  ]);
  expect(recorded).toEqual([
    { event: "user-sorted", user: "all", joined: "All New", left: "Old" },
    { event: "user-sorted", user: "some", joined: "All New", left: "Old" },
  ]);
});
