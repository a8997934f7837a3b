import { expect, test } from "vitest";
import {
  type CachedProfiles,
  isUpToDate,
  type ProfileCache,
  profileCacheFile,
  profileLayout,
  withoutKeys,
} from "./profile-cache.ts";

const withKeys: CachedProfiles = {
  names: ["acct Dev", "acct/Dev"],
  usable: "acct/Dev",
  conflicts: [],
  unwritable: [],
  identity: "me",
  region: "eu-west-1",
  line: "",
  accessKeyId: "ASIA1",
  keysUntil: "2026-03-01T12:00:00Z",
  program: "/usr/bin/awst",
  layout: profileLayout,
  fingerprints: ["1", "2", "3"],
};
const { accessKeyId: _id, keysUntil: _until, ...calling } = { ...withKeys, line: "awst …" };
const cache: ProfileCache = { reportedOpenFile: true, roles: { dev: withKeys, admin: calling } };
const wanted = { fingerprints: ["1", "2", "3"], accessKeyId: "ASIA1" };

test("profiles that lost their keys are written again, though no file changed since", () => {
  expect(isUpToDate(withKeys, wanted, "/usr/bin/awst")).toBe(true);
  const lost = withoutKeys(cache, [], ({ accessKeyId }) => accessKeyId === "ASIA1").roles["dev"];
  expect(lost).toMatchObject({ lostKeys: true, names: ["acct Dev", "acct/Dev"] });
  expect(lost && isUpToDate(lost, wanted, "/usr/bin/awst")).toBe(false);
});

test("the others stay as they are, and the key's id and end are forgotten", () => {
  const changed = withoutKeys(cache, [], (_profiles, key) => key === "dev");
  expect(changed.roles["admin"]).toBe(calling);
  expect(changed.reportedOpenFile).toBe(true);
  expect(Object.keys(changed.roles["dev"] ?? {})).not.toContain("accessKeyId");
  expect(Object.keys(changed.roles["dev"] ?? {})).not.toContain("keysUntil");
});

test("a role one of whose profiles still holds keys is tried again", () => {
  const blocked = [{ name: "acct/Dev" }];
  expect(withoutKeys(cache, blocked, () => true).roles["dev"]).toBe(withKeys);
});

test("what was written is read again", () => {
  const changed = withoutKeys(cache, [], (_profiles, key) => key === "dev");
  const stored = JSON.parse(JSON.stringify(profileCacheFile.encode?.(changed)));
  const clock = () => ({ now: new Date(), awsNow: new Date(), skewMs: 0 });
  const read = profileCacheFile.decode(stored, clock as never);
  expect(read.roles["dev"]?.lostKeys).toBe(true);
  expect(read.roles["admin"]?.lostKeys).toBeUndefined();
});
