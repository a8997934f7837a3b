import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { decodeConfiguration } from "../configuration/decode-configuration.ts";
import { unwritableNames } from "./unwritable-names.ts";

function remarksOn(text: string) {
  const { configuration } = decodeConfiguration(parse(text, { integersAsBigInt: true }), "/x");
  if (configuration === undefined) throw new Error("the configuration is not valid");
  return unwritableNames(configuration);
}

const withAccount = (name: string, more = "") =>
  `${more}\n[profiles]\nmainAccount = "main"\n[accounts]\nmain = "111111111111"\n${JSON.stringify(name)} = "222222222222"\n[roles.Dev]\n`;
const spacedOnly = '[write]\nprofiles = ["{account} {role}"]';

describe("unwritableNames()", () => {
  test.each([
    "main-account",
    "my team",
    "Größe",
    "smile 😀",
    "a&b",
    "a!b",
    "a'b",
    "a/b",
    "50%",
    "ü ö",
  ])("nothing about an account %j", (name) => {
    expect(remarksOn(withAccount(name))).toEqual([]);
  });

  test.each([
    ["a#b", '"#" in "a#b"'],
    ["x;y", '";" in "x;y"'],
    ["back\\slash", "reads differently"],
    ['quo"te', "reads differently"],
    ["dol$lar", "reads differently"],
    ["back`tick", "reads differently"],
    ["50%%off", "cmd would read the text between two %"],
  ])("an account %j can't be in a process line, so it has no profile at all", (name, why) => {
    expect(remarksOn(withAccount(name))).toEqual([
      {
        path: ["accounts", name],
        at: "key",
        message: expect.stringContaining(`account ${JSON.stringify(name)} can't have a profile: `),
        hint: "rename it in the configuration: AWS does not know this name",
      },
    ]);
    expect(remarksOn(withAccount(name))[0]?.message).toContain(why);
  });

  test.each([
    ["a[b]", "a-b-/Dev"],
    ["a  b", "a--b/Dev"],
    [" lead", "-lead/Dev"],
    ["profile x", "profile-x/Dev"],
    ["sso-session x", "sso-session-x/Dev"],
  ])("an account %j has the profile without a space alone", (name, usable) => {
    expect(remarksOn(withAccount(name))).toEqual([
      {
        path: ["accounts", name],
        at: "key",
        message: expect.stringContaining(`can't have the profile ${JSON.stringify(`${name} Dev`)}`),
        hint: expect.stringContaining(`use the profile ${JSON.stringify(usable)}`),
      },
    ]);
    const [only] = remarksOn(withAccount(name, spacedOnly));
    expect(only?.message).toContain("can't have a profile: ");
    expect(only?.hint).toMatch(/^rename/);
  });

  test("the identities, of which the first one is named by profiles.mainAccount", () => {
    const text = `[profiles]\nmainAccount = "ma$in"\n[accounts]\na = "111111111111"\n[identities."o#rg"]\naccount = "a"\n[identities.fine]\naccount = "a"\n`;
    expect(remarksOn(text).map(({ path, at }) => [path, at])).toEqual([
      [["profiles", "mainAccount"], "value"],
      [["identities", "o#rg"], "key"],
    ]);
  });
});
