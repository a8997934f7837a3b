import { describe, expect, test } from "vitest";
import type { Account } from "../configuration/configuration.ts";
import type { RoleInputs } from "../session/target.ts";
import { extensionConfiguration, switchRoleLink, whyNoSwitch } from "./switch-roles.ts";

const account: Account = {
  name: "prod & co",
  id: "222222222222",
  region: undefined,
  roles: undefined,
  externalId: undefined,
  identity: undefined,
};
const role = {
  name: "audit/ReadOnly",
  durationSeconds: 3600,
  session: "renew",
  policyArns: [],
  tags: {},
  sourceIdentity: undefined,
  sessionName: undefined,
  via: undefined,
} as const;
const inputs: RoleInputs = {
  roleArn: "arn:aws:iam::222222222222:role/audit/ReadOnly",
  externalId: undefined,
  policyArns: [],
  policy: undefined,
  tags: {},
  sourceIdentity: undefined,
  sessionName: "a-name-of-its-own",
};

describe("which roles the console can switch to", () => {
  const long = { ...role, name: `${"p".repeat(60)}/role` };
  test.each([
    ["a plain one", { inputs, role, chain: [] }, undefined],
    ["64 characters", { inputs, role: { ...role, name: "x".repeat(64) }, chain: [] }, undefined],
    ["more", { inputs, role: long, chain: [] }, "more than 64 characters"],
    ["via another", { inputs, role, chain: [inputs] }, "via another role"],
    ["ExternalId", { inputs: { ...inputs, externalId: "x" }, role, chain: [] }, "ExternalId"],
    ["tags", { inputs: { ...inputs, tags: { a: "b" } }, role, chain: [] }, "session tags"],
    ["source", { inputs: { ...inputs, sourceIdentity: "me" }, role, chain: [] }, "source identity"],
    ["policies", { inputs: { ...inputs, policyArns: ["a"] }, role, chain: [] }, "policies"],
  ] as const)("%s", (_name, target, why) => {
    if (why === undefined) expect(whyNoSwitch(target)).toBeUndefined();
    else expect(whyNoSwitch(target)).toContain(why);
  });
});

test.each([
  ["eu-west-1", "https://signin.aws.amazon.com/switchrole"],
  ["cn-north-1", "https://signin.amazonaws.cn/switchrole"],
  ["us-gov-west-1", "https://signin.amazonaws-us-gov.com/switchrole"],
  ["eusc-de-east-1", "https://eusc-de-east-1.signin.amazonaws-eusc.eu/switchrole"],
])("a link of %s", (callRegion, page) => {
  const url = new URL(switchRoleLink({ account, role, callRegion }, undefined));
  expect(`${url.origin}${url.pathname}`).toBe(page);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    account: "222222222222",
    roleName: "audit/ReadOnly",
    displayName: "prod & co audit/ReadOnly",
  });
});

test("the shown name has at most 64 characters, and a page to open may follow", () => {
  const long = { ...account, name: "🙂".repeat(70) };
  const link = switchRoleLink({ account: long, role, callRegion: "eu-west-1" }, "https://c/?a=1&b");
  const parameters = new URL(link).searchParams;
  expect([...(parameters.get("displayName") ?? "")]).toHaveLength(64);
  expect(parameters.get("redirect_uri")).toBe("https://c/?a=1&b");
});

describe("the extension's configuration", () => {
  const one = { account, role: "audit/ReadOnly", region: "eu-west-1", home: undefined };
  const main = { name: "main", accountId: "111111111111" };
  const other = { name: "other", accountId: "333333333333" };

  test("one section a role", () => {
    expect(
      extensionConfiguration([one, { ...one, role: "Dev", home: main }]),
    ).toBe(`[prod & co audit/ReadOnly]
aws_account_id = 222222222222
role_name = audit/ReadOnly
region = eu-west-1

[prod & co Dev]
aws_account_id = 222222222222
role_name = Dev
region = eu-west-1
`);
  });

  test("labels contain the home where there are several", () => {
    const text = extensionConfiguration([
      { ...one, home: main },
      { ...one, role: "Dev", home: other },
    ]);
    expect(text).toContain("[main]\naws_account_id = 111111111111\n");
    expect(text).toContain("role_name = audit/ReadOnly\nsource_profile = main\n");
    expect(text).toContain("role_name = Dev\nsource_profile = other\n");
  });

  test("a name begins no section of its own", () => {
    const nasty = { ...account, name: "a]\n[b\u2028" };
    const text = extensionConfiguration([{ ...one, account: nasty }]);
    expect(text.split("\n").filter((line) => line.startsWith("["))).toEqual([
      "[a---b- audit/ReadOnly]",
    ]);
  });

  test("no roles: no text", () => {
    expect(extensionConfiguration([])).toBe("");
  });
});
