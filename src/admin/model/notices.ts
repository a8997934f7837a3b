// What a notice says: who does not use which access, until when it stays, and what to do. One text for readers, one
// JSON for programs, and Slack's blocks within Slack's limits.

import { AwstError } from "../../model/errors.ts";
import type { JudgedAccess } from "./dormant-verdict.ts";

export interface UserNotice {
  /** `deletion`: the user will be deleted. */
  readonly kind: "warning" | "disabled" | "deletion" | "hygiene";
  readonly account: { readonly id: string; readonly name: string };
  readonly users: readonly NoticeUser[];
}

export interface NoticeUser {
  readonly name: string;
  /** The tag `email`. */
  readonly email: string | undefined;
  /** `2026-12-11`: the day after which access is disabled, or the user deleted. */
  readonly until: string | undefined;
  /** One line for each access or finding. */
  readonly lines: readonly string[];
}

/** Which key it is: its id, what its owner calls it, and when it was used. `tags`: the user's. */
export function accessLine(
  { kind, id, reason }: JudgedAccess,
  tags: Readonly<Record<string, string>>,
): string {
  if (kind === "console") return `console password: ${reason}`;
  const description = id === undefined ? undefined : tags[id];
  const name = description === undefined ? id : `${id} (${description})`;
  return `${kind === "key" ? "access key" : "service credential"} ${name}: ${reason}`;
}

export function noticeSubject({ kind, account, users }: UserNotice): string {
  const [only] = users.length === 1 ? users : [];
  const who = only === undefined ? `${users.length} IAM users` : `IAM user ${only.name}`;
  const where = account.name === account.id ? account.id : `${account.name} (${account.id})`;
  if (kind === "hygiene") return `AWS account ${where}: findings for ${who}`;
  if (kind === "deletion") return `AWS account ${where}: ${who} will be deleted`;
  return kind === "warning"
    ? `AWS account ${where}: unused access of ${who} will be disabled`
    : `AWS account ${where}: unused access of ${who} is disabled`;
}

export function noticeText(notice: UserNotice): string {
  const lines = notice.users.flatMap(({ name, email, until, lines: about }) => [
    `${email === undefined ? name : `${name} <${email}>`}${until === undefined ? "" : `, until ${until}`}`,
    ...about.map((line) => `  ${line}`),
  ]);
  return [`${noticeSubject(notice)}.`, "", ...lines, "", whatToDo(notice)].join("\n");
}

/** For one user, who reads it. */
export function mailText(
  { kind, account }: UserNotice,
  { name, until, lines }: NoticeUser,
): string {
  const where = `your IAM user ${name} in AWS account ${account.name} (${account.id})`;
  const first =
    kind === "hygiene"
      ? `Findings for ${where}:`
      : kind === "deletion"
        ? `You have not used ${where}, and it will be deleted:`
        : `You do not use this access of ${where}:`;
  const last =
    kind === "warning"
      ? [`It is disabled after ${until}.`, keepIt]
      : kind === "disabled"
        ? ["It is disabled now. Ask your administrator if you need it."]
        : kind === "deletion"
          ? [`It is deleted after ${until}. Ask your administrator if you need it.`]
          : [];
  return [first, "", ...lines.map((line) => `  ${line}`), "", ...last].join("\n");
}

const keepIt =
  "To keep a key, use it before: aws sts get-caller-identity. To keep the password, sign in to the console.";

function whatToDo({ kind }: UserNotice): string {
  if (kind === "warning") return keepIt;
  if (kind === "deletion") return "To keep a user: awst admin dormant restore NAME";
  return kind === "disabled"
    ? "To give access back: awst admin dormant restore NAME"
    : "awst admin dormant report shows all findings.";
}

export function webhookBody(notice: UserNotice): object {
  return {
    version: 1,
    kind: notice.kind,
    account: notice.account.id,
    accountName: notice.account.name,
    users: notice.users.map(({ name, email, until, lines }) => ({
      user: name,
      email: email ?? null,
      until: until ?? null,
      access: lines,
    })),
  };
}

/** Slack refuses more than 50 blocks, and more than 3,000 characters in a text. */
const maxBlocks = 50;
const maxBlockLength = 3_000;

/** As many users as one message can name: a block each, beside the first and the last. */
export const slackUsersPerNotice = 40;

export function slackBody(notice: UserNotice): object {
  const blocks = [
    `*${slackText(noticeSubject(notice))}*`,
    ...notice.users.map(({ name, email, until, lines }) => {
      const who = email === undefined ? name : `${name} <${email}>`;
      const head = `*${slackText(who)}*${until === undefined ? "" : ` until ${until}`}`;
      return [head, ...lines.map((line) => `• ${slackText(line)}`)].join("\n");
    }),
    slackText(whatToDo(notice)),
  ];
  return {
    text: slackText(noticeSubject(notice)),
    blocks: blocks.slice(0, maxBlocks).map((text) => ({
      type: "section",
      text: { type: "mrkdwn", text: shortened(text, maxBlockLength) },
    })),
  };
}

/** Where Slack takes no blocks: the subject and the names. */
export function slackPlainBody(notice: UserNotice): object {
  const names = notice.users.map(({ name }) => name).join(", ");
  return { text: shortened(slackText(`${noticeSubject(notice)}: ${names}`), maxBlockLength) };
}

function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** SNS takes ASCII of at most 100 characters. */
export function snsSubject(notice: UserNotice): string {
  return shortenedAscii(noticeSubject(notice).replace(/[^\x20-\x7e]/g, "?"));
}

function shortenedAscii(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 97)}...`;
}

/** Returns why a mail can't be sent to the user. */
export function findAddressFailure({
  name,
  tags,
}: {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}): AwstError | undefined {
  if (tags["email"] !== undefined) return undefined;
  return new AwstError("NOTICE_FAILED", `${name} can't be warned: the user has no tag email`, {
    hint: `awst admin user tag ${name} email=ADDRESS`,
  });
}

/** Returns the items in lists of at most `size`. */
export function batches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
