// The key file beside a sealed file: made only with a new store and with nobody to ask for a passphrase.
// It is no safer than ~/.aws/credentials, and that is said. One that others may read or change, or made,
// is none: it opens nothing, and nothing new is sealed by it.

import { randomBytes } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import { AwstError } from "../../model/errors.ts";
import { commandLine } from "../../model/text/command-line.ts";
import { writeWholeFile } from "../file/whole-file.ts";

const keyBytes = 32;

/** KEYCHAIN_DAMAGED when it is gone or no key. */
export function readKeyFile(path: string): Buffer {
  const key = findKeyFile(path);
  if (key !== undefined) return key;
  throw new AwstError("KEYCHAIN_DAMAGED", `${path}, which opens the sealed keychain, is missing`, {
    hint: "put it back, or move keychain.sealed away and type: awst key add",
  });
}

/** One that is there is kept: a store that was moved away may still need it. */
export function makeKeyFile(path: string): Buffer {
  const there = findKeyFile(path);
  if (there !== undefined) return there;
  const key = randomBytes(keyBytes);
  writeWholeFile(path, `${key.toString("base64")}\n`, { mode: 0o600, alone: true });
  return key;
}

function findKeyFile(path: string): Buffer | undefined {
  let text: string;
  let found: Stats;
  try {
    found = statSync(path);
    if (found.size > 1000) throw new Error("too large");
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new AwstError("KEYCHAIN_DAMAGED", `the key file ${path} cannot be read`, { cause });
  }
  refuseUnlessPrivate(path, found);
  const key = Buffer.from(text, "base64");
  if (key.length === keyBytes) return key;
  throw new AwstError("KEYCHAIN_DAMAGED", `${path} is no key file`, {
    hint: "put the right one back, or move it and keychain.sealed away and type: awst key add",
  });
}

function refuseUnlessPrivate(path: string, { mode, uid }: Stats): void {
  const own = process.getuid?.();
  if (own === undefined) return;
  if (uid !== own && own !== 0) {
    throw new AwstError("KEYCHAIN_REFUSED", `the key file ${path} belongs to another user`);
  }
  if ((mode & 0o077) === 0) return;
  throw new AwstError("KEYCHAIN_REFUSED", `the key file ${path} is open to other users`, {
    hint: commandLine(["chmod", "600", path]),
  });
}
