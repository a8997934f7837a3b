import { describe, expect, test } from "vitest";
import { clockAt } from "../clock.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";
import { writtenRegionsFile } from "./written-regions.ts";

const line = "/bin/awst credential-process main Dev";
const wanted = (name: string): WantedProfile => ({
  name,
  region: "eu-west-1",
  kind: "process",
  line,
});
const section = (header: string, region: string) =>
  `[${header}]\ncredential_process = ${line}\nregion = ${region}\n`;
const both = (region: string) => ({
  config: section("profile main/Dev", region),
  credentials: section("main/Dev", region),
});

describe("a region that the user set in a profile stays, and awst's own follows the configuration", () => {
  test.each<
    [name: string, texts: Texts, written: Record<string, string>, expected: string, name?: string]
  >([
    ["what awst wrote", both("eu-north-1"), { "main/Dev": "eu-north-1" }, "eu-west-1"],
    ["what is configured", both("eu-west-1"), {}, "eu-west-1"],
    ["another one", both("us-west-2"), { "main/Dev": "eu-west-1" }, "us-west-2"],
    ["another one, without awst's state", both("us-west-2"), {}, "us-west-2"],
    [
      "in one of two files",
      { ...both("eu-west-1"), config: section("profile main/Dev", "us-west-2") },
      { "main/Dev": "eu-west-1" },
      "us-west-2",
    ],
    [
      "in a section that only has a region, as `aws configure set region` writes it",
      {
        config: "[profile 'main Dev']\nregion = us-west-2\n",
        credentials: section("main Dev", "eu-west-1"),
      },
      { "main Dev": "eu-west-1" },
      "us-west-2",
      "main Dev",
    ],
    [
      "in a section of awstools, with the configured region",
      { config: "[profile 'main Dev']\nregion = eu-west-1\n", credentials: "" },
      {},
      "eu-west-1",
      "main Dev",
    ],
    [
      "an empty one",
      { ...both("eu-west-1"), config: "[profile main/Dev]\nregion =\n" },
      {},
      "eu-west-1",
    ],
    [
      "in a section without credentials",
      { config: "[profile main/Dev]\noutput = json\nregion = us-west-2\n", credentials: "" },
      {},
      "us-west-2",
    ],
    ["changed twice", both("us-west-2"), { "main/Dev": "us-west-2" }, "eu-west-1"],
  ])("%s", (_, texts, byName, expected, name = "main/Dev") => {
    const writtenRegions = new Map(Object.entries(byName));
    const plan = planProfiles(texts, [wanted(name)], { writtenRegions });
    const regions = [
      ...`${plan.texts.config}${plan.texts.credentials}`.matchAll(/^region = (.*)$/gm),
    ];
    expect([...new Set(regions.map(([, region]) => region))]).toEqual([expected]);
    const stays =
      expected === "eu-west-1" ? [] : [{ name, region: expected, configured: "eu-west-1" }];
    expect(plan.userRegions).toEqual(stays);
    // Planning again changes nothing.
    expect(planProfiles(plan.texts, [wanted(name)], { writtenRegions }).written).toEqual([]);
  });

  test("--region replaces it", () => {
    const plan = planProfiles(both("us-west-2"), [wanted("main/Dev")]);
    expect(plan.texts).toEqual(both("eu-west-1"));
  });

  test("removing the profile leaves the user's region", () => {
    const rules = {
      shouldRemove: () => true,
      writtenRegions: new Map([["main/Dev", "eu-west-1"]]),
    };
    const { texts } = planProfiles(both("us-west-2"), [], rules);
    expect(texts.config).toBe("[profile main/Dev]\nregion = us-west-2\n");
    expect(planProfiles(both("eu-west-1"), [], rules).texts).toEqual({
      config: "",
      credentials: "",
    });
  });

  const decode = (stored: unknown) =>
    Object.fromEntries(writtenRegionsFile.decode(stored, () => clockAt(new Date(0), 0)));
  const encode = (regions: Readonly<Record<string, string>>) =>
    writtenRegionsFile.encode?.(new Map(Object.entries(regions)));

  test("the state file reads back what it wrote, and ignores damage", () => {
    const regions = { "main/Dev": "eu-west-1", "a b": "us-east-1", version: "eu-west-1" };
    const encoded = Object(encode(regions));
    expect(decode(encoded)).toEqual(regions);
    // The version of the file is stored beside it.
    expect(encoded).not.toHaveProperty("version");
    expect(decode({ byRegion: { "eu-west-1": ["a", 1], "us-east-1": "b" } })).toEqual({
      a: "eu-west-1",
    });
    expect(decode({ byRegion: null })).toEqual({});
  });

  test("the state file has the last 100,000 entries, whatever their age", () => {
    const many = Array.from({ length: 100_002 }, (_, at) => [`name ${at}`, at % 2 ? "a-1" : "b-1"]);
    const stored = decode(encode(Object.fromEntries(many)));
    expect(Object.keys(stored)).toHaveLength(100_000);
    expect(stored).toEqual(Object.fromEntries(many.slice(2)));
    // What was read comes by region: the oldest entry is not the first one.
    expect(Object.keys(stored).slice(0, 2)).toEqual(["name 2", "name 4"]);
    const next = decode(encode({ ...stored, new: "a-1" }));
    expect(Object.keys(next)).toHaveLength(100_000);
    expect(next).toMatchObject({ new: "a-1", "name 3": "a-1" });
    expect(next).not.toHaveProperty("name 2");
  });

  test("the state file of an earlier version has the region of each name", () => {
    expect(decode({ a: 1, b: "eu-west-1" })).toEqual({ b: "eu-west-1" });
    // A profile of this name.
    expect(decode({ byRegion: "eu-west-1" })).toEqual({ byRegion: "eu-west-1" });
    expect(decode(undefined)).toEqual({});
  });
});

interface Texts {
  readonly config: string;
  readonly credentials: string;
}
