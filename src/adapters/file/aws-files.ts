// Reads and writes AWS's config and credentials files. A write replaces whole files under one lock. A file that is
// not UTF-8 is read and written as Latin-1, which keeps every byte.

import { isAscii, isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { ownAgain } from "../../model/doctor/path-findings.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import type { AwsFile, AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { systemErrorText } from "../../model/text/system-error-text.ts";
import type { AwsFiles, Locks, Paths } from "../../ports.ts";
import { whyOthersCanChange } from "./file-owner.ts";
import { accessHint } from "./owned-files.ts";
import { followLinks, writeWholeFile } from "./whole-file.ts";

/** Errors: FILE_UNREADABLE, FILE_MALFORMED (UTF-16, huge), FILE_UNWRITABLE. */
export function openAwsFiles(
  paths: Pick<Paths, "awsConfig" | "awsCredentials">,
  locks: () => Promise<Locks>,
): AwsFiles {
  const pathOf = { config: paths.awsConfig, credentials: paths.awsCredentials };
  const read = (attempt: Attempt) => ({
    config: attempt("config", () => readFile(pathOf.config)),
    credentials: attempt("credentials", () => readFile(pathOf.credentials)),
  });
  return {
    read: async () => textsOf(read((_file, work) => work())),
    edit: async (change, how) => {
      const options = { owner: "a write of AWS's files", isSilent: true };
      const lock = await (await locks()).acquire("aws-files", options);
      const problems: Partial<Record<AwsFile, string>> = {};
      const attempt: Attempt = (file, work) => {
        try {
          return problems[file] === undefined ? work() : undefined;
        } catch (error) {
          if (how !== "each" || !isAwstError(error)) throw error;
          problems[file] = error.message;
          return undefined;
        }
      };
      try {
        for (;;) {
          const found = read(attempt);
          const { texts, result } = change(textsOf(found), problems);
          const known = Object.keys(problems).length;
          for (const file of writeOrder) {
            attempt(file, () => writeChanged(pathOf[file], found[file], texts[file]));
          }
          if (Object.keys(problems).length === known) return result;
        }
      } finally {
        await lock.release();
      }
    },
    isOpenToOthers: async () => isOpenToOthers(paths.awsCredentials),
    openTo: async () =>
      [paths.awsCredentials, paths.awsConfig]
        .filter((path) => !isDevice(path))
        .map((path) => whyOthersCanChange(path))
        .find((why) => why !== undefined),
  };
}

/** Does the work on a file, or returns undefined where the file has a problem. */
type Attempt = <T>(file: AwsFile, work: () => T) => T | undefined;

// The credentials file is written first, so that a failed second write leaves no dangling references.
const writeOrder = ["credentials", "config"] as const;

interface FileRead {
  readonly text: string;
  readonly encoding: "utf8" | "latin1";
}

/** Thousands of profiles fit. What awst and AWS's tools make of a file takes many times its size in memory. */
const maxBytes = 8 * 1024 * 1024;
const maxLines = 200_000;

function readFile(path: string): FileRead | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    // A device (AWS_CONFIG_FILE=/dev/null) has no text, and reading a pipe might never end.
    if (found === undefined || (!found.isFile() && !found.isDirectory())) return undefined;
    if (found.size > maxBytes) throw malformed(path, "has more than 8 MiB");
    const read = decode(path, readFileSync(path));
    if (hasTooManyLines(read.text)) throw malformed(path, `has more than ${maxLines} lines`);
    return read;
  } catch (error) {
    if (isAwstError(error)) throw error;
    const reason = systemErrorText(error);
    const hint = readHint(path, (error as NodeJS.ErrnoException).code);
    const message = `cannot read ${path}: ${reason}`;
    throw new AwstError("FILE_UNREADABLE", message, { hint, cause: error });
  }
}

/** Throws FILE_MALFORMED for UTF-16. */
function decode(path: string, bytes: Buffer): FileRead {
  const isUtf16 = bytes.length > 1 && /^(fffe|feff)/.test(bytes.toString("hex", 0, 2));
  if (isUtf16) throw malformed(path, "is UTF-16, which AWS's tools can't read");
  // Large files are ASCII as a rule. Of all ways to make a text of them, this takes the least time and memory: half.
  if (isAscii(bytes)) return { text: bytes.toString("latin1"), encoding: "utf8" };
  const encoding = isUtf8(bytes) ? "utf8" : "latin1";
  return { text: bytes.toString(encoding), encoding };
}

function hasTooManyLines(text: string): boolean {
  let lines = 0;
  for (const end of ["\n", "\r"]) {
    let at = text.indexOf(end);
    for (; at !== -1 && lines <= maxLines; at = text.indexOf(end, at + 1)) lines += 1;
  }
  return lines > maxLines;
}

/** Returns what to type so that the file can be read, where its owner can change that. */
function readHint(path: string, code: string | undefined): string | undefined {
  if (code === "EISDIR") return commandLine(["mv", path, `${path}.old`]);
  const hint = accessHint(path);
  return hint === undefined && code === "EACCES" ? ownAgain(path) : hint;
}

function textsOf(found: Readonly<Record<AwsFile, FileRead | undefined>>): AwsFileTexts {
  const notUtf8 = (["config", "credentials"] as const).filter(
    (file) => found[file]?.encoding === "latin1",
  );
  const texts = { config: found.config?.text, credentials: found.credentials?.text };
  return notUtf8.length === 0 ? texts : { ...texts, notUtf8 };
}

function writeChanged(path: string, found: FileRead | undefined, text: string | undefined): void {
  if (text === undefined || text === found?.text) return;
  const encoding = found?.encoding ?? "utf8";
  if (encoding === "latin1" && /[\u0100-\uffff]/.test(text)) {
    throw malformed(path, "is not UTF-8, so it can't contain a name with these letters");
  }
  writeWholeFile(path, Buffer.from(text, encoding), { alone: true });
}

function isOpenToOthers(path: string): boolean {
  if (process.platform === "win32") return false;
  try {
    const found = statSync(followLinks(path), { throwIfNoEntry: false });
    return found?.isFile() === true && (found.mode & 0o044) !== 0;
  } catch {
    return false;
  }
}

/** As `/dev/null`: it has no profiles, and its mode is the system's. */
function isDevice(path: string): boolean {
  try {
    const found = statSync(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    return false;
  }
}

function malformed(path: string, what: string): AwstError {
  return new AwstError("FILE_MALFORMED", `${path} ${what}`);
}
