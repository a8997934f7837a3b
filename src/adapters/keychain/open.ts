// The keychain: the system's or the sealed file, chosen once, at the first write, and kept in the state
// file `keychain`; afterwards `auto` means that store alone. Said outright (AWST_KEYCHAIN, then the
// configuration) it is that one. A store that can't be reached is an error, never a reason to change.

import type { KeychainBackend } from "../../model/configuration/configuration.ts";
import { AwstError } from "../../model/errors.ts";
import { Secret } from "../../model/secret.ts";
import type { StateFile } from "../../model/state-file.ts";
import type { Terminal } from "../../ports/people.ts";
import type { Env, Keychain, Locks, Paths, State } from "../../ports.ts";
import { openSealedStore } from "./sealed-store.ts";
import { openSystemStore } from "./system-store.ts";

export interface KeychainOptions {
  readonly backend: KeychainBackend;
  readonly env: Env;
  readonly paths: Pick<Paths, "state" | "runtime">;
  readonly state: State;
  readonly locks: () => Promise<Locks>;
  readonly terminal: () => Promise<Terminal>;
  readonly say: (line: string) => void;
}

type Kind = "system" | "file";

const choiceFile: StateFile<Kind | undefined> = {
  name: "keychain",
  version: 1,
  decode: (stored) => {
    const { kind } = Object(stored) as Record<string, unknown>;
    return kind === "system" || kind === "file" ? kind : undefined;
  },
  encode: (kind) => ({ kind }),
};

export function openKeychain(options: KeychainOptions): Keychain {
  const { env, paths, state, locks, terminal, say } = options;
  const named = namedKind(env, options.backend);
  const sealed = openSealedStore(paths.state, {
    runtime: paths.runtime,
    env,
    locks,
    terminal,
    say,
  });
  const system = openSystemStore(locks);

  // A sealed file is a choice by itself, should the note of it be lost.
  const chosen = (): Kind | undefined =>
    chosenKind(state) ?? (sealed.isThere() ? "file" : undefined);
  const kind = () => named ?? chosen();
  const storeOf = (each: Kind) => (each === "system" ? system : sealed);
  const current = () => {
    const now = kind();
    return now && storeOf(now);
  };

  const writeWhereverItMay = async (item: string, value: string): Promise<Kind> => {
    const now = kind();
    if (now !== undefined) {
      await storeOf(now).write(item, value);
      return now;
    }
    if (await system.writeIfThereIsOne(item, value)) return "system";
    await sealed.write(item, value);
    return "file";
  };

  const writeFirst = async (item: string, value: string) => {
    const options = { owner: "choosing a keychain", isSilent: true };
    const lock = await (await locks()).acquire("keychain-choice", options);
    try {
      const used = await writeWhereverItMay(item, value);
      if (chosenKind(state) === undefined) state.write(choiceFile, used);
      if (chosenKind(state) === undefined) throw choiceNotStored(paths.state);
    } finally {
      await lock.release();
    }
  };

  const read = async (item: string) => {
    const text = await current()?.read(item);
    return text === undefined ? undefined : new Secret(text);
  };

  return {
    get kind() {
      return kind();
    },
    read,
    write: async (item, value) => {
      const store = current();
      const isChosen = chosenKind(state) !== undefined;
      if (store !== undefined && isChosen) await store.write(item, value.reveal());
      else await writeFirst(item, value.reveal());
      await verifyWrite(read, item, value);
    },
    remove: async (item) => current()?.remove(item),
    lock: async () => sealed.lock(),
  };
}

/** Throws KEYCHAIN_DAMAGED when the keychain does not return what was written. */
export async function verifyWrite(
  read: Keychain["read"],
  item: string,
  value: Secret,
): Promise<void> {
  if ((await read(item))?.equals(value)) return;
  const message = "the keychain does not return what was written to it";
  throw new AwstError("KEYCHAIN_DAMAGED", message, { hint: "awst doctor" });
}

function namedKind(env: Env, backend: KeychainBackend): Kind | undefined {
  const word = env["AWST_KEYCHAIN"] || backend;
  if (word === "auto") return undefined;
  if (word === "system" || word === "file") return word;
  throw new AwstError("CONFIGURATION_INVALID", `AWST_KEYCHAIN is "${word}": no such keychain`, {
    hint: "AWST_KEYCHAIN may be auto, system or file",
  });
}

function chosenKind(state: State): Kind | undefined {
  return state.read(choiceFile);
}

function choiceNotStored(folder: string): AwstError {
  return new AwstError("FILE_UNWRITABLE", `the choice of a keychain cannot be kept in ${folder}`);
}
