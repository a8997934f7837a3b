// This machine's clock is wrong: how long sessions and keys last is AWS's time, and is printed as such by every command.

import { describe, expect, test } from "vitest";
import { type Home, makeHome } from "../support/home.ts";

const role = ["main-account", "DeveloperAccess"];
const hour = 3600;

/** Returns what each command says about how long something lasts, in minutes. */
async function readLengths(home: Home): Promise<ReadonlyMap<string, readonly number[]>> {
  const commands: Readonly<Record<string, readonly string[]>> = {
    import: ["key", "import"],
    assume: ["assume", ...role, "--mfa-code", home.code()],
    again: ["assume", ...role],
    list: ["list"],
    status: ["status"],
    whoami: ["whoami", "--profile", "main-account/DeveloperAccess"],
    env: ["env", ...role],
    exec: ["exec", ...role, "--", "true"],
    server: ["exec", ...role, "--server", "--", "true"],
    console: ["console", ...role, "--print"],
    rotate: ["key", "rotate"],
    undo: ["key", "rotate", "--dry-run"],
    keys: ["key", "list"],
    logout: ["logout", ...role],
    all: ["logout", "--all"],
  };
  const env = { AWS_PROFILE: "main-account/DeveloperAccess" };
  const lengths = new Map<string, readonly number[]>();
  for (const [name, args] of Object.entries(commands)) {
    const { status, stdout, stderr } = await home.awst(args, { env });
    expect(status, `${name}: ${stderr}`).toBe(0);
    const found = (stdout + stderr).matchAll(/\(in (?:(\d+) d)? ?(?:(\d+) h)? ?(?:(\d+) min)?/g);
    lengths.set(
      name,
      Array.from(found, ([, d = 0, h = 0, min = 0]) => {
        return (Number(d) * 24 + Number(h)) * 60 + Number(min);
      }),
    );
  }
  return lengths;
}

describe("how long something lasts", () => {
  test.each([-11, -2, -1, 2, 23])("with a clock that is %i h behind AWS's", async (hours) => {
    await using right = await makeHome();
    await using wrong = await makeHome();
    wrong.sandbox.clock.advance(hours * hour);
    const expected = await readLengths(right);
    expect([...expected.values()].flat().length).toBeGreaterThan(12);
    for (const [name, minutes] of await readLengths(wrong)) {
      const rounded = (list: readonly number[] = []) => list.map((each) => Math.round(each / 5));
      expect(rounded(minutes), name).toEqual(rounded(expected.get(name)));
    }
  });
});
