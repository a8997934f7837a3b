// Records of off-boarded users, in the state folder: what a user had, for `restore`. A record holds no secret. It is
// never read to decide what is deleted. Its name has the account, since users of two accounts may have one name.

import { readFile } from "node:fs/promises";
import { fileNameFor } from "../../model/text/file-name.ts";
import type { Needs } from "../../ports.ts";
import type { UserRecords } from "../ports.ts";

/** The largest record: a user with its policies, certificates and SSH keys has far less. */
const largestRecord = 1024 * 1024;

/** Errors of `write`: FILE_UNWRITABLE. A record that can't be read counts as absent. */
export function openUserRecords(context: Needs<"paths" | "writeText" | "debug">): UserRecords {
  const { state } = context.paths;
  const pathOf = (accountId: string, userName: string) =>
    `${state}/${fileNameFor(`off-boarded-${accountId}-${userName.toLowerCase()}`)}.json`;
  return {
    async read(accountId, userName) {
      const path = pathOf(accountId, userName);
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") context.debug(`${path} cannot be read: ${error.message}`);
        return undefined;
      });
      if (text === undefined || text.length <= largestRecord) return text;
      context.debug(`${path} is larger than a record`);
      return undefined;
    },
    write: (accountId, userName, text) => context.writeText(pathOf(accountId, userName), text),
  };
}
