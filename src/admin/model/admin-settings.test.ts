import { expect, test } from "vitest";
import { findAdminProblems } from "./admin-settings.ts";

/** Each mistake is at its own key, as the file spells it, and says what is allowed. */
test.each([
  [{ as: "main-account" }, ["as"], /account\/Role/],
  [{ protectd: ["root"] }, ["protectd"], /"protected"/],
  [{ max_changes: 9_999n }, ["max_changes"], /from 0 to 5000/],
  [{ accounts: "organisation" }, ["accounts"], /"organization"/],
  [{ accounts: [12n] }, ["accounts", 0], /a string/],
  [{ orgRole: "no role" }, ["orgRole"], /name/],
  [{ users: { passwordLength: 4n } }, ["users", "passwordLength"], /from 8 to 128/],
  [{ users: { pathPrefix: "staff" } }, ["users", "pathPrefix"], /"\/staff\/"/],
  [{ groups: { category: [{ name: "A", match: "(" }] } }, ["groups", "category", 0, "match"], /\(/],
  [{ groups: { category: "A" } }, ["groups", "category"], /\[\[admin.groups.category\]\]/],
  [{ dormant: { days: 0n } }, ["dormant", "days"], /from 1 to 3650/],
  [{ dormant: { notify: "pigeon" } }, ["dormant", "notify"], /"slack", "sns"/],
  [{ dormant: { actions: ["shoot"] } }, ["dormant", "actions"], /"console", "keys"/],
  [{ hygiene: 3n }, ["hygiene"], /a table/],
])("a mistake in [admin]: %o", (table, path, allowed) => {
  const problems = findAdminProblems(table, ["Admin"]);
  expect(problems.map((each) => each.path)).toEqual([["Admin", ...path]]);
  expect(`${problems[0]?.message} ${problems[0]?.hint}`).toMatch(allowed);
});

const warned = { notify: "slack", notifyParameter: "/admin/hook" };

/** A deletion needs its time, a warning, and a user whose access awst disabled. */
test.each<[Record<string, unknown>, RegExp | undefined]>([
  [{ actions: ["keys", "user"], deleteDays: 30n, ...warned }, undefined],
  [{ actions: ["keys", "user"], deleteDays: 15n, ...warned }, undefined],
  [{ deleteDays: 30n }, undefined],
  [{ actions: ["keys", "user"], ...warned }, /needs deleteDays/],
  [{ actions: ["keys", "user"], deleteDays: 14n, ...warned }, /larger deleteDays/],
  [{ actions: ["keys", "user"], deleteDays: 30n, warnDays: 60n, ...warned }, /larger deleteDays/],
  [
    { actions: ["keys", "user"], deleteDays: 30n, warnDays: 0n, ...warned },
    /warnDays of 1 or more/,
  ],
  [{ actions: ["keys", "user"], deleteDays: 30n }, /needs notify/],
  [{ actions: ["keys", "user"], deleteDays: 30n, notify: "none" }, /needs notify/],
  [{ actions: ["user"], deleteDays: 30n, ...warned }, /needs "console" or "keys"/],
])("users are deleted by settings that are whole: %o", (dormant, mistake) => {
  const problems = findAdminProblems({ dormant }, ["admin"]);
  expect(problems.map(({ message }) => message)).toEqual(
    mistake === undefined ? [] : [expect.stringMatching(mistake)],
  );
});

test("every mistake of [admin] is found in one run, and a table without one has none", () => {
  const dormant = { days: 0n, notify: "pigeon", actions: ["shoot"] };
  expect(findAdminProblems({ as: "x", dormant }, ["admin"])).toHaveLength(4);
  expect(findAdminProblems({ as: "main/Admin", dormant: { days: 1n } }, ["admin"])).toEqual([]);
  expect(findAdminProblems(undefined, ["admin"])).toEqual([]);
});
