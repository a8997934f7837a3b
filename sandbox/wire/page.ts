// Pages of a list: MaxItems and Marker as IAM has them. A page may be shorter than asked for, so
// only IsTruncated says whether there are more.

import { validationError } from "./service-error.ts";
import type { MemberShape, Parameters } from "./shapes.ts";

export const pageShape: { readonly Marker: MemberShape; readonly MaxItems: MemberShape } = {
  Marker: { min: 1, max: 320, pattern: /[\u0020-\u00FF]+/ },
  MaxItems: { number: true, min: 1, max: 1000 },
};

export interface Page<T> {
  readonly items: readonly T[];
  /** IsTruncated and, if there is more, Marker: to be spread into the result. */
  readonly end: { readonly IsTruncated: boolean; readonly Marker: string | undefined };
}

/** `longest` 0: no limit but MaxItems, whose default is 100. */
export function pageOf<T>(all: readonly T[], parameters: Parameters, longest: number): Page<T> {
  const asked = Number(parameters.get("MaxItems") ?? 100);
  const size = longest > 0 ? Math.min(asked, longest) : asked;
  const start = startOf(parameters.get("Marker"));
  const next = start + size;
  const isTruncated = next < all.length;
  return {
    items: all.slice(start, next),
    end: {
      IsTruncated: isTruncated,
      Marker: isTruncated ? Buffer.from(`from:${next}`).toString("base64") : undefined,
    },
  };
}

function startOf(marker: string | undefined): number {
  if (marker === undefined) return 0;
  const match = /^from:(\d{1,9})$/.exec(Buffer.from(marker, "base64").toString("latin1"));
  if (!match) throw validationError("Invalid Marker: Failed to decode marker");
  return Number(match[1]);
}
