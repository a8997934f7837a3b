import { describe, expect, test } from "vitest";
import { findReplacement, lockAfterFile, type SealedSeen, sealedSeenFile } from "./sealed-seen.ts";

const phrase = (writes: number): SealedSeen => ({ keyFrom: "passphrase", writes });
const file = (writes: number): SealedSeen => ({ keyFrom: "file", writes });

const older = /^is an older copy: it has \d+ of the \d+ changes that this machine has seen$/;
const replaced = /^uses a key file, but this machine has used one with a passphrase$/;

test.each<[string, readonly SealedSeen[], SealedSeen, RegExp | undefined]>([
  ["nothing was seen", [], phrase(3), undefined],
  ["the same file", [phrase(3)], phrase(3), undefined],
  ["a newer file", [phrase(3)], phrase(4), undefined],
  ["an older file", [phrase(4)], phrase(3), older],
  ["an older file, seen in memory alone", [phrase(4), phrase(2)], phrase(3), older],
  ["an older file, seen in the state file alone", [phrase(2), phrase(4)], phrase(3), older],
  ["a file of version 1 after one of version 2", [phrase(1)], phrase(0), older],
  ["a file of version 1 before", [phrase(0)], phrase(0), undefined],
  ["a key file in place of a passphrase", [phrase(3)], file(4), replaced],
  ["the same with a high counter", [phrase(3), file(9)], file(99), replaced],
  ["a passphrase in place of a key file", [file(3)], phrase(4), undefined],
  ["an older file with a key file", [file(3)], file(2), older],
])("%s", (_, seen, header, expected) => {
  const found = findReplacement(seen, header);
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(expected);
});

test.each([60, 1, undefined])("lockAfter of %s s is read as it was written", (seconds) => {
  expect(lockAfterFile.decode(lockAfterFile.encode?.(seconds), () => never())).toBe(seconds);
});

test.each([undefined, null, {}, { seconds: "60" }, { seconds: 0 }, { seconds: -1 }])(
  "%j is no lockAfter",
  (stored) => {
    expect(lockAfterFile.decode(stored, () => never())).toBeUndefined();
  },
);

describe("the state file", () => {
  test("is read as it was written", () => {
    for (const seen of [phrase(7), file(0), undefined]) {
      expect(sealedSeenFile.decode(sealedSeenFile.encode?.(seen), () => never())).toEqual(seen);
    }
  });

  test.each([
    undefined,
    null,
    1,
    {},
    { keyFrom: "x", writes: 1 },
    { keyFrom: "file", writes: -1 },
    { keyFrom: "file", writes: "1" },
  ])("%j is nothing", (stored) => {
    expect(sealedSeenFile.decode(stored, () => never())).toBeUndefined();
  });
});

function never(): never {
  throw new Error("the clock is not needed");
}
