// What the sandbox was asked.

import type { Sandbox } from "../../sandbox/sandbox.ts";

/** Calls of STS since the last `forgetCalls`, by action; refused ones count too. */
export function countCalls(sandbox: Sandbox): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { service, action } of sandbox.calls()) {
    if (service === "sts") counts[action] = (counts[action] ?? 0) + 1;
  }
  return counts;
}
