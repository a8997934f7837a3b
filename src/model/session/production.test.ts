import { expect, test } from "vitest";
import { makeRole } from "../configuration/find-in-configuration.ts";
import { isAdministrative, needsConfirmation } from "./production.ts";

test.each<[string, boolean | undefined, boolean]>([
  ["AdminAccess", undefined, true],
  ["AdministratorAccess", undefined, true],
  ["OrgAdmin", undefined, true],
  ["admin", undefined, true],
  ["SYSTEM-ADMIN", undefined, true],
  ["team/AdminAccess", undefined, true],
  // The path does not count.
  ["admin/ReadOnly", undefined, false],
  ["administrators/audit/ReadOnly", undefined, false],
  ["DeveloperAccess", undefined, false],
  ["ReadOnly", undefined, false],
  ["Owner", undefined, false],
  // The configuration decides.
  ["Owner", true, true],
  ["ReadOnly", true, true],
  ["AdminAccess", false, false],
  ["NonAdmin", false, false],
])("the role %s with confirm = %s is administrative: %s", (name, confirm, expected) => {
  expect(isAdministrative({ name, confirm })).toBe(expected);
});

test.each<[boolean | undefined, string, "user" | "machine", boolean, boolean]>([
  [true, "AdminAccess", "user", false, true],
  [true, "AdminAccess", "user", true, false],
  [true, "AdminAccess", "machine", false, false],
  [true, "ReadOnly", "user", false, false],
  [false, "AdminAccess", "user", false, false],
  [undefined, "AdminAccess", "user", false, false],
])(
  "production = %s, %s, for a %s (--yes: %s): asks: %s",
  (production, name, requester, isConfirmed, expected) => {
    const role = makeRole(name);
    expect(needsConfirmation({ account: { production }, role }, { requester, isConfirmed })).toBe(
      expected,
    );
  },
);
