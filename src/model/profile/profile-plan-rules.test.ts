// What the rules of a plan decide, case by case: whose a section is, which one is written, and what stays.

import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import type { SectionContent } from "./aws-profiles.ts";
import { removeKeyProfiles, removeKeysOf } from "./key-profiles.ts";
import { isNamedByAwst, type PlanRules, planRules, scopeInName } from "./plan-rules.ts";
import { readProcessLine } from "./process-line.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";
import type { AwsFileTexts } from "./profile-sections.ts";

const region = "xx-test-9";
const line = "/bin/awst credential-process acct Dev";
const spaced: WantedProfile = { name: "acct Dev", region, kind: "process", line };
const free: WantedProfile = { name: "acct/Dev", region, kind: "process", line };
const sessionKeys = {
  accessKeyId: "ASIANEW",
  secretAccessKey: new Secret("s"),
  sessionToken: new Secret("t"),
  expiresAt: new Date(0),
};
const keysFor = (name: string): WantedProfile => ({
  name,
  region,
  kind: "keys",
  keys: sessionKeys,
});

const process = `credential_process = ${line}\nregion = ${region}\n`;
const call = (text: string) => `credential_process = ${text}\nregion = ${region}\n`;
const keyLines = (id: string) =>
  `aws_access_key_id = ${id}\naws_secret_access_key = s\naws_session_token = t\n`;
const written = `${keyLines("ASIANEW")}region = ${region}\n`;

const none: AwsFileTexts = { config: undefined, credentials: undefined };
const plan = (
  texts: Partial<AwsFileTexts>,
  wanted: readonly WantedProfile[],
  rules: PlanRules = {},
) => planProfiles({ ...none, ...texts }, wanted, rules);

describe("which section is written", () => {
  const stale = call("/old/awst credential-process acct Dev");
  test.each<[string, Partial<AwsFileTexts>, WantedProfile, Partial<AwsFileTexts>]>([
    [
      "default has the same header in both files",
      { credentials: `[default]\n${process}`, config: `[default]\n${stale}` },
      { ...free, name: "default" },
      { credentials: `[default]\n${process}`, config: `[default]\n${process}` },
    ],
    [
      "the one with the name's own spaces",
      { credentials: `[acct  Dev]\n${process}\n[acct Dev]\noutput = json\n` },
      spaced,
      { credentials: `\n[acct Dev]\noutput = json\n${process}` },
    ],
    [
      "keys in place of a process line, which would override them",
      { credentials: `[acct Dev]\n${process}` },
      keysFor("acct Dev"),
      { credentials: `[acct Dev]\n${written}` },
    ],
    [
      "keys in place of the same call by hand",
      { credentials: `[acct Dev]\n${call("awst credential-process acct Dev")}` },
      keysFor("acct Dev"),
      { credentials: `[acct Dev]\n${written}` },
    ],
    [
      "one in the credentials file, next to one as wanted",
      { credentials: `[acct/Dev]\n${stale}`, config: `[profile acct/Dev]\n${process}` },
      free,
      { credentials: `[acct/Dev]\n${process}`, config: `[profile acct/Dev]\n${process}` },
    ],
    [
      "none, and a region that awstools left is removed",
      { credentials: `[acct Dev]\n${process}`, config: "[profile acct Dev]\nregion = a\n" },
      spaced,
      { credentials: `[acct Dev]\n${process}`, config: "" },
    ],
    [
      "keys; the region of a name without a space stays in the config file",
      { config: "[profile acct/Dev]\nregion = a\n" },
      keysFor("acct/Dev"),
      { credentials: `[acct/Dev]\n${written}`, config: "[profile acct/Dev]\nregion = a\n" },
    ],
    [
      "a line that calls another program by hand",
      { config: `[profile acct/Dev]\n${call('"" awst credential-process acct Dev')}` },
      free,
      { credentials: `[acct/Dev]\n${process}`, config: `[profile acct/Dev]\n${process}` },
    ],
  ])("%s", (_case, before, wanted, after) => {
    const planned = plan(before, [wanted]);
    expect(planned.texts).toEqual({ ...none, ...after });
    expect(planned.written).toEqual([wanted.name]);
  });

  test("a section that two names find is removed once", () => {
    const texts = { config: "[z]\nk = v\n\n[profile 'a b']\nregion = a\n\n[y]\nk = v\n" };
    const wanted = ["a b", "'a b'"].map((name) => ({ ...spaced, name }));
    expect(plan(texts, wanted).texts.config).toBe("[z]\nk = v\n\n[y]\nk = v\n");
  });
});

