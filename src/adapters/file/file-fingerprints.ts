// Fingerprints of files, which show changes without reading a file; and the user's own files as text.

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { AwstError } from "../../model/errors.ts";

const maxBytes = 1024 * 1024;

export function openFileFingerprints() {
  return {
    /**
     * Returns mtime and ctime in ns, size and inode; undefined when the file does not exist; the reason for a
     * path that can't be looked at: reading that file is then the error.
     */
    fileFingerprint(path: string): string | undefined {
      try {
        const at = statSync(path, { bigint: true, throwIfNoEntry: false });
        return at && `${at.mtimeNs}-${at.ctimeNs}-${at.size}-${at.ino}`;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return code === "ENOTDIR" ? undefined : code;
      }
    },

    /**
     * Reads UTF-8 without its BOM, at most 1 MiB. `-` is stdin, which reads as "" unless it is piped.
     * Errors: FILE_UNREADABLE.
     */
    async readText(path: string): Promise<string> {
      const bytes = path === "-" ? readInput() : readFile(path);
      const name = path === "-" ? "the input" : path;
      if (bytes.length > maxBytes) {
        throw new AwstError("FILE_UNREADABLE", `${name} is larger than 1 MiB`);
      }
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch (cause) {
        throw new AwstError("FILE_UNREADABLE", `${name} is not UTF-8 text`, { cause });
      }
    },
  };
}

function readFile(path: string): Buffer {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    return readBounded(fd);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    closeSync(fd);
  }
}

function readInput(): Buffer {
  try {
    return fstatSync(0).isCharacterDevice() ? Buffer.alloc(0) : readBounded(0);
  } catch (cause) {
    throw unreadable("the input", cause);
  }
}

function readBounded(fd: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  while (length <= maxBytes) {
    const part = Buffer.alloc(64 * 1024);
    const count = readSome(fd, part);
    if (count === 0) break;
    parts.push(part.subarray(0, count));
    length += count;
  }
  return Buffer.concat(parts);
}

// Windows reports the end of a pipe as the error EOF; a pipe that another program made non-blocking
// reports EAGAIN.
function readSome(fd: number, part: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, part, 0, part.length, null);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function unreadable(path: string, cause: unknown): AwstError {
  const why: Record<string, string> = {
    ENOENT: "does not exist",
    EACCES: "cannot be read: permission denied",
    EPERM: "cannot be read: not permitted",
    EISDIR: "is a folder",
    ELOOP: "is a symbolic link to itself",
  };
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  const message = `${path} ${why[code] ?? `cannot be read (${code})`}`;
  return new AwstError("FILE_UNREADABLE", message, { cause });
}
