// State files with values that no awst wrote: huge numbers, other types, times outside the calendar, long texts. Losing
// a state file costs time, so a damaged one may cost time too; it never ends a command as a bug does (status 70).

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { openContext } from "../../src/context.ts";
import { type Home, makeHome } from "../support/home.ts";

const extremes: readonly unknown[] = [
  1e308,
  // Later than any date.
  8.64e15 + 1,
  -1,
  null,
  "",
  "x".repeat(100_000),
  "+275760-09-13T00:00:00.001Z",
  [],
  {},
];

/** They read every state file, offline or against the sandbox. */
const commands: readonly (readonly string[])[] = [
  ["status"],
  ["status", "--json"],
  ["list"],
  ["list", "--json"],
  ["key", "list"],
  ["key", "schedule", "--show"],
  ["mfa", "list"],
  ["profile", "list"],
  ["credential-process", "main-account", "DeveloperAccess"],
];
const assume = ["assume", "main-account", "DeveloperAccess"];

let home: Home;
let folder: string;
beforeAll(async () => {
  home = await makeHome({ sandbox: { fixture: "open" } });
  folder = join(home.path, ".local/state/awst");
  await home.awst(["key", "import"]);
  await home.awst(["assume", "main-account", "DeveloperAccess", "--mfa-code", home.code()]);
  await home.awst(["key", "rotate"]);
  await home.awst(["key", "list"]);
});
afterAll(() => home.remove());

/** Runs awst in this process. Returns the exit status. */
async function awst(argv: readonly string[]): Promise<number> {
  const silent = async () => {};
  return run([...argv, "--quiet"], {
    env: { ...home.env, AWST_PROMPT: "none" },
    openContext: (options) => ({ ...openContext({ ...options }), out: silent }),
    crashed: new Promise(() => {}),
    print: silent,
    printError: async (text) => {
      errorOutput = text;
    },
  });
}
let errorOutput = "";

type Json = Readonly<Record<string, unknown>> | readonly unknown[];

/** Returns copies of `value`, in each of which one part is replaced by `extreme`. */
function variants(value: unknown, extreme: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [extreme];
  const keys = Object.keys(value);
  const inside = keys.flatMap((key) =>
    variants((value as Record<string, unknown>)[key], extreme).map((changed) => {
      const copy = structuredClone(value) as Record<string, unknown>;
      copy[key] = changed;
      return copy;
    }),
  );
  return [extreme, ...inside];
}

test("no extreme value in a state file ends a command as a bug", async () => {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  expect(names.length).toBeGreaterThan(4);
  const bugs: string[] = [];
  let next = 0;
  for (const name of names) {
    const path = join(folder, name);
    const before = readFileSync(path, "utf8");
    for (const extreme of extremes) {
      for (const changed of variants(JSON.parse(before) as Json, extreme)) {
        // `assume` reads most files; of the others each part meets some, and each file all.
        const others = [1, 2].map(() => commands[next++ % commands.length] ?? []);
        for (const argv of [assume, ...others]) {
          writeFileSync(path, JSON.stringify(changed));
          const status = await awst(argv);
          if (status !== 70) continue;
          bugs.push(
            `${name}: ${JSON.stringify(extreme)?.slice(0, 40)}: ${argv.join(" ")}: ${errorOutput}`,
          );
        }
      }
    }
    writeFileSync(path, before);
  }
  expect(bugs).toEqual([]);
});
