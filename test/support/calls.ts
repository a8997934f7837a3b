// What the sandbox was asked.

import type { Sandbox } from "../../sandbox/sandbox.ts";

/** Calls of a service since the last `forgetCalls`, by action; refused ones count too. */
export function countCalls(
  sandbox: Sandbox,
  service: "sts" | "iam" = "sts",
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const call of sandbox.calls()) {
    if (call.service === service) counts[call.action] = (counts[call.action] ?? 0) + 1;
  }
  return counts;
}
