// The region that awst wrote into each profile. Another region in that profile is the user's, and stays. State file
// `profile-regions`; without it, every region that differs from the configured one counts as the user's.

import type { StateFile } from "../state-file.ts";

/** By profile name. A map, which takes ten thousands of names in half the time of an object. */
export type WrittenRegions = ReadonlyMap<string, string>;

/** As many profiles as AWS's two files may have lines for. */
const maxEntries = 100_000;

/** Stored by region: thousands of profiles have the same one, and a profile may have any name, `version` too. */
export const writtenRegionsFile: StateFile<WrittenRegions> = {
  name: "profile-regions",
  version: 1,
  decode(stored) {
    const { byRegion } = Object(stored) as Record<string, unknown>;
    const regions = new Map<string, string>();
    if (typeof byRegion !== "object") {
      // An earlier version stored the region of each name.
      for (const [name, region] of Object.entries(Object(stored))) {
        if (isText(region)) regions.set(name, region);
      }
      return regions;
    }
    for (const [region, names] of Object.entries(Object(byRegion))) {
      for (const name of Array.isArray(names) ? names : []) {
        if (isText(name)) regions.set(name, region);
      }
    }
    return regions;
  },
  /** Stores the last entries. Entries that were read are in the order of their regions, not of their age. */
  encode(regions) {
    const byRegion = new Map<string, string[]>();
    for (const [name, region] of [...regions].slice(-maxEntries)) {
      const names = byRegion.get(region);
      if (names === undefined) byRegion.set(region, [name]);
      else names.push(name);
    }
    return { byRegion: Object.fromEntries(byRegion) };
  },
};

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** A region that the user set in a profile. */
export interface UserRegion {
  readonly name: string;
  readonly region: string;
  /** What awst would write. */
  readonly configured: string;
}
