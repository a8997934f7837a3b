// Files with new secrets, one for each user in a folder (--out). No other user may read or replace them: the folder and
// the files belong to this user, others can't write the folder or one above it, and no file is a link. A file NAME.txt
// only ever grows. A file NAME.age is sealed: it is made by one run, which replaces it by one with more secrets, and by
// no other.

import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname, sep } from "node:path";
import { ownUsers } from "../../adapters/file/file-owner.ts";
import { whyOthersCanReplace } from "../../adapters/file/folder-owner.ts";
import { createFile, giveToOwner } from "../../adapters/file/owned-files.ts";
import { resolvePath } from "../../adapters/file/paths.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";

const hasModes = process.platform !== "win32";

/** `age`: sealed. */
export type SecretFileKind = "txt" | "age";

export function secretFileOf(
  folder: string,
  userName: string,
  kind: SecretFileKind = "txt",
): string {
  // join() would resolve ".." in the text, and the file would not be the one in the folder that was checked.
  return `${folder}${folder.endsWith(sep) ? "" : sep}${userName}.${kind}`;
}

/** Writes nothing: called before anything changes at AWS. `userNames`: [] for the folder alone. Errors: FILE_UNWRITABLE. */
export function checkSecretFiles(folder: string, userNames: readonly string[]): void {
  const found = inFile(folder, () => lstatSync(resolvePath(folder), { throwIfNoEntry: false }));
  if (found === undefined) {
    // It is made later, as the only one: a mistyped path makes no folders.
    inFile(folder, () => accessSync(dirname(resolvePath(folder)), constants.W_OK | constants.X_OK));
    checkAround(folder);
    return;
  }
  checkFolder(folder, found);
  for (const userName of userNames) {
    const path = secretFileOf(folder, userName);
    const file = inFile(path, () => lstatSync(path, { throwIfNoEntry: false }));
    if (file === undefined) continue;
    checkFile(path, file);
    inFile(path, () => accessSync(path, constants.W_OK));
  }
}

/** Makes one folder with mode 0700, not those above it. Errors: FILE_UNWRITABLE, as those of the check. */
export function openSecretFolder(
  folder: string,
  userNames: readonly string[],
  kind: SecretFileKind = "txt",
): void {
  checkSecretFiles(folder, kind === "txt" ? userNames : []);
  if (kind === "age") for (const userName of userNames) checkIsNew(folder, userName);
  inFile(folder, () => {
    if (lstatSync(resolvePath(folder), { throwIfNoEntry: false }) !== undefined) return;
    mkdirSync(folder, { mode: 0o700 });
    giveToOwner(resolvePath(folder));
  });
}

/** Checks again, since the check before may be minutes old. Errors: FILE_UNWRITABLE. */
export function appendSecret(folder: string, userName: string, text: string): void {
  const path = secretFileOf(folder, userName);
  inFile(path, () => {
    checkFolder(folder, lstatSync(resolvePath(folder)));
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found !== undefined) checkFile(path, found);
    const file = found === undefined ? createFile(path) : openSync(path, appending);
    try {
      checkFile(path, fstatSync(file));
      if (hasModes) fchmodSync(file, 0o600);
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Writes the file of a user, who has none yet, and replaces it at each further call of this run. Errors:
 * FILE_UNWRITABLE.
 */
export function sealedFile(folder: string, userName: string): (text: string) => void {
  const path = secretFileOf(folder, userName, "age");
  let isMade = false;
  return (text) =>
    inFile(path, () => {
      checkFolder(folder, lstatSync(resolvePath(folder)));
      if (isMade) checkFile(path, lstatSync(path));
      else checkIsNew(folder, userName);
      const target = isMade ? `${path}.${process.pid}.tmp` : path;
      writeNew(target, text);
      if (isMade) renameSync(target, path);
      isMade = true;
    });
}

function writeNew(path: string, text: string): void {
  const file = createFile(path);
  try {
    if (hasModes) fchmodSync(file, 0o600);
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** A sealed file can't be added to, and it may be the only copy of its secrets. */
function checkIsNew(folder: string, userName: string): void {
  const path = secretFileOf(folder, userName, "age");
  const found = inFile(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return;
  throw refusal(path, "it is there already, and sealed secrets can't be added to a file", remedy);
}

const remedy = "move it away, or name another folder with --out";
const own = "name a folder of your own; awst makes one that does not exist";

/** A link or a pipe that takes the file's place between the check and this fails. Windows has neither flag. */
const appending =
  constants.O_WRONLY |
  constants.O_APPEND |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

function checkFolder(folder: string, found: Stats): void {
  if (found.isSymbolicLink()) {
    throw refusal(folder, "it is a symbolic link", "name the folder that it links to");
  }
  if (!found.isDirectory()) throw refusal(folder, "it is not a folder", own);
  if (!hasModes) return;
  if (!isOwn(found)) throw refusal(folder, "it belongs to another user", own);
  if ((found.mode & 0o022) === 0) {
    inFile(folder, () => accessSync(folder, constants.W_OK | constants.X_OK));
    checkAround(folder);
    return;
  }
  const isShared = (found.mode & 0o1000) !== 0;
  throw refusal(
    folder,
    "other users can write it",
    isShared ? own : commandLine(["chmod", "go-w", folder]),
  );
}

/** A user who can write a folder above this one can replace it by another one. */
function checkAround(folder: string): void {
  if (!hasModes) return;
  const why = inFile(folder, () => whyOthersCanReplace(dirname(resolvePath(folder)), ownUsers()));
  if (why !== undefined) throw refusal(folder, why, own);
}

function isOwn({ uid }: Stats): boolean {
  return !hasModes || uid === 0 || ownUsers().includes(uid);
}

function checkFile(path: string, found: Stats): void {
  if (found.isSymbolicLink()) throw refusal(path, "it is a symbolic link", remedy);
  if (!found.isFile()) throw refusal(path, "it is not an ordinary file", remedy);
  if (found.nlink > 1) throw refusal(path, "it has a second name (a hard link)", remedy);
  if (!isOwn(found)) throw refusal(path, "it belongs to another user", remedy);
}

function refusal(path: string, why: string, hint: string): AwstError {
  return new AwstError("FILE_UNWRITABLE", `${path} gets no secrets: ${why}`, { hint });
}

function inFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isAwstError(cause)) throw cause;
    const message = `${path} cannot be written (${systemErrorText(cause)})`;
    throw new AwstError("FILE_UNWRITABLE", message, { cause });
  }
}
