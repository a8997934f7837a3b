// Records beside what AWS knows, in the state folder: what off-boarded users had, for `restore`, and the days of
// warnings. A record contains no secret, and neither starts a deletion nor permits one. Its name has the account, since
// users of two accounts may have one name.

import { ownUsers, whyOthersCanChange } from "../../adapters/file/file-owner.ts";
import { AwstError, isFailure } from "../../model/errors.ts";
import { warnedSealItem } from "../../model/keychain/items.ts";
import { Secret } from "../../model/secret.ts";
import { isSealed, withSeal } from "../../model/state-seal.ts";
import { fileNameFor } from "../../model/text/file-name.ts";
import type { Keychain, Needs } from "../../ports.ts";
import { decodeWarnedDays, encodeWarnedDays } from "../model/notice-record.ts";
import type { NoticeRecords, UserRecords } from "../ports.ts";
import { readRecord, writeRecord } from "./record-files.ts";

/** The largest record: a user with its policies, certificates and SSH keys has far less. */
const maxRecordBytes = 1024 * 1024;

type FileRecordNeeds = Needs<"paths" | "writeText" | "debug">;

/** Errors of `write`: FILE_UNWRITABLE. A record that can't be read counts as absent. */
export function openUserRecords(context: FileRecordNeeds): UserRecords {
  const fileOf = (accountId: string, userName: string) =>
    pathOf(context, `off-boarded-${accountId}-${userName.toLowerCase()}`);
  return {
    read: async (accountId, userName) => {
      const path = fileOf(accountId, userName);
      const text = await readRecord(context, path, maxRecordBytes);
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

type SealKeychain = Pick<Keychain, "kind" | "read" | "write">;

/**
 * The days are sealed with a key from the keychain: a program that can only write the state folder could else have access
 * disabled that no one was warned about. Without a keychain nothing is stored, and the tags alone count. Errors of `write`:
 * FILE_UNWRITABLE, KEYCHAIN_*. A record that can't be read, or has no valid seal, counts as absent.
 */
export function openNoticeRecords(
  context: FileRecordNeeds,
  openKeychain: () => Promise<SealKeychain>,
): NoticeRecords {
  const nameOf = (accountId: string) => `warned-${accountId}`;
  const readText = (accountId: string) =>
    readRecord(context, pathOf(context, nameOf(accountId)), maxRecordBytes);
  return {
    async read(accountId) {
      const text = await readText(accountId);
      if (text === undefined) return undefined;
      const name = nameOf(accountId);
      try {
        const key = await (await openKeychain()).read(warnedSealItem(accountId));
        if (isSealed(key, name, sealedDays(text))) return text;
        context.debug(`${name}: its seal is missing or wrong`);
      } catch (error) {
        if (!isFailure(error) && !(error instanceof SyntaxError)) throw error;
        context.debug(`${name} is not used: ${error.message}`);
      }
      return undefined;
    },
    async write(accountId, text) {
      const keychain = await openKeychain();
      if (keychain.kind === undefined) return;
      // Nothing to store, and nothing that is to be replaced.
      if (decodeWarnedDays(text).size === 0 && (await readText(accountId)) === undefined) return;
      const item = warnedSealItem(accountId);
      const key = (await keychain.read(item)) ?? (await makeSealKey(keychain, item));
      const name = nameOf(accountId);
      const sealed = withSeal(key, name, Object(JSON.parse(text)));
      await writeRecord(context, pathOf(context, name), `${JSON.stringify(sealed)}\n`);
    },
  };
}

/** Returns the record with what awst reads of it alone: another program may have put anything into it. */
function sealedDays(text: string): { readonly seal: string | undefined } {
  const { seal } = Object(JSON.parse(text)) as { readonly seal?: unknown };
  const days: object = JSON.parse(encodeWarnedDays(decodeWarnedDays(text)));
  return { ...days, seal: typeof seal === "string" ? seal : undefined };
}

async function makeSealKey(keychain: SealKeychain, item: string): Promise<Secret> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const key = new Secret(Buffer.from(bytes).toString("base64url"));
  await keychain.write(item, key);
  return key;
}

function pathOf({ paths }: Pick<FileRecordNeeds, "paths">, name: string): string {
  return `${paths.state}/${fileNameFor(name)}.json`;
}
