import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { mergeText } from "./merged-text.ts";
import type { NewSettings } from "./new-configuration.ts";

const nothing: NewSettings = { accounts: [], roles: [], identities: [], aliases: [] };
const prod = { name: "prod", account: "production", role: "Admin" };
const head = '[profiles]\nmainAccount = "me"\n';

describe("mergeText()", () => {
  test.each<[name: string, text: string, settings: Partial<NewSettings>, expected: string]>([
    ["nothing to add", head, {}, head],
    [
      "a first table of aliases",
      head,
      { aliases: [prod] },
      `${head}\n[aliases]\nprod = "production/Admin"\n`,
    ],
    [
      "an alias beside others, before a comment about the next table",
      `[aliases]\nold = "a/B" # mine\n\n# roles\n[roles.B]\nduration = "1h"\n`,
      { aliases: [prod] },
      `[aliases]\nold = "a/B" # mine\nprod = "production/Admin"\n\n# roles\n[roles.B]\nduration = "1h"\n`,
    ],
    [
      "an empty table of aliases",
      "[aliases]\n",
      { aliases: [prod] },
      '[aliases]\nprod = "production/Admin"\n',
    ],
    [
      "no newline at the end",
      head.trimEnd(),
      { aliases: [prod] },
      `${head}\n[aliases]\nprod = "production/Admin"\n`,
    ],
    [
      "no newline at the end of the table",
      '[aliases]\nold = "a/B"',
      { aliases: [prod] },
      '[aliases]\nold = "a/B"\nprod = "production/Admin"\n',
    ],
    [
      "Windows line ends",
      '[aliases]\r\nold = "a/B"\r\n',
      { aliases: [prod], identities: [{ name: "x", awsProfile: "x" }] },
      '[aliases]\r\nold = "a/B"\r\nprod = "production/Admin"\r\n\r\n[identities.x]\r\nawsProfile = "x"\r\n',
    ],
  ])("%s", (_, text, settings, expected) => {
    expect(mergeText(text, { ...nothing, ...settings }, []).text).toBe(expected);
  });

  const offer = { account: "production", role: "Read" };

  test.each<[name: string, before: string, after: string]>([
    ["one line", 'roles = ["Admin"]', 'roles = ["Admin", "Read"]'],
    ["an empty list", "roles = []", 'roles = ["Read"]'],
    ["a comma at the end", 'roles = ["Admin",]', 'roles = ["Admin", "Read"]'],
    ["several lines", 'roles = [\n  "Admin",\n]', 'roles = [\n  "Admin", "Read"\n]'],
    ["a comment after it", 'roles = ["Admin"] # all', 'roles = ["Admin", "Read"] # all'],
  ])("adds a role to the list of its account: %s", (_, before, after) => {
    const text = (roles: string) =>
      `[accounts.other]\nid = "1"\nroles = ["X"]\n[accounts.production]\nid = "2"\n${roles}\n[roles.X]\n`;
    const merged = mergeText(text(before), nothing, [offer]);
    expect(merged).toEqual({ text: text(after), left: [] });
    parse(merged.text);
  });

  test("adds a role to the table of its account", () => {
    const text =
      '[accounts.production]\nid = "2"\n[accounts.production.roles]\nAdmin = {}\n\n[mfa]\n';
    const { text: merged } = mergeText(text, nothing, [offer]);
    expect(merged).toBe(
      '[accounts.production]\nid = "2"\n[accounts.production.roles]\nAdmin = {}\nRead = {}\n\n[mfa]\n',
    );
  });

  test("names roles that it can't add", () => {
    const text = 'accounts = { production = { id = "2", roles = ["A"] } }\n';
    expect(mergeText(text, nothing, [offer])).toEqual({ text, left: [offer] });
  });
});
