// Gets the key of a sealed file from the first of: the memory of this process, the key cached until logout, a
// passphrase from the environment, a prompt. A file with a passphrase never uses a key file. Of several
// processes one prompts, and the others wait for it.

import { AwstError } from "../../model/errors.ts";
import type { SealedHeader } from "../../model/keychain/sealed-file.ts";
import type { Terminal } from "../../ports/prompts.ts";
import type { Locks } from "../../ports.ts";
import { makeKeyFile, readKeyFile } from "./key-file.ts";
import {
  askNewPassphrase,
  askPassphrase,
  findGivenPassphrase,
  findTerminal,
  type PassphraseSources,
  questionMs,
} from "./passphrase.ts";
import {
  type DerivedKey,
  deriveFromKeyFile,
  deriveFromPassphrase,
  type KdfParams,
  newKdfParams,
  verifyKey,
} from "./sealed-cipher.ts";
import { openUnlockedKey } from "./unlocked-key.ts";

export interface UnlockSources extends PassphraseSources {
  readonly runtime: string | undefined;
  readonly keyFile: string;
  readonly locks: () => Promise<Locks>;
}

export interface Unlock {
  /** Errors: KEYCHAIN_PASSPHRASE_NEEDED, _REFUSED (wrong passphrase), _DAMAGED (key file). */
  keyFor(header: SealedHeader): Promise<DerivedKey>;
  /** Makes a key for a new store. The caller has the lock for making it. */
  makeKey(): Promise<{ readonly params: KdfParams; readonly key: DerivedKey }>;
  forget(): void;
}

export function openUnlock(sources: UnlockSources): Unlock {
  const { env, locks, keyFile, say } = sources;
  const unlocked = openUnlockedKey(sources.runtime);

  const tryPassphrase = async (text: string, header: SealedHeader) => {
    const key = await deriveFromPassphrase(text, header);
    if (!verifyKey(key, header)) return undefined;
    unlocked.store(header.salt, key);
    return key;
  };

  const prompt = async (terminal: Terminal, header: SealedHeader) => {
    const options = { owner: "the passphrase prompt of the keychain", waitMs: questionMs };
    const lock = await (await locks()).acquire("keychain-unlock", options);
    try {
      const known = unlocked.find(header);
      return known ?? (await askPassphrase(terminal, say, (text) => tryPassphrase(text, header)));
    } finally {
      await lock.release();
    }
  };

  return {
    keyFor: async (header) => {
      const known = unlocked.find(header);
      if (known !== undefined) return known;
      if (header.keyFrom === "file") {
        const key = deriveFromKeyFile(readKeyFile(keyFile), header);
        if (verifyKey(key, header)) return key;
        throw new AwstError("KEYCHAIN_DAMAGED", `${keyFile} belongs to another sealed keychain`);
      }
      const given = findGivenPassphrase(env);
      if (given !== undefined) {
        const key = await tryPassphrase(given.text, header);
        if (key !== undefined) return key;
        throw wrongPassphrase(given.from);
      }
      const terminal = await findTerminal(sources);
      if (terminal === undefined) throw noTerminal(sources.runtime);
      return prompt(terminal, header);
    },

    makeKey: async () => {
      const given = findGivenPassphrase(env);
      const terminal = given === undefined ? await findTerminal(sources) : undefined;
      if (given === undefined && terminal === undefined) {
        const params = newKdfParams("file");
        const key = deriveFromKeyFile(makeKeyFile(keyFile), params);
        say(
          `secrets are encrypted with the key in ${keyFile}, which is no safer than ~/.aws/credentials`,
        );
        return { params, key };
      }
      const text = given?.text ?? (terminal && (await askNewPassphrase(terminal, say))) ?? "";
      const params = newKdfParams("passphrase");
      const key = await deriveFromPassphrase(text, params);
      unlocked.store(params.salt, key);
      return { params, key };
    },

    forget: unlocked.forget,
  };
}

function wrongPassphrase(from: string): AwstError {
  const message = `the passphrase from ${from} does not open the sealed keychain`;
  return new AwstError("KEYCHAIN_REFUSED", message, {
    hint: "use the passphrase that the keychain was made with; nothing was changed",
  });
}

function noTerminal(runtime: string | undefined): AwstError {
  const message =
    "the sealed keychain needs its passphrase, and there is no terminal to ask for it";
  const named = "set AWST_KEYCHAIN_PASSPHRASE_FILE";
  const hint = runtime === undefined ? named : `type awst assume in a terminal, or ${named}`;
  return new AwstError("KEYCHAIN_PASSPHRASE_NEEDED", message, { hint });
}
