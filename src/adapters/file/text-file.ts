// Writes files of the user: lines for a shell, a first configuration.

import {
  accessSync,
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { createFile, createFolder, prepareFile } from "./owned-files.ts";
import { findTarget, refuseUnlessReplaceable, writeWholeFile } from "./whole-file.ts";

interface WriteOptions {
  /** Fails where the file exists, even if it was made meanwhile. */
  readonly isNew?: boolean;
  /** Writes nothing. */
  readonly isCheck?: boolean;
  /** Adds to a file, and leaves its mode. */
  readonly isAppended?: boolean;
}

/** Writes a file with mode 0600. Errors: FILE_UNWRITABLE. */
export function writeTextFile(
  path: string,
  text: string,
  { isNew = false, isCheck = false, isAppended = false }: WriteOptions = {},
): void {
  if (isCheck) {
    requireWritable(path);
    return;
  }
  let fd: number;
  try {
    if (isAppended) {
      createFolder(dirname(path));
      prepareFile(path);
      appendFileSync(path, text, { flush: true, mode: 0o600 });
      return;
    }
    if (!isNew) {
      requireFolder(path);
      // The mode is set before the write, since the text may hold keys. A device keeps its mode.
      const target = findTarget(path);
      if (statSync(target, { throwIfNoEntry: false })?.isFile()) chmodSync(target, 0o600);
      writeWholeFile(path, text);
      return;
    }
    createFolder(dirname(path));
    fd = createFile(path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } catch (cause) {
    rmSync(path, { force: true });
    throw unwritable(path, cause);
  } finally {
    closeSync(fd);
  }
}

/** Throws where `writeWholeFile` would, as far as that can be seen without a write. */
function requireWritable(path: string): void {
  try {
    const target = findTarget(path);
    const old = statSync(target, { throwIfNoEntry: false });
    if (old !== undefined) refuseUnlessReplaceable(path, target, old);
    requireFolder(path);
    accessSync(dirname(target), constants.W_OK);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** A typing mistake in a path makes no folders. */
function requireFolder(path: string): void {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new AwstError("FILE_UNWRITABLE", `cannot write ${path}: there is no folder ${folder}`, {
    hint: `mkdir -p ${folder}`,
  });
}

function unwritable(path: string, cause: unknown): AwstError {
  if (isAwstError(cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === "EEXIST" ? "exists already" : `cannot be written (${code})`;
  return new AwstError("FILE_UNWRITABLE", `${path} ${why}`, { cause });
}
