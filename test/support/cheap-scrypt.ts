// Makes scrypt cheap in the test's own process, as cheap-scrypt.cjs does in others: a sealed file's key from a passphrase
// needs 0.2 s of the processor otherwise. The sealed file names the real cost, and opens with a cheap key alone.

import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, beforeAll } from "vitest";

/** For the tests of a file, or of a `describe`. Afterwards scrypt has its real cost again. */
export function useCheapScrypt(): void {
  const { scrypt } = crypto;
  const cheap = (
    passphrase: crypto.BinaryLike,
    salt: crypto.BinaryLike,
    length: number,
    cost: crypto.ScryptOptions,
    done: (error: Error | null, key: Buffer) => void,
  ) => scrypt(passphrase, salt, length, { ...cost, N: 2 }, done);
  const use = (scrypt: typeof crypto.scrypt) => {
    crypto.scrypt = scrypt;
    syncBuiltinESMExports();
  };
  beforeAll(() => use(cheap as typeof crypto.scrypt));
  afterAll(() => use(scrypt));
}
