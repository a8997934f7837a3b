import { describe, expect, test } from "vitest";
import { type KeyListing, keyFactsText, keyListingJson, keyTable } from "./key-listing.ts";

const at = new Date("2026-03-01T12:00:00Z");
const ago = (seconds: number) => new Date(at.getTime() - seconds * 1000);
const day = 86_400;
const used = { at: ago(3 * day), service: "sts", region: "eu-west-1" };
const never = { at: undefined, service: undefined, region: undefined };
const key = { accessKeyId: "AKIAONE", status: "Active", createdAt: ago(34 * day) } as const;

const listing: KeyListing = {
  identity: "main-account",
  userName: "me",
  at,
  lastUseIsDenied: false,
  descriptionsAreDenied: false,
  keys: [
    { ...key, lastUse: used, description: "laptop", heldIn: "keychain" },
    {
      accessKeyId: "AKIATWO",
      status: "Inactive",
      createdAt: ago(90 * 60),
      lastUse: never,
      description: undefined,
      heldIn: undefined,
    },
  ],
};

test("a table", () => {
  expect(keyTable(listing)).toBe(
    [
      "KEY      STATE     AGE         LAST USE                  HELD IN   DESCRIPTION",
      "AKIAONE  active    34 d        3 d ago (sts, eu-west-1)  keychain  laptop",
      "AKIATWO  inactive  1 h 30 min  never",
      "",
    ].join("\n"),
  );
});

test("the same for a program", () => {
  const { keys, ...head } = keyListingJson(listing);
  expect(head).toEqual({
    version: 1,
    identity: "main-account",
    userName: "me",
    lastUseIsKnown: true,
    descriptionsAreKnown: true,
  });
  expect(keys).toEqual([
    {
      accessKeyId: "AKIAONE",
      status: "active",
      createdAt: "2026-01-26T12:00:00Z",
      ageSeconds: 34 * day,
      lastUsedAt: "2026-02-26T12:00:00Z",
      lastUsedService: "sts",
      lastUsedRegion: "eu-west-1",
      description: "laptop",
      heldIn: "keychain",
    },
    {
      accessKeyId: "AKIATWO",
      status: "inactive",
      createdAt: "2026-03-01T10:30:00Z",
      ageSeconds: 5400,
      lastUsedAt: null,
      lastUsedService: null,
      lastUsedRegion: null,
      description: null,
      heldIn: null,
    },
  ]);
});

describe("a key in words", () => {
  test.each([
    [{ ...key, lastUse: used }, "active, 34 d old, last used 3 d ago (sts, eu-west-1)"],
    [{ ...key, lastUse: never }, "active, 34 d old, never used"],
    [{ ...key, lastUse: undefined }, "active, 34 d old, last use not known"],
    [
      { ...key, createdAt: ago(40 * 3600), lastUse: { ...never, at: ago(30) } },
      "active, 40 h old, last used 30 s ago",
    ],
    [{ ...key, createdAt: ago(-5), lastUse: never }, "active, 0 s old, never used"],
  ])("%#", (facts, text) => {
    expect(keyFactsText(facts, at)).toBe(text);
  });
});
