/** Returns `1 user`, or `3 users`: the plural of `noun` has an s. What follows has to fit both numbers. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
