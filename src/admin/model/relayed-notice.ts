// A notice on its way from the function of one account to the account that knows the webhook: JSON in an SNS message.
// What arrives was sent by another account and is read with care.

import { isRecord } from "../../model/configuration/toml-table.ts";
import { AwstError } from "../../model/errors.ts";
import type { NoticeUser, UserNotice } from "./notices.ts";

const version = 1;
const kinds = ["warning", "disabled", "deletion", "hygiene"] as const;

export function encodeNotice(notice: UserNotice): string {
  return JSON.stringify({ version, ...notice });
}

/** Errors: NOTICE_FAILED for text that is not a notice. */
export function decodeNotice(text: string): UserNotice {
  const value = parse(text);
  const kind = kinds.find((each) => each === value["kind"]);
  const account = isRecord(value["account"]) ? value["account"] : {};
  const { id, name } = account;
  const users = Array.isArray(value["users"]) ? value["users"].map(decodeUser) : [undefined];
  const known = users.filter((user) => user !== undefined);
  const isGood =
    value["version"] === version && known.length === users.length && users.length <= 100;
  if (!isGood || kind === undefined || !isText(id) || !/^\d{12}$/.test(id) || !isText(name)) {
    throw new AwstError("NOTICE_FAILED", "a message is not a notice about IAM users");
  }
  return { kind, account: { id, name }, users: known };
}

function decodeUser(value: unknown): NoticeUser | undefined {
  const { name, email, until, lines } = isRecord(value) ? value : {};
  const isGood =
    isText(name) &&
    (email === undefined || isText(email)) &&
    (until === undefined || isText(until)) &&
    Array.isArray(lines) &&
    lines.length <= 100 &&
    lines.every(isText);
  return isGood ? { name, email, until, lines } : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 1_000;
}
