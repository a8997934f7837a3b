import { expect, test } from "vitest";
import { checkNewUser, type NewUserOptions } from "./new-user.ts";

const usual: NewUserOptions = { path: undefined, boundary: undefined, tags: {} };

test.each<Partial<NewUserOptions>>([
  {},
  { path: "/" },
  { path: "/staff/" },
  { path: "/staff/a b/".replace(" ", "_") },
  { boundary: "arn:aws:iam::111122223333:policy/Limits" },
  { boundary: "arn:aws-cn:iam::111122223333:policy/team/Limits" },
  { boundary: "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess" },
  { tags: { email: "alice@example.com", team: "no address" } },
  { tags: { Email: "root@localhost" } },
])("accepted: %j", (options) => {
  expect(() => checkNewUser({ ...usual, ...options })).not.toThrow();
});

test.each<[Partial<NewUserOptions>, string | undefined]>([
  [{ path: "staff" }, "--path /staff/"],
  [{ path: "/staff" }, "--path /staff/"],
  [{ path: "a//b/" }, "--path /a/b/"],
  [{ path: "" }, "--path /staff/"],
  [{ path: "/für uns/" }, "--path /staff/"],
  [{ path: `/${"a".repeat(511)}/` }, "--path /staff/"],
  [{ boundary: "foo" }, "--boundary arn:aws:iam::111122223333:policy/NAME"],
  [{ boundary: "" }, "--boundary arn:aws:iam::111122223333:policy/NAME"],
  [{ boundary: "arn:aws:iam::1111:policy/A" }, "--boundary arn:aws:iam::111122223333:policy/NAME"],
  [
    { boundary: "arn:aws:iam::111122223333:role/A" },
    "--boundary arn:aws:iam::111122223333:policy/NAME",
  ],
  [
    { boundary: "arn:aws:iam::111122223333:policy/A\nB" },
    "--boundary arn:aws:iam::111122223333:policy/NAME",
  ],
  [{ tags: { email: "notmail" } }, "--email alice@example.com"],
  [{ tags: { EMAIL: "" } }, "--email alice@example.com"],
  [{ tags: { email: "a@b@c" } }, "--email alice@example.com"],
  [{ tags: { note: "#1" } }, undefined],
])("refused: %j", (options, hint) => {
  expect(() => checkNewUser({ ...usual, ...options })).toThrowError(
    expect.objectContaining({ code: "USAGE", hint }),
  );
});
