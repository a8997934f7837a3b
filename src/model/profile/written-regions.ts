// The region that awst wrote into each profile. Another region in that profile is the user's, and stays. State file
// `profile-regions`; without it, every region that differs from the configured one counts as the user's.

import type { StateFile } from "../state-file.ts";

/** By profile name. */
export type WrittenRegions = Readonly<Record<string, string>>;

const maximumEntries = 10_000;

export const writtenRegionsFile: StateFile<WrittenRegions> = {
  name: "profile-regions",
  version: 1,
  decode(stored) {
    const entries = Object.entries(Object(stored)).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return Object.fromEntries(entries);
  },
  /** The newest entries are last; the oldest are dropped. */
  encode: (regions) => Object.fromEntries(Object.entries(regions).slice(-maximumEntries)),
};

/** A region that the user set in a profile. */
export interface UserRegion {
  readonly name: string;
  readonly region: string;
  /** What awst would write. */
  readonly configured: string;
}
