// What every plan over AWS's files goes by: which temporary keys are awst's own, and which lines name a
// program that is gone.

import type { PlanRules } from "./profile-plan.ts";
import { mendedLine } from "./role-line.ts";

export function planRules(
  accessKeyIds: readonly (string | undefined)[],
  program: readonly string[],
  isGone: (path: string) => boolean,
): PlanRules & { readonly isOurKey: (id: string) => boolean } {
  const ours = new Set(accessKeyIds);
  return {
    isOurKey: (id) => ours.has(id),
    mend: ({ call }) => mendedLine(call, program, isGone),
  };
}
