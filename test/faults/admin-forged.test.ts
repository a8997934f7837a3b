// What another program writes into the state folder of an administrator's machine has no user disabled or deleted. It can
// only have something done later, or reported again.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeTextFile } from "../../src/adapters/file/text-file.ts";
import { openGrantRecords } from "../../src/admin/adapters/grant-records.ts";
import { openReadingStore } from "../../src/admin/adapters/reading-store.ts";
import { openNoticeRecords, openUserRecords } from "../../src/admin/adapters/user-records.ts";
import { planAccounts } from "../../src/admin/flows/enforce-accounts.ts";
import { offboardUsers } from "../../src/admin/flows/offboard-user.ts";
import { planOffboarding } from "../../src/admin/flows/plan-offboarding.ts";
import { planPrune } from "../../src/admin/flows/revoke-access.ts";
import { cutTags } from "../../src/admin/model/offboarding.ts";
import { encodeRecord, recordOf } from "../../src/admin/model/user-record.ts";
import type { AdminContext } from "../../src/admin/ports.ts";
import { warnedSealItem } from "../../src/model/keychain/items.ts";
import { Secret } from "../../src/model/secret.ts";
import { withSeal } from "../../src/model/state-seal.ts";
import type { Keychain } from "../../src/ports.ts";
import { type DeletionScene, openDeletionScene } from "../admin/deletion-scene.ts";
import { emptyUser } from "../support/empty-user.ts";
import { openFakeKeychain } from "../support/fake-keychain.ts";

