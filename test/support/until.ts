// Waits for an effect of another process by looking at it again and again. The limit is a number of polls,
// not a time: on a busy machine every poll takes longer, and so does the limit.

const pauseMs = 20;
const maxPolls = 3_000;

type Truthy<T> = Exclude<T, false | 0 | "" | null | undefined>;

/** Returns the first true value that `read` gives; throws after 3,000 polls. `what` is for the error. */
export async function until<T>(what: string, read: () => T | Promise<T>): Promise<Truthy<T>> {
  for (let polls = 0; polls < maxPolls; polls++) {
    const value = await read();
    if (value) return value as Truthy<T>;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error(`not within ${maxPolls} polls: ${what}`);
}
