import { describe, expect, test } from "vitest";
import { Secret } from "../secret.ts";
import { type PlanRules, planRules } from "./plan-rules.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";
import type { AwsFileTexts, FileProblems } from "./profile-sections.ts";

const start = ["/bin/awst"];
const line = "/bin/awst credential-process acct Dev";
const region = "xx-test-9";
const spaced: WantedProfile = { name: "acct Dev", region, kind: "process", line };
const free: WantedProfile = { name: "acct/Dev", region, kind: "process", line };
const section = `credential_process = ${line}\nregion = ${region}\n`;
const config: FileProblems = { config: "cannot write config: read-only" };
const credentials: FileProblems = { credentials: "cannot write credentials: read-only" };
const noTexts: AwsFileTexts = { config: undefined, credentials: undefined };

function rulesWith(problems: FileProblems): PlanRules {
  return { ...planRules([], start, (path) => path.startsWith("/gone")), problems };
}

/** Of a plan: which names work, which don't, and which file lacks which section. */
function planWith(
  texts: Partial<AwsFileTexts>,
  problems: FileProblems,
  wanted: readonly WantedProfile[] = [spaced, free],
) {
  const before = { ...noTexts, ...texts };
  const {
    texts: after,
    upToDate,
    unwritable,
    missing,
  } = planProfiles(before, wanted, rulesWith(problems));
  for (const file of ["config", "credentials"] as const) {
    if (problems[file] !== undefined) expect(after[file]).toBe(before[file]);
  }
  return {
    works: upToDate,
    fails: unwritable.map(({ name }) => name),
    missing: missing.map(({ file, name }) => `${file} ${name}`),
  };
}

const declared = (line: string, more = "") =>
  `[profile acct/Dev]\ncredential_process=${line}\nregion=${region}\noutput=json\n${more}`;

describe("a file that can't be changed", () => {
  test.each<[string, Partial<AwsFileTexts>, FileProblems, readonly string[], readonly string[]]>([
    ["config, empty", {}, config, ["acct Dev", "acct/Dev"], ["config acct/Dev"]],
    [
      "credentials, empty: the config file's section is found",
      {},
      credentials,
      ["acct/Dev"],
      ["credentials acct Dev", "credentials acct/Dev"],
    ],
    [
      "both, empty",
      {},
      { ...config, ...credentials },
      [],
      ["credentials acct Dev", "config acct/Dev", "credentials acct/Dev"],
    ],
    [
      "config has it as wanted",
      { config: `[profile acct/Dev]\n${section}` },
      config,
      ["acct Dev", "acct/Dev"],
      [],
    ],
    [
      "config has it in other words",
      { config: declared("awst credential-process acct Dev") },
      config,
      ["acct Dev", "acct/Dev"],
      [],
    ],
    [
      "config calls another path of awst",
      { config: declared("/opt/awst credential-process acct Dev") },
      config,
      ["acct Dev", "acct/Dev"],
      [],
    ],
    [
      "config calls a program that is gone",
      { config: declared("/gone/awst credential-process acct Dev") },
      config,
      ["acct Dev", "acct/Dev"],
      ["config acct/Dev"],
    ],
    [
      "config has another role",
      { config: declared("awst credential-process acct Admin") },
      config,
      ["acct Dev", "acct/Dev"],
      ["config acct/Dev"],
    ],
    [
      "config has another region",
      { config: declared("awst credential-process acct Dev").replace(region, "other") },
      config,
      ["acct Dev", "acct/Dev"],
      ["config acct/Dev"],
    ],
    [
      "credentials call another role: they win over the config file's section",
      { credentials: "[acct/Dev]\ncredential_process = awst credential-process acct Admin\n" },
      credentials,
      [],
      ["credentials acct Dev", "credentials acct/Dev"],
    ],
    [
      "credentials hold the leftover keys of awstools",
      {
        credentials:
          "[acct Dev]\naws_access_key_id = ASIA1\naws_secret_access_key = s\naws_session_token = t\n",
      },
      credentials,
      ["acct/Dev"],
      ["credentials acct Dev", "credentials acct/Dev"],
    ],
  ])("%s", (_, texts, problems, works, missing) => {
    const found = planWith(texts, problems);
    expect(found.works).toEqual(works);
    expect(found.missing).toEqual(missing);
    expect([...found.works, ...found.fails].sort()).toEqual(["acct Dev", "acct/Dev"]);
  });

  test("the lines to write by hand are the section; keys are never shown", () => {
    const { missing } = planProfiles(noTexts, [free], rulesWith(config));
    expect(missing.map(({ lines }) => lines)).toEqual([
      ["[profile acct/Dev]", `credential_process = ${line}`, `region = ${region}`],
    ]);
    const keys = {
      accessKeyId: "ASIA1",
      secretAccessKey: new Secret("s"),
      sessionToken: new Secret("t"),
      expiresAt: new Date(0),
    };
    const wanted: WantedProfile = { name: "acct Dev", region, kind: "keys", keys };
    expect(planProfiles(noTexts, [wanted], rulesWith(credentials)).missing).toMatchObject([
      { name: "acct Dev", lines: [] },
    ]);
  });
});

describe("a section that was declared by hand, in a file that can be changed", () => {
  test.each([
    ["the same call by name", "awst credential-process acct Dev", true],
    ["options in another order", "awst credential-process acct Dev --identity x", false],
    ["another role", "awst credential-process acct Admin", false],
    ["a path", "/opt/awst credential-process acct Dev", false],
  ])("%s", (_, byHand, isAccepted) => {
    const before = { ...noTexts, config: declared(byHand) };
    const { texts } = planProfiles(before, [free], rulesWith({}));
    expect(texts.config === before.config).toBe(isAccepted);
  });
});
