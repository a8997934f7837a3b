// Leaves word for the next `assume`, and where it calls for somebody, once on the desktop.

import {
  decodeNotices,
  encodeNotices,
  isKnown,
  type Notice,
  noticesName,
  withNotice,
} from "../../model/rotation/notices.ts";
import type { Needs } from "../../ports.ts";

export type NoticeNeeds = Needs<"state" | "now" | "notifier" | "debug">;

export async function leaveNotice(
  world: NoticeNeeds,
  { isCall, ...word }: Omit<Notice, "at"> & { readonly isCall: boolean },
): Promise<void> {
  const notice: Notice = { ...word, at: world.now().toISOString() };
  let wasKnown = false;
  await world.state.update(noticesName, (old) => {
    const notices = decodeNotices(old);
    wasKnown = isKnown(notices, notice);
    return encodeNotices(withNotice(notices, notice));
  });
  if (!isCall || wasKnown) return;
  const toDo = notice.command === undefined ? "" : `: ${notice.command}`;
  const isShown = await (await world.notifier()).show("awst", `${notice.text}${toDo}`);
  world.debug(isShown ? "shown on the desktop" : "no desktop took the word");
}
