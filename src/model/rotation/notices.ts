// Notices of unattended runs (state file `notices`), stored until the next typed command prints them: the newest
// of each kind and identity, never a secret.

import type { StateFile } from "../state-file.ts";

export type NoticeKind = "rotated" | "finished" | "waiting" | "failed";

export interface Notice {
  readonly kind: NoticeKind;
  readonly identity: string;
  /** RFC 3339. */
  readonly at: string;
  /** One line, without a full stop. */
  readonly text: string;
  /** What to type; undefined where nothing needs doing. */
  readonly command: string | undefined;
  /** The key that is in use according to the text. While another one is, the notice is not true any more. */
  readonly currentKeyId?: string | undefined;
}

const maxNotices = 12;
const maxTextLength = 600;

export const noticesFile: StateFile<readonly Notice[]> = {
  name: "notices",
  version: 1,
  decode: (stored) => {
    const { notices } = Object(stored);
    return Array.isArray(notices) ? notices.filter(isNotice).slice(-maxNotices) : [];
  },
  encode: (notices) => ({ notices }),
};

/** Returns the notices with this one. A success removes earlier failures; the oldest are dropped. */
export function withNotice(notices: readonly Notice[], notice: Notice): readonly Notice[] {
  const text = notice.text.replaceAll(/[\s\p{Cc}]+/gu, " ").slice(0, maxTextLength);
  const others = notices.filter((each) => {
    if (each.identity !== notice.identity) return true;
    const isSuccess = notice.kind === "rotated" || notice.kind === "finished";
    const wasFailure = each.kind === "waiting" || each.kind === "failed";
    return each.kind !== notice.kind && !(isSuccess && wasFailure);
  });
  return [...others, { ...notice, text }].slice(-maxNotices);
}

/** Returns whether an unprinted notice already reports the same, so that no desktop notification is needed. */
export function isAlreadyReported(notices: readonly Notice[], notice: Notice): boolean {
  return notices.some((each) => each.kind === notice.kind && each.identity === notice.identity);
}

/** Returns whether the notice still describes the key in use. `keyId`: as far as it is known. */
export function isAboutCurrentKey({ currentKeyId }: Notice, keyId: string | undefined): boolean {
  return currentKeyId === undefined || keyId === undefined || currentKeyId === keyId;
}

function isNotice(value: unknown): value is Notice {
  const notice = Object(value) as Record<string, unknown>;
  const isText = (name: string) => typeof notice[name] === "string";
  return (
    ["kind", "identity", "at", "text"].every(isText) &&
    !Number.isNaN(Date.parse(String(notice["at"]))) &&
    ["command", "currentKeyId"].every((name) => notice[name] === undefined || isText(name))
  );
}
