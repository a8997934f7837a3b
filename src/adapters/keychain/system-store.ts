// The system's keychain: macOS Keychain, Windows Credential Manager, Secret Service, but never the kernel's keyring.
// Each name is one item of the service `awst`; a value above the system's limit is stored in parts. A service
// that hangs blocks the process for 2 s, and then the call fails.

import { existsSync } from "node:fs";
import { openSystemItem } from "#native";
import { AwstError } from "../../model/errors.ts";
import {
  type Generation,
  isWithinLimit,
  joinParts,
  maxParts,
  type PartsHead,
  parsePartsHead,
  partName,
  splitIntoParts,
} from "../../model/keychain/item-parts.ts";
import { explainStoreError } from "../../model/keychain/system-store-errors.ts";
import type { Locks } from "../../ports.ts";

export interface SystemStore extends Store {
  /** Returns false and writes nothing where this machine has no keychain. */
  writeIfAvailable(item: string, value: string): Promise<boolean>;
  /** Returns undefined also where this machine has no keychain. */
  readIfAvailable(item: string): Promise<string | undefined>;
}

// Windows stores at most 2560 bytes of UTF-16 in an item. The others have no such limit.
const systemLimit = process.platform === "win32" ? 1200 : 60_000;

export function openSystemStore(
  locks: () => Promise<Locks>,
  service = "awst",
  limit = systemLimit,
): SystemStore {
  const get = (name: string) => attempt(() => openSystemItem(service, name).get());
  const set = (name: string, text: string) =>
    attempt(() => openSystemItem(service, name).set(text));
  const remove = (name: string) => attempt(() => openSystemItem(service, name).remove());
  const partNames = (item: string, generation: Generation, count: number) =>
    Array.from({ length: count }, (_, number) => partName(item, generation, number));
  const removeParts = (item: string, head: PartsHead | "damaged" | undefined) => {
    const names =
      head === "damaged"
        ? (["a", "b"] as const).flatMap((each) => partNames(item, each, maxParts))
        : head === undefined
          ? []
          : partNames(item, head.generation, head.count);
    for (const name of names) remove(name);
  };

  // When another process replaces the value while its parts are read, the read is repeated once.
  const read = (item: string, isRetry = false): string | undefined => {
    const text = get(item);
    const head = text === undefined ? undefined : parsePartsHead(text);
    if (head === undefined) return text;
    if (head === "damaged") return undefined;
    const joined = joinParts(head, partNames(item, head.generation, head.count).map(get));
    return joined !== undefined || isRetry ? joined : read(item, true);
  };

  const write = (item: string, value: string) => {
    const before = get(item);
    const oldHead = before === undefined ? undefined : parsePartsHead(before);
    if (isWithinLimit(value, limit)) {
      set(item, value);
    } else {
      const isA = typeof oldHead === "object" && oldHead.generation === "a";
      const generation = isA ? "b" : "a";
      const split = splitIntoParts(value, limit, generation);
      if (split === undefined) throw tooLarge(item);
      for (const [number, part] of split.parts.entries()) {
        set(partName(item, generation, number), part);
      }
      set(item, split.head);
    }
    removeParts(item, oldHead === "damaged" ? undefined : oldHead);
  };

  const underLock = async (work: () => void) => {
    await requireBus();
    const options = { owner: "the keychain", isSilent: true };
    const lock = await (await locks()).acquire("keychain-system", options);
    try {
      work();
    } finally {
      await lock.release();
    }
  };

  const store: SystemStore = {
    read: async (item) => {
      await requireBus();
      return read(item);
    },
    write: (item, value) => underLock(() => write(item, value)),
    remove: (item) =>
      underLock(() => {
        const text = get(item);
        const head = text === undefined ? undefined : parsePartsHead(text);
        remove(item);
        removeParts(item, head);
      }),
    readIfAvailable: async (item) => {
      try {
        return await store.read(item);
      } catch (error) {
        if (isNoKeychain(error)) return undefined;
        throw error;
      }
    },
    writeIfAvailable: async (item, value) => {
      try {
        await store.write(item, value);
        return true;
      } catch (error) {
        if (isNoKeychain(error)) return false;
        throw error;
      }
    },
  };
  return store;
}

let bus: Promise<void> | undefined;

/** A call of the binding can't be ended, so a bus that does not answer is found before the first one. */
function requireBus(): Promise<void> {
  const address = process.env["DBUS_SESSION_BUS_ADDRESS"];
  if (process.platform !== "linux" || !address) return Promise.resolve();
  bus ??= import("./session-bus.ts").then(({ requireAnsweringBus }) =>
    requireAnsweringBus(address),
  );
  return bus;
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code, message, hint } = explain(cause);
    throw new AwstError(code, message, { hint, cause });
  }
}

function isNoKeychain(error: unknown): boolean {
  return error instanceof AwstError && error.cause !== undefined && explain(error.cause).isMissing;
}

function explain(cause: unknown) {
  const text = cause instanceof Error ? cause.message : String(cause);
  return explainStoreError(text, hiddenBusPath());
}

// cron sets no bus address, and tmux may have that of an earlier login, but the user's bus may be running.
function hiddenBusPath(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const { XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: address } = process.env;
  const path = `${runtime || `/run/user/${process.getuid?.()}`}/bus`;
  const isTried = address?.split(",")[0] === `unix:path=${path}`;
  return !isTried && existsSync(path) ? path : undefined;
}

function tooLarge(item: string): AwstError {
  return new AwstError("KEYCHAIN_TOO_LARGE", `${item} is too large for the system's keychain`);
}

/** A store of items by name. Its errors are those of `Keychain` in ports.ts. */
export interface Store {
  read(item: string): Promise<string | undefined>;
  write(item: string, value: string): Promise<void>;
  /** Removing a missing item is not an error. */
  remove(item: string): Promise<void>;
}
