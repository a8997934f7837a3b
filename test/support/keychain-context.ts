// The context of a keychain in tests: new folders, real locks and state, and scripted answers to prompts.

import { join } from "node:path";
import { openLocks } from "../../src/adapters/file/locks.ts";
import { openState } from "../../src/adapters/file/state.ts";
import type { KeychainOptions } from "../../src/adapters/keychain/open.ts";
import { Secret } from "../../src/model/secret.ts";
import type { Terminal } from "../../src/ports/prompts.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

export interface KeychainContext extends KeychainOptions {
  /** The folder of the sealed file. */
  readonly folder: string;
  /** The messages on stderr. */
  readonly messages: string[];
  /** The texts of the prompts. */
  readonly asked: string[];
}

/** `answers`: to prompts on a terminal; undefined: there is no terminal. */
export function makeKeychainContext(
  given: Partial<Pick<KeychainOptions, "env" | "backend">> & {
    readonly answers?: readonly string[];
    readonly runtime?: string | undefined;
    readonly folder?: string;
    readonly itemPrefix?: string;
    readonly home?: string;
  } = {},
): KeychainContext {
  const folder = given.folder ?? join(makeTemporaryFolder("keychain"), "awst");
  const messages: string[] = [];
  const asked: string[] = [];
  const answers = [...(given.answers ?? [])];
  const locks = async () => openLocks(`${folder}/locks`);
  const askSecret = async ({ text }: { text: string }) => {
    asked.push(text);
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`no answer for: ${text}`);
    return new Secret(answer);
  };
  const terminal = { isHere: () => given.answers !== undefined, askSecret } as Terminal;
  return {
    folder,
    messages,
    asked,
    backend: given.backend ?? "file",
    env: given.env ?? {},
    paths: {
      sharedState: folder,
      runtime: given.runtime,
      itemPrefix: given.itemPrefix ?? "",
      home: given.home ?? "/nowhere",
    },
    state: openState({ folder, command: "assume", now: () => new Date(), locks, debug: () => {} }),
    locks,
    terminal: async () => terminal,
    say: (line) => messages.push(line),
  };
}
