// Responses that a report stores until it is complete, in the state folder: one file for each account and caller, mode
// 0600. Expired files are deleted, also those of other accounts.

import { createHash } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import type { Needs } from "../../ports.ts";
import { readingsLastMs } from "../model/stored-readings.ts";
import type { ReadingStore } from "../ports.ts";
import { readRecord, writeRecord } from "./record-files.ts";

/** Four calls of each of 5,000 users are 3 MB. */
const maxFileBytes = 32 * 1024 * 1024;

/** `callerArn`: what one administrator may read, another may not. Errors: FILE_UNWRITABLE. */
export function openReadingStore(
  context: Needs<"paths" | "writeText" | "debug" | "now">,
  accountId: string,
  callerArn: string,
): ReadingStore {
  const folder = context.paths.state;
  const caller = createHash("sha256").update(callerArn).digest("hex").slice(0, 16);
  const path = `${folder}/readings-${accountId}-${caller}.jsonl`;
  return {
    async read() {
      await removeOld(folder, context.now());
      return readRecord(context, path, maxFileBytes);
    },
    append: (text) => writeRecord(context, path, text, { isAppended: true }),
    remove: () => rm(path, { force: true }).catch(() => {}),
  };
}

async function removeOld(folder: string, now: Date): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => /^readings-\d{12}-[0-9a-f]{16}\.jsonl$/.test(each))) {
    const path = `${folder}/${name}`;
    const file = await stat(path).catch(() => undefined);
    const isOld = file !== undefined && now.getTime() - file.mtimeMs > readingsLastMs;
    if (isOld) await rm(path, { force: true }).catch(() => {});
  }
}
