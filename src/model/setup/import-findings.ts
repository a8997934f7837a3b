// What `import` found and does not take over: which setting of which profile, why, and what to type instead.

import { listNames } from "../text/nearest-name.ts";

export interface ImportFinding {
  readonly profile: string;
  /** undefined: the whole profile is not imported. */
  readonly setting?: string | undefined;
  /** Follows "it is not imported" or "not taken over". */
  readonly why: string;
  readonly next?: string | undefined;
}

/**
 * Returns one line for all profiles with the same reason. A user with a hundred profiles of one tool reads one line.
 */
export function findingLines(findings: readonly ImportFinding[]): readonly string[] {
  const groups = new Map<string, ImportFinding[]>();
  for (const each of findings) {
    const key = JSON.stringify([each.setting, each.why, each.next]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((all) => {
    const [{ setting, why, next }] = all as [ImportFinding];
    const profiles = [...new Set(all.map(({ profile }) => profile))];
    const names = `${profiles.length === 1 ? "profile" : "profiles"} ${listNames(profiles)}`;
    const what =
      setting === undefined ? `not imported: ${names}` : `not taken over: ${setting} of ${names}`;
    return `${what}: ${why}${next === undefined ? "" : `; ${next}`}`;
  });
}
