import { expect, test } from "vitest";
import { clientFindings, plainKeyFindings } from "./client-findings.ts";

test.each([
  ["none", [], []],
  ["s3cmd", ["s3cmd", "aws"], ["awst exec ACCOUNT ROLE -- s3cmd"]],
  ["one program by two names", ["serverless", "sls"], ["awst exec ACCOUNT ROLE -- sls"]],
])("programs that never call a credential process: %s", (_name, installed, hints) => {
  const found = clientFindings((program) => installed.includes(program));
  expect(found.map(({ hint }) => hint?.split(" …")[0])).toEqual(hints);
  expect(found.every(({ state }) => state === "note")).toBe(true);
});

test("a role with two profiles is named once, with what removes its keys", () => {
  const one = { account: "my account", role: "Dev", until: "16:29 (in 20 min)" };
  const two = { account: "other", role: "Dev", until: undefined };
  const found = plainKeyFindings("/h/.aws/credentials", [one, one, two]);
  expect(found.map(({ hint }) => hint)).toEqual([
    'awst logout "my account" Dev',
    "awst logout other Dev",
  ]);
  expect(found[0]?.message).toContain("until 16:29 (in 20 min)");
});
