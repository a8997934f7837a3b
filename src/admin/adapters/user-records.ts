// Records beside what AWS knows, in the state folder: what off-boarded users had, for `restore`, and the days of
// warnings. A record contains no secret, and neither starts a deletion nor permits one. Its name has the account, since
// users of two accounts may have one name.

import { ownUsers, whyOthersCanChange } from "../../adapters/file/file-owner.ts";
import { AwstError } from "../../model/errors.ts";
import { fileNameFor } from "../../model/text/file-name.ts";
import type { Needs } from "../../ports.ts";
import type { NoticeRecords, UserRecords } from "../ports.ts";
import { readRecord, writeRecord } from "./record-files.ts";

/** The largest record: a user with its policies, certificates and SSH keys has far less. */
const largestRecord = 1024 * 1024;

type FileRecordNeeds = Needs<"paths" | "writeText" | "debug">;

/** Errors of `write`: FILE_UNWRITABLE. A record that can't be read counts as absent. */
export function openUserRecords(context: FileRecordNeeds): UserRecords {
  const fileOf = (accountId: string, userName: string) =>
    pathOf(context, `off-boarded-${accountId}-${userName.toLowerCase()}`);
  return {
    read: async (accountId, userName) => {
      const path = fileOf(accountId, userName);
      const text = await readRecord(context, path, largestRecord);
      if (text !== undefined) requireOwn(path);
      return text;
    },
    write: (accountId, userName, text) => writeRecord(context, fileOf(accountId, userName), text),
    pathOf: fileOf,
  };
}

/** A record decides which groups and policies a user gets. */
function requireOwn(path: string): void {
  const why = whyOthersCanChange(path, ownUsers());
  if (why === undefined) return;
  throw new AwstError("ADMIN_REFUSED", `the record ${path} is not used: ${why}`, {
    hint: "check the groups and policies in the record before you use it",
  });
}

/** Errors as above. */
export function openNoticeRecords(context: FileRecordNeeds): NoticeRecords {
  const nameOf = (accountId: string) => `warned-${accountId}`;
  return {
    read: (accountId) => readRecord(context, pathOf(context, nameOf(accountId)), largestRecord),
    write: (accountId, text) => writeRecord(context, pathOf(context, nameOf(accountId)), text),
  };
}

function pathOf({ paths }: Pick<FileRecordNeeds, "paths">, name: string): string {
  return `${paths.state}/${fileNameFor(name)}.json`;
}
