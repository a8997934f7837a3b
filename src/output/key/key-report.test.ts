import { describe, expect, test } from "vitest";
import { openRotation } from "../../model/rotation/open-rotation.ts";
import { emptyJournal, type RotationJournal } from "../../model/rotation/rotation-journal.ts";
import { colorStyle, plainStyle } from "../style.ts";
import {
  deletionLines,
  descriptionLine,
  importedLine,
  type KeyListing,
  keyFactsText,
  keyListingJson,
  keyTable,
  keyTableNotes,
  statusLine,
  storedKeyLines,
} from "./key-report.ts";

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
  rotation: undefined,
  isCompleting: false,
  keys: [
    { ...key, lastUse: used, description: "laptop", storedIn: "keychain" },
    {
      accessKeyId: "AKIATWO",
      status: "Inactive",
      createdAt: ago(90 * 60),
      lastUse: never,
      description: undefined,
      storedIn: undefined,
    },
  ],
};

test("keyTable()", () => {
  expect(keyTable(listing, plainStyle)).toBe(
    [
      "KEY      STATE     AGE         LAST USE                  STORED IN  DESCRIPTION",
      "AKIAONE  active    34 d        3 d ago (sts, eu-west-1)  keychain   laptop",
      "AKIATWO  inactive  1 h 30 min  never",
      "",
    ].join("\n"),
  );
});

test("keyListingJson()", () => {
  const { keys, ...head } = keyListingJson(listing);
  expect(head).toEqual({
    identity: "main-account",
    userName: "me",
    lastUseIsKnown: true,
    descriptionsAreKnown: true,
    rotation: null,
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
      storedIn: "keychain",
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
      storedIn: null,
    },
  ]);
});

describe("keyFactsText()", () => {
  test.each([
    [{ ...key, lastUse: used }, "active, 34 d old, last used 3 d ago (sts, eu-west-1)"],
    [{ ...key, lastUse: never }, "active, 34 d old, never used"],
    [{ ...key, lastUse: undefined }, "active, 34 d old, last use unknown"],
    [
      { ...key, createdAt: ago(40 * 3600), lastUse: { ...never, at: ago(30) } },
      "active, 40 h old, last used 30 s ago",
    ],
    [{ ...key, createdAt: ago(-5), lastUse: never }, "active, 0 s old, never used"],
  ])("%#", (facts, text) => {
    expect(keyFactsText(facts, at)).toBe(text);
  });
});

test("keyTable() marks states on a terminal", () => {
  const table = keyTable(listing, colorStyle);
  expect(table).toContain(colorStyle.ok("active"));
  expect(table).toContain(colorStyle.dim("inactive"));
});

test("keyTableNotes(): what could not be read, and a key in use that AWS does not list", () => {
  expect(keyTableNotes({ ...listing, keys: listing.keys.slice(0, 1) })).toEqual([]);
  const denied = { ...listing, keys: [], lastUseIsDenied: true, descriptionsAreDenied: true };
  expect(keyTableNotes(denied)).toEqual([
    "last use unknown: you are not allowed to call iam:GetAccessKeyLastUsed",
    "descriptions unknown: you are not allowed to call iam:ListUserTags",
    'warning: the key that awst uses for "main-account" is not in this list',
  ]);
});

describe("keyTableNotes(): why there are two keys", () => {
  const switched = "2026-03-01T11:00:00.000Z";
  const ended = { switchedAt: switched, deactivatedAt: switched, graceSeconds: 7200 };
  const rotations: readonly (readonly [string, Partial<RotationJournal>, Date, RegExp])[] = [
    [
      "within the grace period",
      ended,
      at,
      /^AKIATWO was replaced by a rotation; awst deletes .* after .* \(in 1 h\); .*--undo$/,
    ],
    [
      "after it",
      ended,
      new Date("2026-03-01T14:00:00Z"),
      /^AKIATWO was replaced .*next run deletes the key: awst key rotate --resume/,
    ],
    [
      "the old key is active",
      { switchedAt: switched },
      at,
      /unfinished: AKIAONE is in use, and the old key AKIATWO is still active; .*--resume/,
    ],
    [
      "an undo was interrupted",
      { switchedAt: switched, isUndone: true },
      at,
      /unfinished: AKIATWO is being restored/,
    ],
    ["AWS did not answer", { newKeyId: undefined }, at, /unfinished: .*second active key/],
    [
      "a rotation of other keys",
      { ...ended, oldKeyId: "AKIAGONE" },
      at,
      /^awst does not use AKIATWO; .*awst key delete AKIATWO$/,
    ],
  ];
  test.each(rotations)("%s", (_name, changes, now, line) => {
    const journal = { ...emptyJournal("AKIATWO"), newKeyId: "AKIAONE", ...changes };
    const rotation = openRotation("main-account", journal, now);
    expect(keyTableNotes({ ...listing, at: now, rotation })).toEqual([expect.stringMatching(line)]);
  });

  test.each(rotations)(
    "%s, while a run in the background completes it",
    (_name, changes, now, line) => {
      const journal = { ...emptyJournal("AKIATWO"), newKeyId: "AKIAONE", ...changes };
      const rotation = openRotation("main-account", journal, now);
      const notes = keyTableNotes({ ...listing, at: now, rotation, isCompleting: true });
      expect(notes).toHaveLength(1);
      expect(notes.join()).not.toContain("--resume");
      if (rotation?.state === "grace") expect(notes.join()).toMatch(line);
    },
  );

  test("no rotation: the key is not awst's", () => {
    expect(keyTableNotes(listing)).toEqual([
      "awst does not use AKIATWO; if no other program or machine does: awst key delete AKIATWO",
    ]);
  });
});

test("sentences about what a command did", () => {
  const stored = {
    identity: "main",
    accessKeyId: "NEW",
    arn: "arn:x",
    accountId: "111111111111",
    keychain: "system",
    replacedKeyId: "OLD",
    wasThere: false,
  } as const;
  expect(storedKeyLines(stored)).toEqual([
    'stored NEW of arn:x in the system keychain, for "main"',
    "awst no longer uses OLD; AWS still accepts that key",
  ]);
  const again = { ...stored, keychain: "file", replacedKeyId: undefined, wasThere: true } as const;
  expect(storedKeyLines(again)).toEqual(['NEW of arn:x is already in the sealed file, for "main"']);
  expect(importedLine("p", "NEW")).toBe(
    'profile "p" now calls awst; its file no longer contains NEW',
  );
  expect(importedLine("p", undefined)).toBe('profile "p" already calls awst: nothing to import');
  expect(statusLine("K", "active", true)).toBe("activated K");
  expect(statusLine("K", "inactive", true)).toBe("deactivated K");
  expect(statusLine("K", "inactive", false)).toBe("K is already inactive");
  expect(descriptionLine("K", "laptop")).toBe('described K as "laptop"');
  expect(descriptionLine("K", "")).toBe("removed the description of K");
  expect(deletionLines(undefined)).toEqual(["nothing was deleted"]);
  expect(deletionLines({ accessKeyId: "K", description: "removed" })).toEqual(["deleted K"]);
  expect(deletionLines({ accessKeyId: "K", description: "kept" })).toHaveLength(2);
});
