import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { decodeConfiguration } from "../configuration/decode-configuration.ts";
import { countNames } from "./count-names.ts";

function read(text: string) {
  const { configuration } = decodeConfiguration(parse(text, { integersAsBigInt: true }), "/x");
  if (configuration === undefined) throw new Error("the configuration is not valid");
  return configuration;
}

const withRoles = read(`
[profiles]
mainAccount = "main-account"
[accounts]
main-account = "111111111111"
staging = "222222222222"
[accounts.my-aws-tools]
id = "333333333333"
roles = ["audit/ReadOnly"]
[aliases]
prod = "main-account/AdminAccess"
[roles.DeveloperAccess]
[roles.AdminAccess]
[roles."audit/ReadOnly"]
`);
// Without [roles], every role name may be tried.
const open = read(`
[profiles]
mainAccount = "main-account"
[accounts]
main-account = "111111111111"
`);

const all = { configuration: withRoles, all: false, wasUsed: () => false };

describe("countNames()", () => {
  test.each([
    // Nothing is a name: the role is the shell's.
    ["aws s3", 0],
    ["aws", 0],
    ["terraform plan", 0],
    ["./script.sh -x", 0],
    ["", 0],
    ["aws DeveloperAccessx", 0],
    // An account that contains the program's name is not meant, unless a role of it follows.
    ["aws ReadOnly", 2],
    // An account, and its role or a program.
    ["main-account aws", 1],
    ["main-account", 1],
    ["main-account DeveloperAccess", 2],
    ["main-account developeraccess", 2],
    ["main-account Dev", 2],
    ["main-account ReadOnly", 2],
    ["main-account audit/ReadOnly", 2],
    ["my-aws-tools DeveloperAccess", 1],
    ["main-account ls", 1],
    // Parts, as at a terminal.
    ["main DeveloperAccess", 2],
    ["stag Admin", 2],
    ["main ls", 0],
    // Ids, also of accounts that are not configured.
    ["111111111111 AdminAccess", 2],
    ["111111111111 aws", 1],
    ["999999999999 DeveloperAccess", 2],
    ["999999999999 aws", 1],
    // One word for both.
    ["prod aws", 1],
    ["prod", 1],
    ["main-account/DeveloperAccess aws", 1],
    ["arn:aws:iam::111111111111:role/AdminAccess aws", 1],
    ["- aws", 1],
    // Several accounts.
    ["main-account,staging DeveloperAccess", 2],
    ["main-account,staging aws", 1],
    ["prod,main-account/DeveloperAccess aws", 1],
    ["main-account,nope DeveloperAccess", 0],
  ])("%j: %d", (line, expected) => {
    expect(countNames(line.split(" "), all)).toBe(expected);
  });

  test.each([
    ["ReadOnly aws", 1],
    ["DeveloperAccess", 1],
    ["aws s3", 0],
    ["main-account aws", 0],
  ])("--all %j: %d", (line, expected) => {
    expect(countNames(line.split(" "), { ...all, all: true })).toBe(expected);
  });

  test.each([
    ["main-account aws", 1],
    ["main-account DeveloperAccess", 2],
    ["main-account Auditor", 2],
    ["main-account Audit", 1],
  ])("where every role name may be tried, those that were used count: %j: %d", (line, expected) => {
    const wasUsed = ({ role }: { role: string }) => role === "Auditor";
    expect(countNames(line.split(" "), { configuration: open, all: false, wasUsed })).toBe(
      expected,
    );
  });
});
