// Days as awst writes them into tags and plans: `2026-11-27`, in UTC. Text that is not a day of the calendar does not
// count: anyone who may tag a user can write any text.

export const dayMs = 86_400_000;

/** Returns the day of a time in milliseconds: `2026-11-27`. */
export function dayOfTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Returns midnight of `2026-11-27` in UTC; undefined for text that is not a day of the calendar. */
export function timeOfDay(text: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) || dayOfTime(at) !== text ? undefined : at;
}

/** Returns the day so many days after a time in milliseconds. */
export function dayAfter(ms: number, days: number): string {
  return dayOfTime(ms + days * dayMs);
}

export function laterDay(one: string, other: string): string {
  return one > other ? one : other;
}

/** Returns what is wrong with the day in a tag, as the end of a sentence; undefined for today and every day before. */
export function dayProblem(text: string, today: string): string | undefined {
  if (timeOfDay(text) === undefined) return `is ${JSON.stringify(text)}, which is not a date`;
  return text > today ? `names ${text}, a day in the future` : undefined;
}
