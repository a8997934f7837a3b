// Finds the known name that is closest to a mistyped one.

/**
 * Returns the name with the fewest letters to change, at most a third of them; or else the only name that
 * contains `typed`; undefined when no name is close. Of one or two letters, one may be missing, and none another one.
 */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const wanted = plain(typed);
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const known = plain(name);
    const distance = editDistance(wanted, known, least);
    const isOtherShort = wanted.length < 3 && known.length <= wanted.length && distance > 0;
    if (distance < least && !isOtherShort) {
      least = distance;
      nearest = name;
    }
  }
  if (nearest !== undefined || wanted.length < 3) return nearest;
  const longer = names.filter((name) => plain(name).includes(wanted));
  return longer.length === 1 ? longer[0] : undefined;
}

/** Returns `did you mean "x"?`, or a short list of the names; undefined when there are none. */
export function suggestion(typed: string, names: readonly string[]): string | undefined {
  const nearest = nearestName(typed, names);
  if (nearest !== undefined) return `did you mean ${JSON.stringify(nearest)}?`;
  if (names.length === 0) return undefined;
  return `known names: ${listNames(names)}`;
}

/** Returns `a, b, c and 9 more`. */
export function listNames(names: readonly string[], most = 12): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_\s-]/g, "");
}

/** Counts insertions, deletions, changes and swaps of neighbours, up to `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const ways = [
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      ];
      if (row > 1 && column > 1 && isSwapped) ways.push((before[column - 2] ?? 0) + 1);
      line.push(Math.min(...ways));
    }
    before = last;
    last = line;
  }
  return Math.min(limit, last[b.length] ?? limit);
}
