import { expect, test } from "vitest";
import { userNameIn, userNameOf } from "./user-arn.ts";

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
