// The key file of a sealed file, which is made only for a new store and without a terminal to ask for a passphrase.
// It is no safer than ~/.aws/credentials, and awst says so. A key file that other users can read or write, or
// that belongs to another user, is refused.

import { randomBytes } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { writeWholeFile } from "../file/whole-file.ts";

const keyBytes = 32;

/** Errors: KEYCHAIN_DAMAGED when it is missing or not a key, KEYCHAIN_REFUSED when it is not private. */
export function readKeyFile(path: string): Buffer {
  const key = findKeyFile(path);
  if (key !== undefined) return key;
  throw new AwstError(
    "KEYCHAIN_DAMAGED",
    `the key file of the sealed keychain is missing: ${path}`,
    {
      hint: "restore the key file, or move keychain.sealed away and type: awst key add",
    },
  );
}

/** Keeps an existing key file, which a store that was moved away may still need. */
export function makeKeyFile(path: string): Buffer {
  const existing = findKeyFile(path);
  if (existing !== undefined) return existing;
  const key = randomBytes(keyBytes);
  writeWholeFile(path, `${key.toString("base64")}\n`, { mode: 0o600, alone: true });
  return key;
}

function findKeyFile(path: string): Buffer | undefined {
  let text: string;
  let found: Stats;
  try {
    found = statSync(path);
    if (!found.isFile() || found.size > 1000) throw new Error("not a key file");
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new AwstError("KEYCHAIN_DAMAGED", `cannot read the key file ${path}`, { cause });
  }
  refuseUnlessPrivate(path, found);
  const key = Buffer.from(text, "base64");
  if (key.length === keyBytes) return key;
  throw new AwstError("KEYCHAIN_DAMAGED", `${path} is not a key file`, {
    hint: "restore the right key file, or move it and keychain.sealed away and type: awst key add",
  });
}

function refuseUnlessPrivate(path: string, { mode, uid }: Stats): void {
  const own = process.getuid?.();
  if (own === undefined) return;
  if (uid !== own && own !== 0) {
    throw new AwstError("KEYCHAIN_REFUSED", `the key file ${path} belongs to another user`);
  }
  if ((mode & 0o077) === 0) return;
  throw new AwstError("KEYCHAIN_REFUSED", `other users can read or write the key file ${path}`, {
    hint: commandLine(["chmod", "600", path]),
  });
}
