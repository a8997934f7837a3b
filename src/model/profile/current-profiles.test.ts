// A profile that is what awst writes, byte for byte, is not read. The plan must be the one that reading it gives.

import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { classifySection, openProfileEdits } from "./aws-profiles.ts";
import { type IniSection, parseIni } from "./ini-document.ts";
import { bodyText } from "./ini-edits.ts";
import { type PlanRules, planRules } from "./plan-rules.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";

const reading = vi.hoisted(() => ({ isWhole: false }));
vi.mock("./aws-profiles.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("./aws-profiles.ts")>();
  return {
    ...original,
    openProfileEdits: (...args: Parameters<typeof openProfileEdits>) => {
      const edits = original.openProfileEdits(...args);
      return reading.isWhole ? { ...edits, confirm: () => false } : edits;
    },
  };
});

const line = "/bin/awst credential-process acct Dev";
const others = ["/gone/awst credential-process acct Dev", "/bin/awst credential-process a b", "x"];
const foreign = "/bin/awst credential-process --config /other.toml acct Dev";
const body = `credential_process = ${line}\nregion = r\n`;
const headers = [
  ...["acct Dev", "acct/Dev", "profile acct/Dev", "profile acct Dev", "default", "profile x"],
];
const lines = fc.constantFrom(line, line, line, foreign, "x", `${line} `);
const regions = fc.constantFrom("r", "r", "r ", "s");
const sectionOf = (header: string) =>
  fc
    .tuple(lines, regions)
    .map(([each, region]) => `[${header}]\ncredential_process = ${each}\nregion = ${region}\n\n`);
const part = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...headers).chain(sectionOf) },
  fc.constantFrom(...headers).map((header) => `[${header}]\r\n${body.replaceAll("\n", "\r\n")}`),
  fc.constantFrom(...headers, "acct  Dev").map((header) => `[${header}]\n`),
  fc
    .constantFrom(line, foreign, ...others)
    .map((each) => `credential_process = ${each}\nregion = r\n`),
  fc.constantFrom(body, "# mine\n", "region = mine\n", "output = json\n", "  nested = 1\n", "\n"),
  fc.constantFrom("CREDENTIAL_PROCESS = x\n", "role_arn = a\n", "aws_access_key_id = ASIA1\n", "x"),
);
const file = fc.option(
  fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
  { nil: undefined },
);
const wanted = fc.subarray(["acct Dev", "acct/Dev", "default", "profile x"]).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.record({
        name: fc.constant(name),
        kind: fc.constant("process" as const),
        region: regions,
        line: lines,
      }),
    ),
  ),
);
const rules = fc.record({
  problems: fc.constantFrom({}, {}, { config: "read-only" }, { credentials: "read-only" }),
  otherOwner: fc.constantFrom<PlanRules["otherOwner"]>(undefined, (content) =>
    content.kind === "process" && content.line.includes("/other.toml") ? "/other.toml" : undefined,
  ),
  shouldRemove: fc.constantFrom(undefined, () => true),
  writtenRegions: fc.constantFrom(
    undefined,
    new Map<string, string>(),
    new Map([
      ["acct/Dev", "r"],
      ["acct Dev", "s"],
    ]),
  ),
});

describe("planProfiles", () => {
  test("plans the same, whether or not it reads profiles that are as awst writes them", () => {
    fc.assert(
      fc.property(file, file, wanted, rules, (config, credentials, all, more) => {
        const own = planRules([], ["/bin/awst"], (path) => path.startsWith("/gone"));
        const plan = (isWhole: boolean) => {
          reading.isWhole = isWhole;
          const profiles: readonly WantedProfile[] = all;
          return planProfiles({ config, credentials }, profiles, { ...own, ...more });
        };
        expect(plan(false)).toEqual(plan(true));
      }),
      { numRuns: 5000 },
    );
  });

  test.each<[string, string, string, boolean]>([
    ["as awst writes it", body, body, true],
    ["an empty line more", `${body}\n\n`, body, true],
    ["a comment below", `${body}# mine\n`, body, false],
    ["a key more", `${body}output = json\n`, body, false],
    ["a nested line", `${body}  a = b\n`, body, false],
    ["no spaces around =", body.replaceAll(" = ", "="), body, false],
    ["another region", body.replace("= r", "= s"), body, false],
    ["another line", body.replace("Dev", "Ops"), body, false],
    ["the settings in another order", `region = r\n${body.split("\n")[0]}\n`, body, false],
    ["no line end", body.trimEnd(), body, false],
    ["one section only", body, "", false],
    ["the section twice", body, `${body}\n[acct/Dev]\n${body}`, false],
  ])("confirm: %s", (_, config, credentials, expected) => {
    reading.isWhole = false;
    const edits = openProfileEdits({
      config: `[profile acct/Dev]\n${config}`,
      credentials: credentials && `[acct/Dev]\n${credentials}`,
    });
    const sections = [
      { file: "config", header: "profile acct/Dev" },
      { file: "credentials", header: "acct/Dev" },
    ] as const;
    const pairs = [
      ["credential_process", line],
      ["region", "r"],
    ] as const;
    expect(edits.confirm("acct/Dev", sections, (end) => bodyText(pairs, end))).toBe(expected);
    expect(edits.all().map(edits.isEdited)).toEqual(edits.all().map(() => expected));
  });
});

describe("classifySection", () => {
  test("a section with a process line and a region alone is classified like one that is read", () => {
    const parts = fc.constantFrom(line, ...others, foreign, "credential_process = ", "region = ");
    const more = fc.constantFrom(" ", "\n", "\r\n", "\r", "\u2028", "r", "  ", "# c", "=", '"');
    const text = fc.array(fc.oneof(parts, more), { maxLength: 8 }).map((each) => each.join(""));
    const usual = fc
      .tuple(text, text)
      .map(([a, b]) => `credential_process = ${a}\nregion = ${b}\n`);
    fc.assert(
      fc.property(fc.oneof(usual, text), (each) => {
        const [section] = parseIni(`[p]\n${each}`).sections as [IniSection];
        const { header, entries, hasComments } = section;
        // A line more, which decides nothing, and the section is read key by key.
        const read: IniSection = {
          ...section,
          header,
          entries,
          hasComments,
          body: `${section.body}\n#`,
        };
        expect(classifySection(section, () => false)).toEqual(classifySection(read, () => false));
      }),
      { numRuns: 5000 },
    );
  });
});
