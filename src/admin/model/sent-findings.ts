// Which findings a run of today has delivered, where it could not deliver all (state file `findings-sent`): the next run sends
// the others. The file is believed about nothing else, and only for its day.

import type { StateFile } from "../../model/state-file.ts";
import { fingerprint } from "../../model/text/fingerprint.ts";
import type { NoticeUser } from "./notices.ts";

export interface StoredFindings {
  /** `2026-11-29`; "": nothing is stored. */
  readonly day: string;
  /** Keys of `findingsKey`. */
  readonly sent: readonly string[];
}

const nothing: StoredFindings = { day: "", sent: [] };

/** An organization has far fewer users with findings. */
const maxKeys = 200_000;

export const sentFindingsFile: StateFile<StoredFindings> = {
  name: "findings-sent",
  version: 1,
  decode(stored) {
    const { day, sent } = Object(stored);
    const isGood = typeof day === "string" && Array.isArray(sent) && sent.length <= maxKeys;
    return isGood ? { day, sent: sent.filter((each) => typeof each === "string") } : nothing;
  },
};

/** Returns what stands for the findings of one user, sent to one receiver: other findings are sent again. */
export function findingsKey(
  receiver: object,
  accountId: string,
  { name, email, lines }: NoticeUser,
): string {
  const about = fingerprint({ name, email: email ?? "", lines }).slice(0, 32);
  return `${accountPart(receiver, accountId)}${about}`;
}

/** Whether the key is about a user of this account, and of this receiver. */
export function isOfAccount(key: string, receiver: object, accountId: string): boolean {
  return key.startsWith(accountPart(receiver, accountId));
}

function accountPart(receiver: object, accountId: string): string {
  return `${accountId}/${fingerprint({ receiver }).slice(0, 16)}/`;
}

/** Returns the keys of this day: those of another day count nothing. */
export function keysOfDay(stored: StoredFindings, day: string): ReadonlySet<string> {
  return new Set(stored.day === day ? stored.sent : []);
}
