// Many awst processes that request the same session at once: which of them is the leader, and whether the
// others wait for it.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "./home.ts";
import type { Started } from "./processes.ts";
import { until } from "./until.ts";

/** Returns the process ID in the first lock file whose name starts with `lock`. */
export function lockOwner(home: Home, lock: string): Promise<number> {
  const folder = join(home.path, ".local/state/awst/locks");
  return until(`a process has the lock ${lock}`, () => {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const name = names.find((each) => each.startsWith(lock));
    const text = name === undefined ? "" : readFileSync(join(folder, name), "utf8");
    return Number(/\(process (\d+)\)/.exec(text)?.[1]);
  });
}

/** Resolves when `count` of the processes have printed that they are waiting. */
export async function untilWaiting(all: readonly Started[], count = all.length - 1): Promise<void> {
  const waiting = new Set<Started>();
  for (const each of all) {
    let printed = "";
    each.child.stderr?.on("data", (bytes: Buffer) => {
      printed += bytes;
      if (printed.includes("waiting for")) waiting.add(each);
    });
  }
  await until(`${count} processes are waiting`, () => waiting.size >= count);
}

/**
 * An `[mfa] command` that blocks its first caller: it creates `asked`, waits for `go`, and then runs
 * `mfa-code`. Later callers get their code at once.
 */
export const blockFirstCode = `#!/bin/sh
if mkdir "$HOME/first" 2>/dev/null; then
  echo > "$HOME/asked"
  while [ ! -e "$HOME/go" ] && [ -d "$HOME" ]; do sleep 0.1; done
fi
exec mfa-code
`;
