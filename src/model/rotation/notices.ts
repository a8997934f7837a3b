// What awst did, or could not do, while nobody was there: kept in the state file `notices` until the next
// `assume` has said it. One of each kind and identity, the newest; never a secret.

export const noticesName = "notices";

export type NoticeKind = "rotated" | "finished" | "waiting" | "failed";

export interface Notice {
  readonly kind: NoticeKind;
  readonly identity: string;
  /** RFC 3339. */
  readonly at: string;
  /** One line, without a full stop. */
  readonly text: string;
  /** What to type; undefined where nothing is to be done. */
  readonly command: string | undefined;
}

const most = 12;
const longestText = 600;

/** Whatever the file holds. */
export function decodeNotices(value: unknown): readonly Notice[] {
  const list = typeof value === "object" && value !== null ? Object(value).notices : undefined;
  return Array.isArray(list) ? list.filter(isNotice).slice(-most) : [];
}

export function encodeNotices(notices: readonly Notice[]): unknown {
  return { version: 1, notices };
}

/** A good end makes what was left undone of no interest; the oldest go where there are too many. */
export function withNotice(notices: readonly Notice[], notice: Notice): readonly Notice[] {
  const text = notice.text.replaceAll(/[\s\p{Cc}]+/gu, " ").slice(0, longestText);
  const others = notices.filter((each) => {
    if (each.identity !== notice.identity) return true;
    const isGood = notice.kind === "rotated" || notice.kind === "finished";
    const wasBad = each.kind === "waiting" || each.kind === "failed";
    return each.kind !== notice.kind && !(isGood && wasBad);
  });
  return [...others, { ...notice, text }].slice(-most);
}

/** Whether it says what is said already, and so need not pop up again. */
export function isKnown(notices: readonly Notice[], notice: Notice): boolean {
  return notices.some((each) => each.kind === notice.kind && each.identity === notice.identity);
}

function isNotice(value: unknown): value is Notice {
  const notice = Object(value) as Record<string, unknown>;
  const isText = (name: string) => typeof notice[name] === "string";
  return (
    ["kind", "identity", "at", "text"].every(isText) &&
    !Number.isNaN(Date.parse(String(notice["at"]))) &&
    (notice["command"] === undefined || isText("command"))
  );
}
