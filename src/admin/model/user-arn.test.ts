import { expect, test } from "vitest";
import {
  requireTypedPartition,
  requireTypedPath,
  userNameIn,
  userNameOf,
  userPathOf,
} from "./user-arn.ts";

const own = "111111111111";

test.each([
  ["alice", "alice"],
  ["arn:aws:iam::111111111111:user/alice", "alice"],
  ["arn:aws:iam::111111111111:user/staff/north/alice", "alice"],
  ["arn:aws-cn:iam::111111111111:user/a.b@c-d_e+f=g,h", "a.b@c-d_e+f=g,h"],
  ["arn:aws-us-gov:iam::111111111111:user/alice", "alice"],
  ["arnold", "arnold"],
])("%s names %s", (typed, name) => {
  expect(userNameIn(typed, own)).toBe(name);
  expect(userNameOf(typed)).toBe(name);
});

test.each([
  "arn:aws:iam::222222222222:user/alice",
  "arn:aws:iam::222222222222:user/staff/alice",
  "arn:aws-cn:iam::222222222222:user/alice",
])("%s is a user of another account", (typed) => {
  expect(() => userNameIn(typed, own)).toThrowError(
    expect.objectContaining({ code: "ADMIN_REFUSED", hint: "--as ACCOUNT/ROLE" }),
  );
  expect(userNameOf(typed)).toBe("alice");
});

test.each([
  "arn:aws:iam::111111111111:role/alice",
  "arn:aws:iam::111111111111:user/",
  "arn:aws:iam::111111111111:user",
  "arn:aws:iam::1111:user/alice",
  "arn:aws:sts::111111111111:assumed-role/Admin/alice",
  "arn:aws:iam::111111111111:user/alice bob",
  "arn:",
])("%s is no ARN of a user", (typed) => {
  expect(() => userNameIn(typed, own)).toThrowError(expect.objectContaining({ code: "USAGE" }));
});

test.each(["", " ", "*", "al*", "../x", "alice bob", "alice\n", "user/alice", "a".repeat(65)])(
  "%j can't be a name, and is not taken for a user who is gone",
  (typed) => {
    expect(() => userNameIn(typed, own)).toThrowError(expect.objectContaining({ code: "USAGE" }));
  },
);

const refused = expect.objectContaining({ code: "ADMIN_REFUSED" });

test.each<[string, string, "the user" | "another"]>([
  ["u2", "/", "the user"],
  ["u2", "/staff/", "the user"],
  ["arn:aws:iam::111111111111:user/u2", "/", "the user"],
  // As Terraform's module passes it.
  ["arn:aws:iam::111111111111:user/u2", "/staff/", "the user"],
  ["arn:aws:iam::111111111111:user/staff/u2", "/staff/", "the user"],
  ["arn:aws:iam::111111111111:user/staff/north/u2", "/staff/north/", "the user"],
  ["arn:aws:iam::111111111111:user/other/u2", "/", "another"],
  ["arn:aws:iam::111111111111:user/other/u2", "/staff/", "another"],
  ["arn:aws:iam::111111111111:user/Staff/u2", "/staff/", "another"],
  ["arn:aws:iam::111111111111:user/staff/u2", "/staff/north/", "another"],
  ["arn:aws:iam::111111111111:user/north/u2", "/staff/north/", "another"],
])("%s is, for a user with the path %s, %s", (typed, path, who) => {
  const check = () => requireTypedPath(typed, path);
  if (who === "another") expect(check).toThrowError(refused);
  else expect(check).not.toThrow();
});

test.each<[string, string | undefined, "the user" | "another"]>([
  ["g1", "arn:aws:iam::111111111111:user/g1", "the user"],
  ["arn:aws:iam::111111111111:user/g1", "arn:aws:iam::111111111111:user/g1", "the user"],
  ["arn:aws-cn:iam::111111111111:user/g1", "arn:aws-cn:iam::111111111111:user/x/g1", "the user"],
  ["arn:aws:iam::111111111111:user/g1", undefined, "the user"],
  ["arn:aws-cn:iam::111111111111:user/g1", "arn:aws:iam::111111111111:user/g1", "another"],
  ["arn:aws:iam::111111111111:user/g1", "arn:aws-us-gov:sts::111111111111:x", "another"],
])("%s is, beside %s, %s", (typed, arn, who) => {
  const check = () => requireTypedPartition(typed, arn);
  if (who === "another") expect(check).toThrowError(refused);
  else expect(check).not.toThrow();
});

test.each([
  ["s2", undefined],
  ["arn:aws:iam::111111111111:user/s2", undefined],
  ["arn:aws:iam::111111111111:user/staff/s2", "/staff/"],
  ["arn:aws:iam::111111111111:user/staff/north/s2", "/staff/north/"],
])("%s has the path %s", (typed, path) => {
  expect(userPathOf(typed)).toBe(path);
});