describe("another configuration's section", () => {
  const theirs = call("/bin/awst credential-process --config /other acct Dev");
  const otherOwner = (content: SectionContent) =>
    content.kind === "process" && content.line.includes("--config /other") ? "/other" : undefined;

  test("is a conflict with the path of its owner", () => {
    const credentials = `[acct Dev]\n${theirs}`;
    const { conflicts, texts } = plan({ credentials }, [spaced], { otherOwner });
    expect(conflicts).toEqual([
      {
        name: "acct Dev",
        file: "credentials",
        why: "it belongs to the configuration /other",
        owner: "/other",
      },
    ]);
    expect(texts.credentials).toBe(credentials);
  });

  test("is neither removed nor repaired", () => {
    const credentials = `[other Role]\n${theirs}`;
    for (const rules of [{ shouldRemove: () => true }, { repair: () => line }]) {
      const planned = plan({ credentials }, [], { ...rules, otherOwner });
      expect(planned.texts.credentials).toBe(credentials);
      expect([planned.removed, planned.repaired]).toEqual([[], []]);
    }
  });
});

describe("a profile that is not wanted", () => {
  const all = { shouldRemove: () => true };

  test("is removed; one that is wanted and up to date stays", () => {
    const credentials = `[acct Dev]\n${process}\n[old Role]\n${process}`;
    const { texts, removed } = plan({ credentials }, [spaced], all);
    expect(texts.credentials).toBe(`[acct Dev]\n${process}`);
    expect(removed).toEqual(["old Role"]);
  });

  test("stays where one of its names is wanted, also if that has a conflict", () => {
    const texts = {
      credentials: `[acct  Dev]\n${process}`,
      config: "[profile acct Dev]\nrole_arn = x\n",
    };
    const planned = plan(texts, [spaced], all);
    expect([planned.texts, planned.removed]).toEqual([texts, []]);
    expect(planned.conflicts).toHaveLength(1);
  });

  test.each<[string, string, Record<string, string>, string]>([
    ["without a region", `credential_process = ${line}\n`, { "acct Dev": region }, ""],
    ["with awst's region", process, { "acct Dev": region }, ""],
    ["with a region that awst did not write", process, { "acct Dev": "a" }, `region = ${region}\n`],
    ["and whose region is not known", process, {}, ""],
  ])("%s", (_case, lines, writtenRegions, left) => {
    // Two names find this section, and awst wrote the second.
    const rules = { ...all, writtenRegions: new Map(Object.entries(writtenRegions)) };
    const planned = plan({ credentials: `[acct  Dev]\n${lines}` }, [], rules);
    expect(planned.texts.credentials).toBe(left === "" ? "" : `[acct  Dev]\n${left}`);
  });
});

test("the user's region is found, although another section has none", () => {
  const texts = {
    credentials: `[acct/Dev]\ncredential_process = ${line}\n`,
    config: `[profile acct/Dev]\ncredential_process = ${line}\nregion = us-west-2\n`,
  };
  const { userRegions } = plan(texts, [free], { writtenRegions: new Map([["acct/Dev", region]]) });
  expect(userRegions).toEqual([{ name: "acct/Dev", region: "us-west-2", configured: region }]);
});

