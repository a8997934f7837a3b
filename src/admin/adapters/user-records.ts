// Records beside what AWS knows, in the state folder: what off-boarded users had, for `restore`, and the days of
// warnings. A record holds no secret, and is never read to decide what is deleted. Its name has the account, since
// users of two accounts may have one name.

import { mkdir, readFile } from "node:fs/promises";
import { fileNameFor } from "../../model/text/file-name.ts";
import type { Needs } from "../../ports.ts";
import type { NoticeRecords, UserRecords } from "../ports.ts";

/** The largest record: a user with its policies, certificates and SSH keys has far less. */
const largestRecord = 1024 * 1024;

type FileRecordNeeds = Needs<"paths" | "writeText" | "debug">;

/** Errors of `write`: FILE_UNWRITABLE. A record that can't be read counts as absent. */
export function openUserRecords(context: FileRecordNeeds): UserRecords {
  const nameOf = (accountId: string, userName: string) =>
    `off-boarded-${accountId}-${userName.toLowerCase()}`;
  return {
    read: (accountId, userName) => readRecord(context, nameOf(accountId, userName)),
    write: (accountId, userName, text) =>
      writeRecord(context, pathOf(context, nameOf(accountId, userName)), text),
  };
}

/** Errors as above. */
export function openNoticeRecords(context: FileRecordNeeds): NoticeRecords {
  const nameOf = (accountId: string) => `warned-${accountId}`;
  return {
    read: (accountId) => readRecord(context, nameOf(accountId)),
    write: (accountId, text) => writeRecord(context, pathOf(context, nameOf(accountId)), text),
  };
}

/** The state folder is there only after a first session: an administrator may never have made one. FILE_UNWRITABLE. */
export async function writeRecord(
  { paths, writeText }: Pick<FileRecordNeeds, "paths" | "writeText">,
  path: string,
  text: string,
  how: { readonly isAppended?: boolean } = {},
): Promise<void> {
  // Where the folder can't be made, the write says so.
  await mkdir(paths.state, { recursive: true, mode: 0o700 }).catch(() => {});
  await writeText(path, text, how);
}

function pathOf({ paths }: Pick<FileRecordNeeds, "paths">, name: string): string {
  return `${paths.state}/${fileNameFor(name)}.json`;
}

async function readRecord(context: FileRecordNeeds, name: string): Promise<string | undefined> {
  const path = pathOf(context, name);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") context.debug(`${path} cannot be read: ${error.message}`);
    return undefined;
  });
  if (text === undefined || text.length <= largestRecord) return text;
  context.debug(`${path} is larger than a record`);
  return undefined;
}
