// The entries of two users are swapped in the state file that caches AWS's responses. Commands that change keys or devices
// ask AWS whose key they use: nothing of the other user's changes, although the policy allows it.

import { expect, test } from "vitest";
import type { SeededUser } from "../../sandbox/fixtures/seeded.ts";
import { type Home, makeHome } from "../support/home.ts";

const facts = ".local/state/awst/learned.json";

/** Both users may do everything. */
async function openTwoUsers(): Promise<{ home: Home; main: SeededUser; other: SeededUser }> {
  const home = await makeHome({ sandbox: { fixture: "open" } });
  const { main, users } = home.sandbox;
  const other = users["x"];
  if (other === undefined) throw new Error("the fixture has no user x");
  await home.awst(["key", "import"]);
  const code = ["--mfa-code", home.code()];
  expect(await home.awst(["assume", "main-account", "DeveloperAccess", ...code])).toMatchObject({
    status: 0,
  });
  return { home, main, other };
}

function swapUsers(home: Home, main: SeededUser, other: SeededUser): void {
  const known = JSON.parse(home.read(facts) ?? "{}");
  const entry = ({ userName, accountId, serial }: SeededUser) => ({
    ...{ userName, accountId, devices: [serial], unusable: [], lastUsed: serial },
  });
  known.users = { [main.accessKeyId]: entry(other), [other.accessKeyId]: entry(main) };
  home.write(facts, JSON.stringify(known), 0o600);
}

function belongings({ sandbox }: Home, { accountId, userName }: SeededUser) {
  const account = sandbox.cloud.account(accountId);
  return {
    keys: account.keysOf(userName).map(({ id, status }) => `${id} ${status}`),
    devices: account.devicesOf(userName).map(({ serial }) => serial),
  };
}

test.each([
  "mfa list",
  "mfa remove --force --yes",
  "mfa remove --device x --force --yes",
  "key list",
  "key rotate --yes",
  "key delete OTHER --yes",
])("users swapped: awst %s touches nothing of the other user's", async (line) => {
  const { home, main, other } = await openTwoUsers();
  await using _home = home;
  swapUsers(home, main, other);
  const before = belongings(home, other);
  const { stdout, stderr } = await home.awst(line.replace("OTHER", other.accessKeyId).split(" "));
  expect(belongings(home, other)).toEqual(before);
  expect(stdout).not.toContain(other.serial);
  expect(stderr).toContain(`belongs to user "${main.userName}"`);
  const known = JSON.parse(home.read(facts) ?? "{}");
  expect(known.users[main.accessKeyId]?.userName).not.toBe(other.userName);
});