let scene: DeletionScene;
let folder: string;
let items: Map<string, string>;
let keychain: Keychain;
beforeEach(async () => {
  scene = await openDeletionScene();
  folder = mkdtempSync(`${tmpdir()}/awst-forged-`);
  mkdirSync(`${folder}/state`, { mode: 0o700 });
  items = new Map([["key/main", "x"]]);
  keychain = openFakeKeychain(items);
});
afterEach(async () => {
  await scene[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** The administrator's context with the real files of the state folder. */
function open(): AdminContext {
  const admin = scene.open();
  const context = {
    paths: { state: `${folder}/state` },
    writeText: async (...args: Parameters<typeof writeTextFile>) => writeTextFile(...args),
    debug: () => {},
    now: () => scene.sandbox.clock.now(),
  } as unknown as Parameters<typeof openReadingStore>[0];
  return {
    ...admin,
    notices: openNoticeRecords(context, async () => keychain),
    records: openUserRecords(context),
    grantRecords: openGrantRecords(context),
    readings: openReadingStore(context, admin.accountId, "arn"),
  };
}

const pathOf = (name: string) => `${folder}/state/${name}.json`;
const warnedName = () => `warned-${scene.account.id}`;
const dayOf = (days: number) => scene.ago(days).toISOString().slice(0, 10);
const contentOf = (id: string, days: number) => ({ version: 1, warned: { [id]: dayOf(days) } });
const forge = (name: string, value: unknown) =>
  writeFileSync(pathOf(name), typeof value === "string" ? value : JSON.stringify(value));

async function enforce() {
  const admin = open();
  const { request, accounts } = scene.openRun();
  const plan = await planAccounts({ ...accounts, open: async () => admin }, request);
  await scene.run(plan);
  return plan.accounts.flatMap(({ plan: { users } }) =>
    users.filter(({ picture }) => picture.user.name === "zoe").map(({ step }) => step.do),
  );
}

/** Not warned, and not used for years. */
function addDormant(): { readonly id: string; status: string } {
  const user = scene.account.addUser("zoe", { createdAt: scene.ago(900) });
  const key = scene.account.addKey("zoe", true, scene.ago(800));
  return {
    id: user.id,
    get status() {
      return key.status;
    },
  };
}

describe("the days of warnings", () => {
  const other = new Secret("another key");
  const own = async (): Promise<Secret> => {
    const admin = open();
    await admin.notices?.write(scene.account.id, JSON.stringify(contentOf("AIDAOTHER", 3)));
    return new Secret(items.get(warnedSealItem(scene.account.id)) ?? "");
  };
  const genuine = () => JSON.parse(readFileSync(pathOf(warnedName()), "utf8"));
  test.each<[string, (id: string) => unknown]>([
    ["without a seal", (id) => forge(warnedName(), contentOf(id, 20))],
    ["with a seal that is none", (id) => forge(warnedName(), { ...contentOf(id, 20), seal: "00" })],
    [
      "with a seal that is no text",
      (id) => forge(warnedName(), { ...contentOf(id, 20), seal: { length: 64 } }),
    ],
    [
      "with a seal that is a number",
      async (id) => {
        await own();
        forge(warnedName(), { ...contentOf(id, 20), seal: 64 });
      },
    ],
    [
      "with a seal, and lists in lists",
      async (id) => {
        await own();
        const text = JSON.stringify({ ...contentOf(id, 20), seal: "00" }).slice(0, -1);
        forge(warnedName(), `${text},"more":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
      },
    ],
    [
      "with the seal of another key",
      (id) => forge(warnedName(), withSeal(other, warnedName(), contentOf(id, 20) as object)),
    ],
    [
      "with the seal of a key, where the keychain has none",
      (id) => {
        items.clear();
        forge(warnedName(), withSeal(other, warnedName(), contentOf(id, 20) as object));
      },
    ],
    [
      "with the seal of another account's record",
      async (id) => {
        const key = await own();
        forge(warnedName(), withSeal(key, "warned-222222222222", contentOf(id, 20) as object));
      },
    ],
    [
      "a genuine record with the user's id in it",
      async (id) => {
        await own();
        forge(warnedName(), JSON.stringify(genuine()).replace("AIDAOTHER", id));
      },
    ],
    [
      "a genuine record with an earlier day, and the user beside the other",
      async (id) => {
        await own();
        forge(warnedName(), { ...genuine(), warned: { AIDAOTHER: dayOf(3), [id]: dayOf(20) } });
      },
    ],
    [
      "a genuine record whose content is there twice",
      async (id) => {
        await own();
        const text = JSON.stringify(genuine()).slice(0, -1);
        forge(warnedName(), `${text},"warned":${JSON.stringify({ [id]: dayOf(20) })}}`);
      },
    ],
    ["no JSON", () => forge(warnedName(), "{")],
    ["a list", (id) => forge(warnedName(), [contentOf(id, 20)])],
    ["null", () => forge(warnedName(), "null")],
  ])("a user who was never warned is warned, with a forged record %s", async (_name, write) => {
    const zoe = addDormant();
    await write(zoe.id);
    expect(await enforce()).toEqual(["warn"]);
    expect(zoe.status).toBe("Active");
  });

  test("a genuine record counts: the tag that another tool removed comes back with its day", async () => {
    const zoe = addDormant();
    await own();
    await open().notices?.write(scene.account.id, JSON.stringify(contentOf(zoe.id, 20)));
    expect(await enforce()).toEqual(["disable"]);
    expect(zoe.status).toBe("Inactive");
  });

  test("an earlier genuine record: what was used since counts", async () => {
    addDormant();
    await own();
    const [key] = scene.account.keysOf("zoe");
    if (key) key.lastUsed = { at: scene.ago(95), service: "s3", region: "eu-west-1" };
    await open().notices?.write(
      scene.account.id,
      JSON.stringify(contentOf(scene.account.user("zoe").id, 100)),
    );
    expect(await enforce()).toEqual(["warn"]);
  });

  test("without a keychain nothing is stored, and nothing is believed", async () => {
    const zoe = addDormant();
    keychain = openFakeKeychain();
    await open().notices?.write(scene.account.id, JSON.stringify(contentOf(zoe.id, 20)));
    expect(await open().notices?.read(scene.account.id)).toBeUndefined();
    forge(warnedName(), contentOf(zoe.id, 20));
    expect(await enforce()).toEqual(["warn"]);
  });
});

describe("the record of an off-boarding", () => {
  const recordName = (name: string) => `off-boarded-${scene.account.id}-${name}`;
  const forgeRecord = (name: string, change: object = {}) => {
    const { id } = scene.account.user(name);
    const record = recordOf(emptyUser, new Map(), scene.sandbox.clock.now());
    forge(recordName(name), encodeRecord({ ...record, userName: name, userId: id, ...change }));
  };
  test.each<[string, object]>([
    ["as a stopped run leaves it", {}],
    ["with the tags of a cut in it", { tags: { [cutTags.at]: "2020-01-01" } }],
    ["with a deny in it", { attachedPolicies: ["arn:aws:iam::aws:policy/AWSDenyAll"] }],
  ])("deletes no user, forged %s", async (_name, change) => {
    scene.account.addUser("zoe").tags = [
      { key: cutTags.at, value: "2020-01-01" },
      { key: cutTags.deleteAfter, value: "2020-01-01" },
    ];
    scene.account.addUser("ben");
    for (const name of ["zoe", "ben"]) forgeRecord(name, change);
    const admin = open();
    const how = { graceDays: 0, protectedNames: [], forced: [] };
    const plan = await planOffboarding(admin, { names: [], due: true, ...how });
    expect(await offboardUsers(admin, plan, { endSessions: true })).toEqual([]);
    expect(plan.refused.map(({ user }) => user)).toEqual(["zoe"]);
    await enforce();
    expect(["zoe", "ben"].every((name) => scene.account.users.has(name))).toBe(true);
  });
});

test("enforcement ignores the stored responses of an interrupted report", async () => {
  const zoe = addDormant();
  const [key] = scene.account.keysOf("zoe");
  if (key) key.lastUsed = { at: scene.ago(1), service: "s3", region: "eu-west-1" };
  const at = scene.sandbox.clock.now().toISOString();
  const lines = [
    { kind: "password", id: zoe.id, at },
    { kind: "keys", id: zoe.id, at, keys: [] },
    { kind: "use", id: key?.id, at },
  ];
  await open().readings.append(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  expect(await enforce()).toEqual([]);
  expect(zoe.status).toBe("Active");
});

test("the reasons of grants choose no grant that is removed", async () => {
  const admin = open();
  const record = { id: "g1", user: "zoe", reason: "x", by: "arn", approvedBy: undefined };
  await admin.grantRecords.add(scene.account.id, record);
  expect(await planPrune(admin)).toMatchObject({ grants: [], denies: [] });
});