describe("a file that can't be changed", () => {
  const readOnly = "cannot write: read-only";
  const config = { config: readOnly };
  const credentials = { credentials: readOnly };
  const own = (id: string) => id === "ASIAOWN" || id === "ASIANEW";
  type Case = readonly [
    string,
    Partial<AwsFileTexts>,
    WantedProfile,
    PlanRules,
    { readonly works: boolean; readonly missing: number; readonly written: boolean },
  ];
  test.each<Case>([
    [
      "credentials, with settings alone: the config file's section is found",
      { credentials: "[acct/Dev]\noutput = json\n" },
      free,
      { problems: credentials },
      { works: true, missing: 1, written: true },
    ],
    [
      "credentials, empty: the config file's section counts as it will be",
      { config: `[profile acct/Dev]\n${call("awst credential-process acct Admin")}` },
      free,
      { problems: credentials },
      { works: true, missing: 1, written: true },
    ],
    [
      "credentials, with keys of awst's: they win over the config file",
      { credentials: `[acct/Dev]\n${keyLines("ASIAOWN")}output = json\n` },
      free,
      { problems: credentials, isAwstKey: own },
      { works: false, missing: 1, written: false },
    ],
    [
      "both, with another path of awst in the credentials file",
      { credentials: `[acct/Dev]\n${call("/opt/awst credential-process acct Dev")}` },
      free,
      { problems: { ...config, ...credentials } },
      { works: true, missing: 1, written: false },
    ],
    [
      "credentials, with the keys as wanted",
      { credentials: `[acct Dev]\n${written}` },
      keysFor("acct Dev"),
      { problems: credentials, isAwstKey: own },
      { works: true, missing: 0, written: false },
    ],
    [
      "credentials, with other keys",
      { credentials: `[acct Dev]\n${keyLines("ASIAOWN")}` },
      keysFor("acct Dev"),
      { problems: credentials, isAwstKey: own },
      { works: false, missing: 1, written: false },
    ],
    [
      "config, with a region that awstools left",
      { config: "[profile acct Dev]\nregion = a\n", credentials: `[acct Dev]\n${process}` },
      spaced,
      { problems: config },
      { works: true, missing: 0, written: false },
    ],
  ])("%s", (_case, texts, wanted, rules, expected) => {
    const planned = plan(texts, [wanted], rules);
    expect({
      works: planned.upToDate.length === 1,
      missing: planned.missing.length,
      written: planned.written.length === 1,
    }).toEqual(expected);
    for (const file of ["config", "credentials"] as const) {
      if (rules.problems?.[file] !== undefined) expect(planned.texts[file]).toBe(texts[file]);
    }
  });
});

describe("removing temporary keys", () => {
  const texts = {
    ...none,
    credentials: `[a]\n${keyLines("ASIA1")}\n[b]\n${keyLines("ASIA2")}output = json\n\n[c]\n${process}`,
    config: `[profile 'd e']\n${keyLines("ASIA1")}`,
  };
  const without = `\n[b]\n${keyLines("ASIA2")}output = json\n\n[c]\n${process}`;

  test.each<[readonly string[], readonly string[], Partial<AwsFileTexts>]>([
    [["ASIA1"], ["a", "d e"], { credentials: without, config: "" }],
    [["ASIA2"], ["b"], { credentials: texts.credentials.replace(keyLines("ASIA2"), "") }],
    [["ASIA9"], [], {}],
    [[], [], {}],
  ])("with the ids %j: %j", (ids, removed, changed) => {
    expect(removeKeysOf({ ...texts, notUtf8: ["config"] }, new Set(ids))).toEqual({
      texts: { ...texts, notUtf8: ["config"], ...changed },
      removed,
      conflicts: [],
    });
  });

  test("by name: neither a process line, nor a section twice", () => {
    const own = () => true;
    expect(removeKeyProfiles(texts, ["c"], own)).toEqual({ texts, removed: [], conflicts: [] });
    const found = removeKeyProfiles(texts, ["a", "a", "c"], own);
    expect(found.removed).toEqual(["a"]);
    expect(found.texts.credentials).toBe(without);
  });
});

test("planRules() know awst's own keys", () => {
  const { isAwstKey } = planRules(["ASIA1", undefined], ["awst"], () => false);
  expect(["ASIA1", "ASIA2"].map(isAwstKey)).toEqual([true, false]);
});

test.each<[string, string, readonly string[], boolean]>([
  ["acct Dev", "acct Dev", [], true],
  ["acct/Dev", "acct Dev", [], true],
  ["mine", "acct Dev", [], false],
  ["mine", "acct Dev", ["mine"], true],
  ["acct Dev@1a2b3c", "--single acct Dev", [], true],
  ["mine", "--single acct Dev", ["mine"], false],
  ["acct Dev", "--single acct Dev", [], false],
  ["acct", "acct", ["acct"], false],
  ["acct", "--identity x", ["acct"], false],
])(
  "isNamedByAwst(%s), calling awst with %s, written before: %j: %s",
  (name, args, before, expected) => {
    const found = readProcessLine(`awst credential-process ${args}`);
    if (found === undefined) throw new Error(`no call: ${args}`);
    expect(isNamedByAwst({ name, call: found }, new Set(before))).toBe(expected);
  },
);

test.each([
  ["acct Dev@1a2b3c", "1a2b3c"],
  ["acct Dev@1a2b3c4", undefined],
  ["acct Dev@1a2b3", undefined],
  ["acct Dev@zzzzzz", undefined],
  ["acct Dev@1a2b3c x", undefined],
  ["acct Dev", undefined],
])("scopeInName(%s): %s", (name, scope) => {
  expect(scopeInName(name)).toBe(scope);
});
