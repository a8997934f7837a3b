// A keychain in memory, which passes the same suite as the real ones.

import { Secret } from "../../src/model/secret.ts";
import type { Keychain } from "../../src/ports.ts";

export function openFakeKeychain(items = new Map<string, string>()): Keychain {
  let wasWritten = items.size > 0;
  return {
    get kind() {
      return wasWritten ? ("file" as const) : undefined;
    },
    read: async (item) => {
      const text = items.get(item);
      return text === undefined ? undefined : new Secret(text);
    },
    write: async (item, value) => {
      wasWritten = true;
      items.set(item, value.reveal());
    },
    remove: async (item) => {
      items.delete(item);
    },
    prepare: async () => {},
    findElsewhere: async () => undefined,
    lock: async () => {},
    changePassphrase: async () => ({ keyFile: undefined }),
  };
}
