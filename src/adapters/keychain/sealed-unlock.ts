// Who opens a sealed file, in this order: this process's own memory, the unlock kept for the login, a
// passphrase that was given, a person. A store with a passphrase never meets a key file. Among many
// processes one asks; the others wait for its unlock.

import { AwstError } from "../../model/errors.ts";
import type { SealedHeader } from "../../model/keychain/sealed-file.ts";
import type { Terminal } from "../../ports/people.ts";
import type { Locks } from "../../ports.ts";
import { makeKeyFile, readKeyFile } from "./key-file.ts";
import {
  askNewPassphrase,
  askPassphrase,
  findGivenPassphrase,
  findPerson,
  type PassphraseSources,
  questionMs,
} from "./passphrase.ts";
import {
  type DerivedKey,
  deriveFromKeyFile,
  deriveFromPassphrase,
  type Lid,
  newLid,
  opens,
} from "./sealed-cipher.ts";
import { openUnlockedKey } from "./unlocked-key.ts";

export interface UnlockSources extends PassphraseSources {
  readonly runtime: string | undefined;
  readonly keyFile: string;
  readonly locks: () => Promise<Locks>;
}

export interface Unlock {
  /** KEYCHAIN_PASSPHRASE_NEEDED, _REFUSED (a wrong one), _DAMAGED (its key file). */
  keyFor(header: SealedHeader): Promise<DerivedKey>;
  /** A key for a store that does not exist yet. The caller holds the lock over its making. */
  makeKey(): Promise<{ readonly lid: Lid; readonly key: DerivedKey }>;
  forget(): void;
}

export function openUnlock(sources: UnlockSources): Unlock {
  const { env, locks, keyFile, say } = sources;
  const unlocked = openUnlockedKey(sources.runtime);

  const tryPassphrase = async (text: string, header: SealedHeader) => {
    const key = await deriveFromPassphrase(text, header);
    if (!opens(key, header)) return undefined;
    unlocked.keep(header.salt, key);
    return key;
  };

  const ask = async (person: Terminal, header: SealedHeader) => {
    const options = { owner: "the passphrase prompt of the keychain", waitMs: questionMs };
    const lock = await (await locks()).acquire("keychain-unlock", options);
    try {
      const known = unlocked.find(header);
      return known ?? (await askPassphrase(person, say, (text) => tryPassphrase(text, header)));
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
        if (opens(key, header)) return key;
        throw new AwstError("KEYCHAIN_DAMAGED", `${keyFile} belongs to another sealed keychain`);
      }
      const given = findGivenPassphrase(env);
      if (given !== undefined) {
        const key = await tryPassphrase(given.text, header);
        if (key !== undefined) return key;
        throw wrongPassphrase(given.from);
      }
      const person = await findPerson(sources);
      if (person === undefined) throw nobodyToAsk(sources.runtime);
      return ask(person, header);
    },

    makeKey: async () => {
      const given = findGivenPassphrase(env);
      const person = given === undefined ? await findPerson(sources) : undefined;
      if (given === undefined && person === undefined) {
        const lid = newLid("file");
        const key = deriveFromKeyFile(makeKeyFile(keyFile), lid);
        say(`secrets are sealed by ${keyFile}, which is no safer than ~/.aws/credentials`);
        return { lid, key };
      }
      const text = given?.text ?? (person && (await askNewPassphrase(person, say))) ?? "";
      const lid = newLid("passphrase");
      const key = await deriveFromPassphrase(text, lid);
      unlocked.keep(lid.salt, key);
      return { lid, key };
    },

    forget: unlocked.forget,
  };
}

function wrongPassphrase(from: string): AwstError {
  const message = `the passphrase from ${from} does not open the sealed keychain`;
  return new AwstError("KEYCHAIN_REFUSED", message, {
    hint: "use the passphrase it was made with; nothing was changed",
  });
}

function nobodyToAsk(runtime: string | undefined): AwstError {
  const message = "the sealed keychain needs its passphrase, and there is nobody to ask";
  const named = "set AWST_KEYCHAIN_PASSPHRASE_FILE";
  const hint = runtime === undefined ? named : `type awst assume in a terminal, or ${named}`;
  return new AwstError("KEYCHAIN_PASSPHRASE_NEEDED", message, { hint });
}
