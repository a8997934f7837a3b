// A home in which an earlier awst used a configuration outside the default location: its key and sessions were stored under
// the names that now belong to the default configuration. Nothing of it is lost or moved.

import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { makeHome, plainConfiguration } from "../support/home.ts";

const role = ["main-account", "DeveloperAccess"];
const nameOf = (path: string) => createHash("sha256").update(path).digest("hex").slice(0, 12);

test("key and sessions of an earlier configuration stay in use; a new configuration has none of them", async () => {
  await using home = await makeHome();
  const state = join(home.path, ".local/state/awst");
  await home.awst(["key", "import"]);
  await home.awst(["assume", ...role, "--mfa-code", home.code()]);
  // What the earlier version left of a named configuration: the same items, and its cache by the path's hash.
  const earlier = join(home.path, "work.toml");
  home.write("work.toml", plainConfiguration(home.sandbox));
  home.write("other.toml", plainConfiguration(home.sandbox));
  home.write(`.local/state/awst/warm-${nameOf(earlier)}.json`, "{}\n");
  await home.run(["rm", ".config/awstools/config.toml"]);
  const before = countCalls(home.sandbox);

  const used = await home.awst(["assume", ...role], { env: { AWST_CONFIG: earlier } });
  expect(used.status, used.stderr).toBe(0);
  expect(countCalls(home.sandbox)).toMatchObject({ GetSessionToken: before["GetSessionToken"] });
  expect(existsSync(join(state, "configurations"))).toBe(false);

  const env = { AWST_CONFIG: join(home.path, "other.toml") };
  const refused = await home.awst(["credential-process", ...role], { env });
  expect(refused).toMatchObject({ status: 1, stdout: "" });
  expect(refused.stderr).toContain("awst config trust --keys --config");
  expect(readdirSync(join(state, "configurations"))).toEqual([nameOf(env.AWST_CONFIG)]);
  const again = await home.awst(["credential-process", ...role], { env: { AWST_CONFIG: earlier } });
  expect(again.status, again.stderr).toBe(0);
});
