// Why grants were made, in the state folder: one JSON line for each, since a grant's policy cannot hold a reason. It
// is only shown, and never read to decide what a grant allows.

import type { Needs } from "../../ports.ts";
import type { GrantRecord, GrantRecords } from "../ports.ts";
import { readRecord, writeRecord } from "./record-files.ts";

/** A hundred thousand grants are 20 MB. */
const maxFileBytes = 32 * 1024 * 1024;

/** Errors of `add`: FILE_UNWRITABLE. */
export function openGrantRecords(context: Needs<"paths" | "writeText" | "debug">): GrantRecords {
  const pathOf = (accountId: string) => `${context.paths.state}/grants-${accountId}.jsonl`;
  return {
    async read(accountId) {
      const text = (await readRecord(context, pathOf(accountId), maxFileBytes)) ?? "";
      const records = text.split("\n").flatMap((line) => decode(line) ?? []);
      return new Map(records.map((record) => [record.id, record]));
    },
    add: (accountId, record) =>
      writeRecord(context, pathOf(accountId), `${JSON.stringify(record)}\n`, { isAppended: true }),
  };
}

/** undefined for a line that is not a record, as one that was cut short. */
function decode(line: string): GrantRecord | undefined {
  try {
    const { id, user, reason, by, approvedBy } = Object(JSON.parse(line));
    const texts = [id, user, reason, by];
    if (!texts.every((each) => typeof each === "string")) return undefined;
    return { id, user, reason, by, approvedBy: approvedBy ? String(approvedBy) : undefined };
  } catch {
    return undefined;
  }
}
