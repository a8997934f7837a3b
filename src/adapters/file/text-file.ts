// Writes files of the user: lines for a shell, a first configuration.

import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { writeWholeFile } from "./whole-file.ts";

/**
 * Writes a file with mode 0600. `isNew`: fails where the file exists, even if it was made meanwhile.
 * Errors: FILE_UNWRITABLE.
 */
export function writeTextFile(
  path: string,
  text: string,
  { isNew = false }: { readonly isNew?: boolean } = {},
): void {
  let fd: number;
  try {
    if (!isNew) {
      // The mode is set before the write, since the text may hold keys. A device keeps its mode.
      if (statSync(path, { throwIfNoEntry: false })?.isFile()) chmodSync(path, 0o600);
      writeWholeFile(path, text);
      return;
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    fd = openSync(path, "wx", 0o600);
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

function unwritable(path: string, cause: unknown): AwstError {
  if (isAwstError(cause)) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === "EEXIST" ? "exists already" : `cannot be written (${code})`;
  return new AwstError("FILE_UNWRITABLE", `${path} ${why}`, { cause });
}
