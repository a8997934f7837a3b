import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { resolveTarget } from "../session/resolve-target.ts";
import { encodeConfiguration } from "./configuration-toml.ts";
import { decodeConfiguration } from "./decode-configuration.ts";

const head = `defaultRegion = "eu-west-1"
[profiles]
mainAccount = "me"
[accounts.hub]
id = "111111111111"
`;

function decode(text: string) {
  return decodeConfiguration(parse(head + text, { integersAsBigInt: true }), "/c");
}

function target(text: string, account: string, role: string) {
  const { configuration, problems } = decode(text);
  if (configuration === undefined) throw new Error(JSON.stringify(problems));
  return resolveTarget(configuration, { account, role, identity: undefined, flags: {}, env: {} });
}

const prod = '[accounts.prod]\nid = "222222222222"\n';

describe("settings of a role in one account", () => {
  test.each<[name: string, text: string, expected: object]>([
    [
      "an external id of one role",
      `${prod}externalId = "of-account"\n[accounts.prod.roles]\nAdmin = { externalId = "of-role" }\nRead = {}\n`,
      { inputs: { externalId: "of-role" } },
    ],
    [
      "an external id of the account, where the role has none",
      `${prod}externalId = "of-account"\n[accounts.prod.roles]\nAdmin = {}\n`,
      { inputs: { externalId: "of-account" } },
    ],
    [
      "a region",
      `${prod}region = "us-east-1"\n[accounts.prod.roles]\nAdmin = { region = "us-west-2" }\n`,
      { profileRegion: "us-west-2", callRegion: "eu-west-1" },
    ],
    [
      "a duration instead of that of [roles]",
      `${prod}[accounts.prod.roles]\nAdmin = { duration = "2h" }\n[roles.Admin]\nduration = "8h"\nsessionName = "me"\n`,
      { durationSeconds: 7200, inputs: { sessionName: "me" } },
    ],
    [
      "the duration of [roles], where the account sets none",
      `${prod}[accounts.prod.roles]\nAdmin = {}\n[roles.Admin]\nduration = "8h"\n`,
      { durationSeconds: 8 * 3600 },
    ],
    [
      "a role that [roles] lacks",
      `${prod}[accounts.prod.roles]\nAdmin = { duration = "4h" }\n[roles.Other]\nduration = "1h"\n`,
      { durationSeconds: 4 * 3600 },
    ],
    [
      "a hub with the same role's name",
      `${prod}[accounts.prod.roles]\nAdmin = { via = "hub/Admin" }\n`,
      { chain: [{ roleArn: "arn:aws:iam::111111111111:role/Admin" }] },
    ],
    [
      "tags",
      `${prod}[accounts.prod.roles.Admin]\ntags = { team = "a" }\n`,
      { inputs: { tags: { team: "a" } } },
    ],
  ])("%s", (_, text, expected) => {
    expect(target(text, "prod", "Admin")).toMatchObject(expected);
  });

  test("only the roles of the table are offered", () => {
    expect(() => target(`${prod}[accounts.prod.roles]\nAdmin = {}\n`, "prod", "Read")).toThrow(
      expect.objectContaining({ code: "ROLE_UNKNOWN" }),
    );
  });

  test.each<[name: string, text: string, path: readonly string[]]>([
    ["an unknown key", "Admin = { color = 1 }", ["accounts", "prod", "roles", "Admin", "color"]],
    ["a text", 'Admin = "4h"', ["accounts", "prod", "roles", "Admin"]],
    ["no name of a role", '"a b" = {}', ["accounts", "prod", "roles", "a b"]],
    [
      "an invalid external id",
      'Admin = { externalId = "a b" }',
      ["accounts", "prod", "roles", "Admin", "externalId"],
    ],
    [
      "a region of another partition",
      'Admin = { region = "cn-north-1" }',
      ["accounts", "prod", "roles", "Admin", "region"],
    ],
    [
      "a chain to an unknown account",
      'Admin = { via = "nowhere/Hub" }',
      ["accounts", "prod", "roles", "Admin", "via"],
    ],
    [
      "a chain to itself",
      'Admin = { via = "prod/Admin" }',
      ["accounts", "prod", "roles", "Admin", "via"],
    ],
    [
      "an invalid duration",
      'Admin = { duration = "40h" }',
      ["accounts", "prod", "roles", "Admin", "duration"],
    ],
  ])("reports %s", (_, line, path) => {
    const { problems } = decode(`${prod}[accounts.prod.roles]\n${line}\n`);
    expect(problems.map((each) => each.path)).toEqual([path]);
  });

  test("are printed so that reading them gives the same", () => {
    const { configuration } = decode(
      `${prod}[accounts.prod.roles]\nAdmin = { duration = "2h", externalId = "x1", region = "us-east-1" }\n"audit/Read" = {}\n`,
    );
    if (configuration === undefined) throw new Error("no configuration");
    const again = decodeConfiguration(
      parse(encodeConfiguration(configuration), { integersAsBigInt: true }),
      "/c",
    );
    expect(again.configuration?.accounts).toEqual(configuration.accounts);
  });
});
