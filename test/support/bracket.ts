// Compares a time with a clock without a tolerance: the time must lie between the clock before an act and
// the clock after it, however long the act takes.

/**
 * Reads the clock and returns a check: whether a time lies between that moment and the moment of the check.
 * Whole seconds count as equal, since a Date header and a signature have no fractions.
 */
export function startBracket(clock: () => number): (time: number) => boolean {
  const before = Math.floor(clock() / 1000) * 1000;
  return (time) => before <= time && time <= clock();
}
