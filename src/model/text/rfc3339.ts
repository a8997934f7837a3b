/** Returns a time as AWS writes it: UTC, whole seconds, rounded down. */
export function rfc3339(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
