// Whether a profile is what awst writes, byte for byte, so that nothing of it has to be read. All that a plan decides about
// such a profile depends on its name and its line. `current-profiles.test.ts` compares it with reading every section.

import { whyInvalidName } from "../configuration/profile-names.ts";
import { memoizeTexts } from "../text/memoize.ts";
import type { ProfileEdits } from "./aws-profiles.ts";
import { bodyText, type Pairs } from "./ini-edits.ts";
import { splitRoleLine } from "./process-line.ts";
import { sectionsFor } from "./profile-sections.ts";

export interface ProcessProfile {
  readonly name: string;
  readonly region: string;
  readonly line: string;
}

/** Returns the keys of a profile that has a process line, in the order in which awst writes them. */
export function processPairs({ line, region }: Omit<ProcessProfile, "name">): Pairs {
  return [
    ["credential_process", line],
    ["region", region],
  ];
}

/**
 * Returns a function for one profile after the other. `isOwnLine`: whether a line calls awst and belongs to this
 * configuration.
 */
export function openCurrentCheck(
  edits: Pick<ProfileEdits, "confirm">,
  isOwnLine: (line: string) => boolean,
): (profile: ProcessProfile) => boolean {
  // What is in front of the account and the role decides, and is the same for thousands of lines.
  const isOwnStart = memoizeTexts(1, (start) => isOwnLine(`${start} account role`));
  const isOwn = (line: string) => {
    const { start, role } = splitRoleLine(line);
    return role === undefined ? isOwnLine(line) : isOwnStart(start);
  };
  // The profiles of a role follow each other and have the same text, which is made once for them.
  let last: RoleText | undefined;
  return (profile) => {
    const { name, line, region } = profile;
    if (last === undefined || line !== last.line || region !== last.region) {
      last = { line, region, isOwn: isOwn(line), newline: "", body: undefined };
    }
    const text = last;
    if (!text.isOwn || whyInvalidName(name) !== undefined) return false;
    return edits.confirm(name, sectionsFor(name, "process"), (newline) => {
      if (text.newline !== newline) {
        text.body = bodyText(processPairs(profile), newline);
        text.newline = newline;
      }
      return text.body;
    });
  };
}

interface RoleText {
  readonly line: string;
  readonly region: string;
  readonly isOwn: boolean;
  newline: string;
  /** What its sections have below their headers, with this line end. */
  body: string | undefined;
}
