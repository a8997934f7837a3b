import { expect, test } from "vitest";
import { checkNoIdentity, readRecipient } from "./age-recipients.ts";

const good = "age1ydc7ken2rlve6kgekwejhz0nuk4jj20hmu60tedqk6n6l956gp0qxyp67m";
const secret = "WNSQ34Z6QCYG0HSZUWUP3YGWU7MSW7PGLRQDCLVSWJCRCRPHFWJS2R7DXF";

test.each([good, ` ${good}\n`])("a recipient: %j", (typed) => {
  expect(readRecipient(typed, "--age")).toBe(good);
});

const refused: readonly (readonly [what: string, typed: string, message: RegExp])[] = [
  ["nothing, as an unset variable", "", /^--age is empty$/],
  ["spaces", "  ", /empty/],
  ["two in one value", `${good},${good}`, /one recipient, and may be repeated/],
  ["two with a space", `${good}, ${good}`, /one recipient/],
  ["post-quantum", `age1pq1${"q".repeat(1900)}`, /a post-quantum recipient$/],
  ["a hardware key", "age1tag1q2zk3", /of a hardware key$/],
  ["a post-quantum hardware key", "age1tagpq1q2zk3", /of a hardware key$/],
  ["a plugin", "age1yubikey1q2w7u3vpya839jxxuq8g0sedh3d740d4xvn639sqhr95ejj8vu", /of a plugin$/],
  ["a plugin with a dash", "age1se-p256-1qwzk3", /of a plugin$/],
  ["an SSH key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@host", /an SSH key$/],
  ["an RSA key", "ssh-rsa AAAAB3NzaC1yc2E", /an SSH key$/],
  ["capital letters", good.toUpperCase(), /capital letters$/],
  ["a file", "~/.config/age/recipients.txt", /not an age recipient$/],
  ["a user of GitHub", "github:alice", /not an age recipient$/],
  ["a mail address", "alice@example.com", /not an age recipient$/],
  ["cut off", good.slice(0, -1), /mistyped or cut off$/],
  ["too long", `${good}q`, /mistyped or cut off$/],
  ["another character in it", `${good.slice(0, 20)}ö${good.slice(21)}`, /mistyped or cut off$/],
];

test.each(refused)("refused: %s", (_what, typed, message) => {
  expect(() => readRecipient(typed, "--age")).toThrowError(
    expect.objectContaining({ code: "USAGE", message: expect.stringMatching(message) }),
  );
});

test("the hint for several recipients repeats the option", () => {
  expect(() => readRecipient(`${good},age1x`, "--age")).toThrowError(
    expect.objectContaining({ hint: `--age ${good} --age age1x` }),
  );
});

test.each([
  ["an identity", `AGE-SECRET-KEY-1${secret}`],
  ["in small letters", `age-secret-key-1${secret.toLowerCase()}`],
  ["post-quantum", `AGE-SECRET-KEY-PQ-1${secret}`],
  ["of a plugin", `AGE-PLUGIN-YUBIKEY-1${secret}`],
  ["a whole key file", `# public key: ${good}\nAGE-SECRET-KEY-1${secret}`],
  ["behind a recipient", `${good},AGE-SECRET-KEY-1${secret}`],
  ["without its first letter", `GE-SECRET-KEY-1${secret}`],
  ["its end alone", secret],
])("a secret is never repeated: %s", (_what, typed) => {
  const refusal = () => readRecipient(typed, "--age");
  expect(refusal).toThrowError(expect.objectContaining({ code: "USAGE" }));
  try {
    refusal();
  } catch (error) {
    const { message, hint } = error as { message: string; hint: string };
    expect(`${message} ${hint}`.toLowerCase()).not.toContain(secret.slice(0, 8).toLowerCase());
  }
});

test("an identity in another place is refused too", () => {
  expect(() => checkNoIdentity(`AGE-SECRET-KEY-1${secret}`, "NAME")).toThrowError(/identity/);
  expect(() => checkNoIdentity("agent-secret-key", "NAME")).not.toThrow();
});
