import { expect, test } from "vitest";
import { configurationOf, makeFakeMachine } from "../../../test/support/fake-context.ts";
import { type CachedProfiles, profileCacheFile } from "../../model/profile/profile-cache.ts";
import type { AwsFileTexts } from "../../model/profile/profile-sections.ts";
import { removeKeys } from "./remove-keys.ts";

const section = (name: string, more = "") =>
  `[${name}]\naws_access_key_id = ASIA1\naws_secret_access_key = s\naws_session_token = t\n${more}`;

test.each([
  ["both profiles", section("a Dev") + section("a/Dev"), ["a Dev", "a/Dev"], true],
  [
    "one, since a line below the keys of the other is the user's",
    section("a Dev") + section("a/Dev", "  x = y\n"),
    ["a Dev"],
    false,
  ],
  ["none", section("a/Dev", "  x = y\n"), [], false],
])(
  "expired keys are removed from %s, and a role that keeps some is tried again",
  async (_, credentials, removed, isDone) => {
    const written: { texts: AwsFileTexts } = { texts: { config: undefined, credentials } };
    const context = {
      ...makeFakeMachine(configurationOf([])).process(),
      awsFiles: async () => ({
        read: async () => written.texts,
        edit: async <T>(change: (texts: AwsFileTexts) => { texts: AwsFileTexts; result: T }) => {
          const { texts, result } = change(written.texts);
          written.texts = texts;
          return result;
        },
        isOpenToOthers: async () => false,
        openTo: async () => undefined,
      }),
    };
    const profiles: CachedProfiles & { accessKeyId: string } = {
      ...{ identity: "main", region: "eu-west-1", line: "", program: "awst", fingerprints: [] },
      ...{ names: ["a Dev", "a/Dev"], usable: "a/Dev", conflicts: [], unwritable: [] },
      accessKeyId: "ASIA1",
    };
    context.state.write(profileCacheFile, { reportedOpenFile: false, roles: { key: profiles } });
    const done = await removeKeys(context, [["key", profiles]]);
    expect(done.removed).toEqual(removed);
    const { accessKeyId, lostKeys } = context.state.read(profileCacheFile).roles["key"] ?? {};
    expect([accessKeyId, lostKeys]).toEqual(isDone ? [undefined, true] : ["ASIA1", undefined]);
  },
);
