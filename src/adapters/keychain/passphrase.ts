// Gets the sealed file's passphrase from AWST_KEYCHAIN_PASSPHRASE, the file that AWST_KEYCHAIN_PASSPHRASE_FILE
// names, or a prompt. When a source that is set fails, the next one is not used.

import { readFileSync, statSync } from "node:fs";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type { Terminal } from "../../ports/prompts.ts";
import { absolute } from "../file/paths.ts";

export interface PassphraseSources {
  readonly env: Env;
  readonly terminal: () => Promise<Terminal>;
  readonly say: (line: string) => void;
}

export interface GivenPassphrase {
  readonly text: string;
  /** The name of its source, for messages. */
  readonly from: string;
}

/** Less than the 60 s after which an SDK kills a credential process. */
export const questionMs = 50_000;
const maxBytes = 4096;

/** Returns undefined where neither variable is set. */
export function findGivenPassphrase(env: Env): GivenPassphrase | undefined {
  const text = env["AWST_KEYCHAIN_PASSPHRASE"];
  if (text !== undefined && text !== "") return { text, from: "AWST_KEYCHAIN_PASSPHRASE" };
  const name = "AWST_KEYCHAIN_PASSPHRASE_FILE";
  const path = absolute(name, env[name]);
  if (path === undefined) return undefined;
  return { text: readPassphraseFile(path), from: path };
}

/** Returns the terminal; undefined where there is none, or prompts are off. */
export async function findTerminal(sources: PassphraseSources): Promise<Terminal | undefined> {
  if (sources.env["AWST_PROMPT"] === "none") return undefined;
  const terminal = await sources.terminal();
  return terminal.isHere() ? terminal : undefined;
}

/** Asks until a passphrase is right, at most three times, and until `end` on the clock of `performance`. */
export async function askPassphrase<T>(
  terminal: Terminal,
  say: (line: string) => void,
  end: number,
  tryPassphrase: (text: string) => Promise<T | undefined>,
  text = "passphrase of awst's sealed keychain",
): Promise<T> {
  for (let left = 3; left > 0; left--) {
    const timeoutMs = Math.max(1, end - performance.now());
    const question = { text, timeoutMs };
    const result = await tryPassphrase((await terminal.askSecret(question)).reveal());
    if (result !== undefined) return result;
    if (left > 1) say("this passphrase does not open the keychain");
  }
  throw new AwstError(
    "KEYCHAIN_REFUSED",
    "none of the three passphrases opens the sealed keychain",
  );
}

export const noKeychainLine =
  "this machine has no keychain: awst encrypts its secrets with a passphrase, in a file";

/** Of a passphrase that is typed new: who copies the file can try billions of shorter ones. */
const leastLength = 8;

/** Asks for a new passphrase twice, until both are equal and long enough. */
export async function askNewPassphrase(
  terminal: Terminal,
  say: (line: string) => void,
): Promise<string> {
  for (;;) {
    const first = await terminal.askSecret({ text: "new passphrase", timeoutMs: questionMs });
    if ([...first.reveal()].length < leastLength) {
      say(`a passphrase has at least ${leastLength} characters; a few words are easy to remember`);
      continue;
    }
    const second = await terminal.askSecret({
      text: "new passphrase again",
      timeoutMs: questionMs,
    });
    if (first.equals(second)) return first.reveal();
    say("the passphrases differ");
  }
}

/** Errors: KEYCHAIN_PASSPHRASE_NEEDED. `hint`: what to correct. */
export function readPassphraseFile(
  path: string,
  hint = "correct AWST_KEYCHAIN_PASSPHRASE_FILE",
): string {
  try {
    if (statSync(path).size > maxBytes) throw new Error("too large");
    const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    if (text !== "") return text;
  } catch (cause) {
    const message = `cannot read the passphrase file ${path}`;
    throw new AwstError("KEYCHAIN_PASSPHRASE_NEEDED", message, { hint, cause });
  }
  throw new AwstError("KEYCHAIN_PASSPHRASE_NEEDED", `the passphrase file ${path} is empty`);
}
