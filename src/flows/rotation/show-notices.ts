// Says what was left to be said, once: what is said is gone, and of two at the same moment one says it.

import {
  decodeNotices,
  encodeNotices,
  type Notice,
  noticeLines,
  noticesName,
} from "../../model/rotation/notices.ts";
import type { Needs } from "../../ports.ts";

export async function showNotices(world: Needs<"state" | "now" | "say" | "quiet">): Promise<void> {
  // Where nothing may be said it waits for one that may.
  if (world.quiet || decodeNotices(world.state.read(noticesName)).length === 0) return;
  let taken: readonly Notice[] = [];
  await world.state.update(noticesName, (old) => {
    taken = decodeNotices(old);
    return encodeNotices([]);
  });
  for (const line of noticeLines(taken, world.now())) world.say(line);
}
