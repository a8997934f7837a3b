// Typing mistakes in the region of a configuration: `eu-wst-1` has the form of a region, and AWS has no such host. A new
// region is accepted without an update of awst, because all names end with a direction and a number.

import { isRegion } from "../aws/partition.ts";
import { nearestName } from "../text/nearest-name.ts";
import type { Table } from "./toml-table.ts";

const directions = [
  ...["north", "south", "east", "west", "central"],
  ...["northeast", "northwest", "southeast", "southwest"],
];

/** Returns undefined for a region. `hint`: the nearest name, or how regions look. */
export function regionProblem(
  text: string,
): { readonly message: string; readonly hint: string } | undefined {
  const [, area, direction = "", number] = /^([a-z-]+)-([a-z]+)-(\d+)$/.exec(text) ?? [];
  const hasForm = isRegion(text);
  if (hasForm && directions.includes(direction)) return undefined;
  const nearest = hasForm ? nearestName(direction, directions) : undefined;
  return {
    message: `must be the name of a region, not ${JSON.stringify(text)}`,
    hint:
      nearest === undefined
        ? "regions look like eu-west-1"
        : `did you mean ${JSON.stringify(`${area}-${nearest}-${number}`)}?`,
  };
}

/** Decodes a region. Only valid names pass, since a region becomes part of a host name. */
export function decodeRegion<Key extends string>(table: Table<Key>, key: Key): string | undefined {
  const region = table.text(key);
  const problem = region === undefined ? undefined : regionProblem(region);
  if (problem === undefined) return region;
  table.report(key, problem.message, problem.hint);
  return undefined;
}
