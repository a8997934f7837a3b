import { describe, expect, it } from "vitest";
import { ownedProfiles } from "./aws-profiles.ts";
import { profilesWithKey, replaceKeyByProcess, staticKeyOf } from "./long-term-keys.ts";
import type { AwsFileTexts } from "./profile-sections.ts";

const key = "aws_access_key_id = AKIA1\naws_secret_access_key = secret\n";
const line = "/bin/awst credential-process --identity main";
const process = `credential_process = ${line}\n`;
const texts = (more: Partial<AwsFileTexts>): AwsFileTexts => ({
  config: undefined,
  credentials: undefined,
  ...more,
});

describe("staticKeyOf", () => {
  it.each<[string, Partial<AwsFileTexts>, string | undefined]>([
    ["the credentials file", { credentials: `[main]\n${key}` }, "AKIA1"],
    ["the config file", { config: `[profile main]\n${key}` }, "AKIA1"],
    [
      "both files: the credentials file first",
      {
        credentials: "[main]\nAWS_ACCESS_KEY_ID: AKIA2\naws_secret_access_key=x\n",
        config: `[profile main]\n${key}`,
      },
      "AKIA2",
    ],
    ["no such profile", { credentials: `[other]\n${key}`, config: `[main]\n${key}` }, undefined],
    [
      "half a key",
      { credentials: "[main]\naws_access_key_id = AKIA1\naws_secret_access_key =\n" },
      undefined,
    ],
    ["a temporary key", { credentials: `[main]\n${key}aws_session_token = t\n` }, undefined],
    [
      "a profile that calls awst",
      { credentials: `[main]\n${key}`, config: `[profile main]\n${process}` },
      undefined,
    ],
  ])("%s", (_, more, id) => {
    const found = staticKeyOf(texts(more), "main");
    expect(found?.accessKeyId).toBe(id);
    if (id === "AKIA1") expect(found?.secretAccessKey.reveal()).toBe("secret");
  });

  it("reads [default]", () => {
    expect(staticKeyOf(texts({ config: `[default]\n${key}` }), "default")?.accessKeyId).toBe(
      "AKIA1",
    );
  });
});

describe("replaceKeyByProcess", () => {
  it("replaces the key by the line, updates awstools' MFA profile, and lists other lines with the key", () => {
    const before = texts({
      credentials: `[main]\n# mine\n${key}region = r\n\n[main-mfa]\naws_access_key_id = ASIA1\naws_secret_access_key = s\naws_session_token = t\n\n[copy]\n${key}`,
      config: `# AKIA1 is mine\n[profile main]\noutput = json\n${key}`,
    });
    const {
      texts: after,
      isReplaced,
      sameKeyElsewhere,
    } = replaceKeyByProcess(before, "main", line, "main-mfa");
    expect(isReplaced).toBe(true);
    expect(after).toEqual({
      credentials: `[main]\n# mine\n${process}region = r\n\n[main-mfa]\n${process}\n[copy]\n${key}`,
      config: "# AKIA1 is mine\n[profile main]\noutput = json\n",
    });
    expect(sameKeyElsewhere).toEqual([
      { file: "credentials", section: "copy", line: 10, profile: "copy" },
      { file: "config", section: undefined, line: 1 },
    ]);
    expect(staticKeyOf(after, "main")).toBeUndefined();
    expect([...ownedProfiles(after)].map(({ name, call }) => [name, call.identity])).toEqual([
      ["main", "main"],
      ["main-mfa", "main"],
    ]);
  });

  it.each<[string, Partial<AwsFileTexts>]>([
    ["there is no key", { credentials: "[main]\nregion = r\n" }],
    [
      "the profile calls another program",
      { credentials: `[main]\n${key}credential_process = /bin/other\n` },
    ],
    ["the key has nested lines", { credentials: `[main]\n${key}  more = x\n` }],
  ])("changes nothing when %s", (_, more) => {
    const before = texts(more);
    const done = replaceKeyByProcess(before, "main", line);
    expect(done).toMatchObject({ isReplaced: false, texts: before, why: expect.any(String) });
  });

  it("adds no MFA profile where there is none", () => {
    const { texts: after } = replaceKeyByProcess(
      texts({ credentials: `[main]\n${key}` }),
      "main",
      line,
      "main-mfa",
    );
    expect(after.credentials).toBe(`[main]\n${process}`);
  });
});

describe("profilesWithKey", () => {
  const other = "aws_access_key_id = AKIA2\naws_secret_access_key = secret\n";
  it.each<[string, Partial<AwsFileTexts>, readonly string[]]>([
    ["none", { credentials: `[main]\n${other}` }, []],
    ["[default]", { credentials: `[default]\n${key}` }, ["default"]],
    ["both files", { credentials: `[a]\n${key}`, config: `[profile b]\n${key}` }, ["a", "b"]],
    [
      "the same profile in both files",
      { credentials: `[a]\n${key}`, config: `[profile a]\n${key}` },
      ["a"],
    ],
    ["Windows line ends", { credentials: `[a]\r\n${key.replaceAll("\n", "\r\n")}` }, ["a"]],
    [
      "other spelling",
      { credentials: "[a]\nAWS_ACCESS_KEY_ID:AKIA1\naws_secret_access_key: s\n" },
      ["a"],
    ],
    ["a comment", { credentials: `# AKIA1\n[a]\n# aws_access_key_id = AKIA1\n${other}` }, []],
    ["half a key", { credentials: "[a]\naws_access_key_id = AKIA1\n" }, []],
    ["a temporary key", { credentials: `[a]\n${key}aws_session_token = t\n` }, []],
    ["beside a line that calls awst", { credentials: `[a]\n${key}${process}` }, []],
    [
      "hidden by a key in the credentials file",
      { credentials: `[a]\n${other}`, config: `[profile a]\n${key}` },
      [],
    ],
    ["an id that begins the same", { credentials: `[a]\n${key.replace("AKIA1", "AKIA12")}` }, []],
    ["a name with a space", { credentials: `[my key]\n${key}` }, ["my key"]],
  ])("%s", (_, more, names) => {
    expect(profilesWithKey(texts(more), "AKIA1")).toEqual(names);
  });
});
