// The keychain: the system's keychain or the sealed file. `auto` chooses at the first write and stores its choice in
// the state file `keychain`. AWST_KEYCHAIN, then the configuration, can name one instead. A chosen store that
// can't be reached is an error; awst never changes to the other one.

import { existsSync } from "node:fs";
import type { KeychainBackend } from "../../model/configuration/configuration.ts";
import type { Env } from "../../model/environment.ts";
import { AwstError, isAwstError } from "../../model/errors.ts";
import { forChosenStore } from "../../model/keychain/system-store-errors.ts";
import { Secret } from "../../model/secret.ts";
import type { StateFile } from "../../model/state-file.ts";
import type { Terminal } from "../../ports/prompts.ts";
import type { Keychain, Locks, Paths, State } from "../../ports.ts";
import { isSameFile, usualStateFolder } from "../file/paths.ts";
import { openSealedStore } from "./sealed-store.ts";
import { openSystemStore, type Store, type SystemStore } from "./system-store.ts";

export interface KeychainOptions {
  readonly backend: KeychainBackend;
  readonly env: Env;
  readonly paths: Pick<Paths, "sharedState" | "runtime" | "itemPrefix" | "home">;
  /** The shared state. */
  readonly state: State;
  readonly locks: () => Promise<Locks>;
  readonly terminal: () => Promise<Terminal>;
  readonly say: (line: string) => void;
}

type Kind = "system" | "file";

/** As long as a passphrase is waited for: an SDK ends a credential process after 60 s. */
const choiceMs = 50_000;

/** Written and removed to make a store before a session needs it. */
const probeItem = "probe";

/** Which store the first write chose. */
export const choiceFile: StateFile<Kind | undefined> = {
  name: "keychain",
  version: 1,
  decode: (stored) => {
    const { kind } = Object(stored) as Record<string, unknown>;
    return kind === "system" || kind === "file" ? kind : undefined;
  },
  encode: (kind) => ({ kind }),
};

export function openKeychain(
  options: KeychainOptions,
  system: SystemStore = openSystemStore(options.locks),
): Keychain {
  const { env, paths, state, locks, terminal, say } = options;
  const named = namedKind(env, options.backend);
  const { runtime, sharedState } = paths;
  const openSealed = (own: Env) =>
    openSealedStore(sharedState, { runtime, env: own, locks, terminal, say, state });
  const sealed = openSealed(env);
  const nameOf = (item: string) => paths.itemPrefix + item;
  let searchFailure: unknown;

  // Where the state file is lost, an existing sealed file is the choice.
  const chosen = (): Kind | undefined =>
    chosenKind(state) ?? (sealed.exists() ? "file" : undefined);
  const kind = () => named ?? chosen();
  const storeOf = (each: Kind) => {
    if (each === "file") return sealed;
    return chosenKind(state) === "system" ? withoutOtherStore(system) : system;
  };
  const current = () => {
    const now = kind();
    return now && storeOf(now);
  };

  const writeToFirstAvailable = async (item: string, value: string): Promise<Kind> => {
    const now = kind();
    if (now !== undefined) {
      await storeOf(now).write(item, value);
      return now;
    }
    if (await system.writeIfAvailable(item, value)) return "system";
    await sealed.write(item, value);
    return "file";
  };

  const writeFirst = async (item: string, value: string) => {
    const options = { owner: "choosing a keychain", waitMs: choiceMs };
    const lock = await (await locks()).acquire("keychain-choice", options);
    try {
      const used = await writeToFirstAvailable(item, value);
      if (chosenKind(state) === undefined) state.write(choiceFile, used);
      if (chosenKind(state) === undefined) throw choiceNotStored(paths.sharedState);
    } finally {
      await lock.release();
    }
  };

  // Before the first write there is no choice; where its note was lost, the system's keychain has the item.
  const searchSystem = async (item: string) => {
    if (searchFailure !== undefined) return undefined;
    try {
      const text = await system.readIfAvailable(item);
      if (text !== undefined) state.write(choiceFile, "system");
      return text;
    } catch (error) {
      searchFailure = error;
      return undefined;
    }
  };

  /** Whether the sealed file has the item, as far as can be read without a prompt. */
  const mayBeSealed = async (item: string) => {
    if (!sealed.exists()) return false;
    try {
      return (await openSealed({ ...env, AWST_PROMPT: "none" }).read(item)) !== undefined;
    } catch (error) {
      return isAwstError(error, "KEYCHAIN_PASSPHRASE_NEEDED");
    }
  };

  const read = async (item: string) => {
    const store = current();
    const text = await (store === undefined
      ? searchSystem(nameOf(item))
      : store.read(nameOf(item)));
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
      if (store !== undefined && isChosen) await store.write(nameOf(item), value.reveal());
      else await writeFirst(nameOf(item), value.reveal());
      await verifyWrite(read, item, value);
    },
    findElsewhere: async (item) => {
      const now = kind();
      if (now === "system" && (await mayBeSealed(nameOf(item)))) return "file";
      if (now === "file") {
        const mayBeThere = chosenKind(state) === "system";
        const found = await system
          .readIfAvailable(nameOf(item))
          .catch(() => mayBeThere || undefined);
        if (found !== undefined) return "system";
      }
      if (now === undefined && searchFailure !== undefined) throw searchFailure;
      const usual = usualStateFolder(env, paths.home);
      const isOther = Boolean(env["XDG_STATE_HOME"]) && !isSameFile(usual, sharedState);
      return isOther && existsSync(`${usual}/keychain.sealed`) ? "usual-folder" : undefined;
    },
    remove: async (item, from) => {
      const other = from === "file" ? sealed : from && withoutOtherStore(system);
      await (other ?? current())?.remove(nameOf(item));
    },
    prepare: async () => {
      const now = kind();
      if (now === "system" || (now === "file" && sealed.exists())) return;
      await writeFirst(nameOf(probeItem), "probe");
      await current()?.remove(nameOf(probeItem));
    },
    lock: () => sealed.lock(),
    changePassphrase: (path) => sealed.changePassphrase(path),
  };
}

/** The same store, whose errors advise no other store: awst's items are in this one. */
function withoutOtherStore(store: Store): Store {
  const attempt = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      if (!(cause instanceof AwstError)) throw cause;
      const { code, message, hint } = cause;
      throw new AwstError(code, message, { hint: forChosenStore(hint), cause });
    }
  };
  return {
    read: (item) => attempt(store.read(item)),
    write: (item, value) => attempt(store.write(item, value)),
    remove: (item) => attempt(store.remove(item)),
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
  const kind = env["AWST_KEYCHAIN"] || backend;
  if (kind === "auto") return undefined;
  if (kind === "system" || kind === "file") return kind;
  throw new AwstError("CONFIGURATION_INVALID", `AWST_KEYCHAIN must not be "${kind}"`, {
    hint: env["AWST_KEYCHAIN"] ? "unset AWST_KEYCHAIN" : "allowed values: auto, system, file",
  });
}

function chosenKind(state: State): Kind | undefined {
  return state.read(choiceFile);
}

function choiceNotStored(folder: string): AwstError {
  return new AwstError("FILE_UNWRITABLE", `cannot store the choice of a keychain in ${folder}`);
}
