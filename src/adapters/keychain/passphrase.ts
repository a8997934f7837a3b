// Where the sealed file's passphrase comes from: AWST_KEYCHAIN_PASSPHRASE, the file that
// AWST_KEYCHAIN_PASSPHRASE_FILE names, a person at the terminal. A source that is named and fails ends
// the matter: no other one is asked.

import { readFileSync, statSync } from "node:fs";
import { AwstError } from "../../model/errors.ts";
import type { Terminal } from "../../ports/people.ts";
import type { Env } from "../../ports.ts";

export interface PassphraseSources {
  readonly env: Env;
  readonly terminal: () => Promise<Terminal>;
  readonly say: (line: string) => void;
}

export interface GivenPassphrase {
  readonly text: string;
  /** Its source's name, for a message. */
  readonly from: string;
}

/** Shorter than the 60 s after which an SDK kills a helper. */
export const questionMs = 50_000;
const maximumBytes = 4096;

/** undefined where neither variable is set. */
export function findGivenPassphrase(env: Env): GivenPassphrase | undefined {
  const text = env["AWST_KEYCHAIN_PASSPHRASE"];
  if (text !== undefined && text !== "") return { text, from: "AWST_KEYCHAIN_PASSPHRASE" };
  const path = env["AWST_KEYCHAIN_PASSPHRASE_FILE"];
  if (path === undefined || path === "") return undefined;
  return { text: readPassphraseFile(path), from: path };
}

export async function findPerson(sources: PassphraseSources): Promise<Terminal | undefined> {
  if (sources.env["AWST_PROMPT"] === "none") return undefined;
  const terminal = await sources.terminal();
  return terminal.isHere() ? terminal : undefined;
}

/** Asked until one is right, at most three times. */
export async function askPassphrase<T>(
  person: Terminal,
  say: (line: string) => void,
  tryIt: (text: string) => Promise<T | undefined>,
): Promise<T> {
  for (let left = 3; left > 0; left--) {
    const question = { text: "passphrase of awst's sealed keychain", timeoutMs: questionMs };
    const result = await tryIt((await person.askSecret(question)).reveal());
    if (result !== undefined) return result;
    if (left > 1) say("that passphrase does not open it");
  }
  throw new AwstError("KEYCHAIN_REFUSED", "none of the passphrases opens the sealed keychain");
}

/** Typed twice, alike and not empty. */
export async function askNewPassphrase(
  person: Terminal,
  say: (line: string) => void,
): Promise<string> {
  say("this machine has no keychain awst can use: secrets go into a file sealed by a passphrase");
  for (;;) {
    const first = await person.askSecret({ text: "a new passphrase", timeoutMs: questionMs });
    if (first.reveal() === "") {
      say("an empty passphrase seals nothing");
      continue;
    }
    const second = await person.askSecret({ text: "the same once more", timeoutMs: questionMs });
    if (first.equals(second)) return first.reveal();
    say("the two differ");
  }
}

function readPassphraseFile(path: string): string {
  try {
    if (statSync(path).size > maximumBytes) throw new Error("too large");
    const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    if (text !== "") return text;
  } catch (cause) {
    const message = `the passphrase file ${path} cannot be read`;
    const hint = "correct AWST_KEYCHAIN_PASSPHRASE_FILE";
    throw new AwstError("KEYCHAIN_PASSPHRASE_NEEDED", message, { hint, cause });
  }
  throw new AwstError("KEYCHAIN_PASSPHRASE_NEEDED", `the passphrase file ${path} is empty`);
}
