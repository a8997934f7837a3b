// Files of the administrator's side in the state folder, without secrets. With sudo they belong to the user whose home
// it is. What is not an ordinary file, or too large, counts as absent.

import { statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createFolder } from "../../adapters/file/owned-files.ts";
import { AwstError } from "../../model/errors.ts";
import type { Needs } from "../../ports.ts";

/** `isAppended`: adds to the file. Errors: FILE_UNWRITABLE. */
export async function writeRecord(
  { paths, writeText }: Needs<"paths" | "writeText">,
  path: string,
  text: string,
  how: { readonly isAppended?: boolean } = {},
): Promise<void> {
  try {
    // An administrator may never have made a session, which makes the folder.
    createFolder(paths.state);
  } catch {
    // The write says why.
  }
  // Opening a pipe might never end.
  if (isOtherThanFile(path)) {
    throw new AwstError("FILE_UNWRITABLE", `cannot write ${path}: not an ordinary file`);
  }
  await writeText(path, text, how);
}

function isOtherThanFile(path: string): boolean {
  try {
    return !statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Returns undefined for no file, and for one that can't be read or has more than `maxBytes`. */
export async function readRecord(
  { debug }: Needs<"debug">,
  path: string,
  maxBytes: number,
): Promise<string | undefined> {
  try {
    const found = await stat(path);
    // Reading a pipe or a device might never end.
    if (!found.isFile()) throw new Error("not an ordinary file");
    if (found.size > maxBytes) throw new Error("too large");
    return await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") debug(`${path} cannot be read: ${message}`);
    return undefined;
  }
}
