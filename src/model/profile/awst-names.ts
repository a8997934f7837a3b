// Whether awst chose a profile's name, or its user did: `profile sync` and `profile remove` without a
// name leave the user's own alone.

import { profileNames } from "../configuration/profile-names.ts";
import type { OwnedProfile } from "./profile-sections.ts";

const usualTemplates = ["{account} {role}", "{account}/{role}"];

/** `written`: names awst remembers having written; a memory may be lost, so the usual ones count too. */
export function isNamedByAwst(
  { name, call }: Pick<OwnedProfile, "name" | "call">,
  written: ReadonlySet<string>,
): boolean {
  const { account, role, flags } = call;
  if (account === undefined || role === undefined) return false;
  if (flags.length > 0) return scopeInName(name) !== undefined;
  return written.has(name) || profileNames(account, role, usualTemplates).includes(name);
}

/** The hex behind `@` in the name of a session that flags set apart. */
export function scopeInName(name: string): string | undefined {
  return /@([0-9a-f]{6})$/.exec(name)?.[1];
}
