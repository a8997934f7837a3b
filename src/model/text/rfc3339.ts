/** A time as AWS writes it: whole seconds, rounded down, UTC. */
export function rfc3339(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
