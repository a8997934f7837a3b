// The rules of a plan: which files can be changed, whose a section is, and which of awst's profiles stay.

import { defaultTemplates, profileNames } from "../configuration/profile-names.ts";
import type { IsAwstKey, OwnedProfile, SectionContent } from "./aws-profiles.ts";
import { repairedLine } from "./process-line.ts";
import type { AwsFile, FileProblems } from "./profile-sections.ts";
import type { WrittenRegions } from "./written-regions.ts";

export interface PlanRules {
  /** Files that can't be changed. */
  readonly problems?: FileProblems | undefined;
  readonly isAwstKey?: IsAwstKey | undefined;
  /** Returns the path of the other configuration that a section of awst's belongs to. */
  readonly otherOwner?: ((content: SectionContent) => string | undefined) | undefined;
  /** Whether an owned profile that is not wanted is removed. */
  readonly shouldRemove?: ((profile: OwnedProfile) => boolean) | undefined;
  /** Returns a new process line for an owned profile that stays; undefined where it needs none. */
  readonly repair?: ((profile: OwnedProfile) => string | undefined) | undefined;
  /** What awst wrote before; another region in a profile stays. undefined: awst's region replaces any other. */
  readonly writtenRegions?: WrittenRegions | undefined;
}

/** A section that a plan would change and does not, mostly because it belongs to another source. */
export interface ProfileConflict {
  readonly name: string;
  readonly file: AwsFile;
  /** "it holds a long-term key" */
  readonly why: string;
  /** From 1. The line that has to be changed first; `why` names it, and says how. */
  readonly line?: number | undefined;
  /** The path of the other configuration that the section belongs to. */
  readonly owner?: string | undefined;
}

export interface UnwritableProfile {
  readonly name: string;
  readonly why: string;
}

/** Returns the rules with those that decide nothing where one is left out. */
export function withDefaults({ problems = {}, isAwstKey, otherOwner, ...rules }: PlanRules) {
  return {
    ...rules,
    problems,
    isAwstKey: isAwstKey ?? (() => false),
    otherOwner: otherOwner ?? (() => undefined),
  };
}

export type CompleteRules = ReturnType<typeof withDefaults>;

/** Returns rules that know awst's own keys and repair the lines of programs that no longer exist. `line`: the
 *  start of a process line now. */
export function planRules(
  accessKeyIds: readonly (string | undefined)[],
  line: readonly string[],
  isMissing: (path: string) => boolean,
): PlanRules & { readonly isAwstKey: IsAwstKey } {
  const own = new Set(accessKeyIds);
  return {
    isAwstKey: (id) => own.has(id),
    repair: ({ call }) => repairedLine(call, line, isMissing),
  };
}

/**
 * Returns whether awst, not the user, chose a profile's name. `written`: the names in the profile cache,
 * which may have been lost; so the default names count too.
 */
export function isNamedByAwst(
  { name, call }: Pick<OwnedProfile, "name" | "call">,
  written: ReadonlySet<string>,
): boolean {
  const { account, role, flags } = call;
  if (account === undefined || role === undefined) return false;
  if (flags.length > 0) return scopeInName(name) !== undefined;
  return written.has(name) || profileNames(account, role, defaultTemplates).includes(name);
}

/** Returns the hex digits after `@` in the profile name of a session with flags of its own. */
export function scopeInName(name: string): string | undefined {
  return /@([0-9a-f]{6})$/.exec(name)?.[1];
}
