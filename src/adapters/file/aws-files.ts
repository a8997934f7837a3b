// Reads and writes AWS's config and credentials files. A write replaces whole files under one lock. A file that is
// not UTF-8 is read and written as Latin-1, which keeps every byte.

import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { AwsFileTexts } from "../../model/profile/aws-profiles.ts";
import type { AwsFiles, Locks, Paths } from "../../ports.ts";
import { followLinks, writeWholeFile } from "./whole-file.ts";

/** Errors: FILE_UNREADABLE, FILE_MALFORMED (UTF-16, huge), FILE_UNWRITABLE. */
export function openAwsFiles(
  paths: Pick<Paths, "awsConfig" | "awsCredentials">,
  locks: () => Promise<Locks>,
): AwsFiles {
  const read = () => ({
    config: readFile(paths.awsConfig),
    credentials: readFile(paths.awsCredentials),
  });
  return {
    read: async () => textsOf(read()),
    edit: async (change) => {
      const options = { owner: "a write of AWS's files", isSilent: true };
      const lock = await (await locks()).acquire("aws-files", options);
      try {
        const found = read();
        const { texts, result } = change(textsOf(found));
        const writes = [
          ...writeOf(paths.awsCredentials, found.credentials, texts.credentials),
          ...writeOf(paths.awsConfig, found.config, texts.config),
        ];
        for (const { path, bytes } of writes) writeWholeFile(path, bytes, { alone: true });
        return result;
      } finally {
        await lock.release();
      }
    },
    isOpenToOthers: async () => isOpenToOthers(paths.awsCredentials),
  };
}

interface FileRead {
  readonly text: string;
  readonly encoding: "utf8" | "latin1";
}

const maximumBytes = 32 * 1024 * 1024;

function readFile(path: string): FileRead | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    // A device (AWS_CONFIG_FILE=/dev/null) has no text, and reading a pipe might never end.
    if (found === undefined || (!found.isFile() && !found.isDirectory())) return undefined;
    if (found.size > maximumBytes) throw malformed(path, "is too large");
    const bytes = readFileSync(path);
    const isUtf16 = bytes.length > 1 && /^(fffe|feff)/.test(bytes.toString("hex", 0, 2));
    if (isUtf16) throw malformed(path, "is UTF-16, which AWS's tools can't read");
    const encoding = isUtf8(bytes) ? "utf8" : "latin1";
    return { text: bytes.toString(encoding), encoding };
  } catch (error) {
    if (isAwstError(error)) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new AwstError("FILE_UNREADABLE", `cannot read ${path}: ${reason}`, { cause: error });
  }
}

function textsOf(found: { config: FileRead | undefined; credentials: FileRead | undefined }) {
  const texts: AwsFileTexts = { config: found.config?.text, credentials: found.credentials?.text };
  return texts;
}

// The credentials file is written first, so that a failed second write leaves no dangling references.
function writeOf(path: string, found: FileRead | undefined, text: string | undefined) {
  if (text === undefined || text === found?.text) return [];
  const encoding = found?.encoding ?? "utf8";
  if (encoding === "latin1" && /[\u0100-\uffff]/.test(text)) {
    throw malformed(path, "is not UTF-8, so it can't contain a name with these letters");
  }
  return [{ path, bytes: Buffer.from(text, encoding) }];
}

function isOpenToOthers(path: string): boolean {
  if (process.platform === "win32") return false;
  try {
    const found = statSync(followLinks(path), { throwIfNoEntry: false });
    return found !== undefined && (found.mode & 0o044) !== 0;
  } catch {
    return false;
  }
}

function malformed(path: string, what: string): AwstError {
  return new AwstError("FILE_MALFORMED", `${path} ${what}`);
}
