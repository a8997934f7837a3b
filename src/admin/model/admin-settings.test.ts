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

test("every mistake of [admin] is found in one run, and a table without one has none", () => {
  const dormant = { days: 0n, notify: "pigeon", actions: ["shoot"] };
  expect(findAdminProblems({ as: "x", dormant }, ["admin"])).toHaveLength(4);
  expect(findAdminProblems({ as: "main/Admin", dormant: { days: 1n } }, ["admin"])).toEqual([]);
  expect(findAdminProblems(undefined, ["admin"])).toEqual([]);
});
