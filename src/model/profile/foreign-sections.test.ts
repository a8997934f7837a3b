// What an edit of AWS's files does to sections that awst does not own: nothing, for every way to read indented lines.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePlainly } from "../../../test/support/plain-ini.ts";
import { parseIni } from "./ini-document.ts";
import { removeKeyProfiles, removeKeysOf } from "./key-profiles.ts";
import { replaceKeyByProcess } from "./long-term-keys.ts";
import type { PlanRules } from "./plan-rules.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";
import { planTakeOver } from "./take-over-plan.ts";

const line = "/bin/awst credential-process acct Dev";
const region = "eu-west-1";
const dev: WantedProfile = { name: "acct Dev", kind: "process", line, region };
const slash: WantedProfile = { ...dev, name: "acct/Dev" };
const remove: PlanRules = { shouldRemove: () => true };
const repair: PlanRules = { repair: () => "/new/awst credential-process acct Dev" };

interface BothFiles {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
}

const ids = new Set(["ASIAOWN"]);

/** Everything that changes AWS's files. */
const changes: readonly ((texts: BothFiles) => BothFiles)[] = [
  (texts) => removeKeysOf(texts, ids).texts,
  (texts) => removeKeyProfiles(texts, ["acct Dev", "acct/Dev"], (id) => ids.has(id)).texts,
  (texts) => replaceKeyByProcess(texts, "acct Key", line, "acct Dev").texts,
  (texts) => planProfiles(texts, [dev]).texts,
  (texts) => planProfiles(texts, [dev, slash]).texts,
  (texts) => planProfiles(texts, [slash], remove).texts,
  (texts) => planProfiles(texts, [], remove).texts,
  (texts) =>
    planProfiles(texts, [], { ...remove, writtenRegions: new Map([["acct Dev", region]]) }).texts,
  (texts) => planProfiles(texts, [], repair).texts,
  (texts) => planTakeOver(texts, [dev, slash]).texts,
  (texts) => planProfiles(planTakeOver(texts, [dev, slash]).texts, [], remove).texts,
];

type SettingTexts = readonly string[];
type Read = (
  text: string,
) => readonly { readonly header: string; readonly settings: SettingTexts }[];

const settingsOf = (entries: ReturnType<typeof parseIni>["sections"][number]["entries"]) =>
  entries.map(({ key, value, nested }) => [key, value, ...nested].join("|"));

/** Python's way: a deeper line belongs to the key above it. Twice, and the way of JavaScript and Go: a header always is one. */
const readers: Readonly<Record<string, Read>> = {
  plain: (text) =>
    parsePlainly(text).sections.map(({ header, entries }) => {
      return { header, settings: settingsOf(entries) };
    }),
  lazy: (text) =>
    parseIni(text).sections.map(({ header, entries }) => {
      return { header, settings: settingsOf(entries) };
    }),
  trimming: (text) => {
    const sections: { header: string; settings: string[] }[] = [];
    for (const each of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
      const trimmed = each.replace(/(^|\s)[;#].*/, "").trim();
      const header = /^\[(.+)\]$/.exec(trimmed)?.[1];
      if (header !== undefined) sections.push({ header, settings: [] });
      else if (/^[^#;=]+=/.test(trimmed)) sections.at(-1)?.settings.push(trimmed);
    }
    return sections;
  },
};

/** The sections of a file without those that awst may change. */
function foreignIn(text: string | undefined, own: ReadonlySet<string>): unknown {
  return Object.entries(readers).map(([name, read]) => {
    return [name, read(text ?? "").filter(({ header }) => !own.has(header))];
  });
}

function ownIn(text: string | undefined): ReadonlySet<string> {
  const all = Object.values(readers).flatMap((read) => read(text ?? ""));
  const isOwn = ({ header, settings }: (typeof all)[number]) =>
    header.includes("acct") ||
    settings.some((each) => /awst credential-process|ASIAOWN/.test(each));
  return new Set([...all.filter(isOwn).map(({ header }) => header), "acct Dev", "acct/Dev"]);
}

function expectForeignSectionsStay(texts: BothFiles): void {
  for (const change of changes) {
    const after = change(texts);
    for (const file of ["config", "credentials"] as const) {
      const own = new Set([
        ...ownIn(texts.config),
        ...ownIn(texts.credentials),
        "profile acct/Dev",
      ]);
      expect(foreignIn(after[file], own)).toEqual(foreignIn(texts[file], own));
      const mark = texts[file]?.startsWith("\uFEFF") ?? false;
      expect(after[file]?.startsWith("\uFEFF") ?? false).toBe(mark);
    }
  }
}

const other =
  "  [other]\n  aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n  aws_secret_access_key = s\n";
const owned = `  credential_process = ${line}\n  region = ${region}\n`;
const x = "[x]\noutput = json\n";

/** For Go and JavaScript, the region belongs to `[other]`. */
const withHeaderInside = (header: string) =>
  `[${header}]\ncredential_process = ${line}\ns3 =\n  [other]\n  k = v\nregion = ${region}\n`;

const cases: readonly [string, credentials: string, indented: number | undefined][] = [
  ["below an empty section", `[acct Dev]\n${other}`, 2],
  ["below an empty section, with a tab", `[acct Dev]\n\t[other]\n\tk = v\n`, 2],
  ["below an empty line and a comment", `[acct Dev]\n\n  # mine\n# more\n${other}`, 5],
  ["with Windows line ends", `[acct Dev]\n${other}`.replaceAll("\n", "\r\n"), 2],
  ["with a byte order mark", `\uFEFF[acct Dev]\n${other}`, 2],
  ["below indented settings", `[acct Dev]\n  output = json\n${other}`, 3],
  ["below an indented process line", `[acct Dev]\n${owned}${other}`, 4],
  ["below an indented section", `  [acct Dev]\n  region = a\n${other}`, 3],
  ["a line that is no header", "[acct Dev]\n  not a setting\n[other]\nk = v\n", 2],
  ["a space without a break", "[acct Dev]\n\u00a0[other]\n\u00a0k = v\n", 2],
  ["without a last line end", "[acct Dev]\n  [other]", 2],
  ["a header that Python reads as part of a value", "[acct Dev]\ns3 =\n  [o]\n  k = v\n", 3],
  ["a region below a header", withHeaderInside("acct Dev"), 4],
  ["all settings below a header", `[acct Dev]\ns3 =\n\t[other]\n${owned.replaceAll("  ", "")}`, 3],
  ["a value in several lines", "[acct Dev]\ns3 =\n  k = v\n[other]\nk = v\n", undefined],
  ["below a comment alone", "[acct Dev]\n  # mine\n[other]\nk = v\n", undefined],
  ["of another section", `[y]\n${other}[acct Dev]\noutput = json\n`, undefined],
  ["between others", `${x}[acct Dev]\n${owned}${other}`, 6],
];

describe("an indented line below a section of awst", () => {
  test.each(cases)("%s", (_, credentials, indented) => {
    const texts = { config: undefined, credentials };
    expectForeignSectionsStay(texts);
    const plan = planProfiles(texts, [dev]);
    if (indented === undefined) {
      expect(plan).toMatchObject({ conflicts: [], upToDate: ["acct Dev"] });
      return;
    }
    expect(plan).toMatchObject({ upToDate: [], written: [], texts });
    const why = expect.stringMatching(new RegExp(`^line ${indented} is indented, .*remove the`));
    const conflict = { name: "acct Dev", file: "credentials", why, line: indented };
    expect(plan.conflicts).toEqual([conflict]);
  });

  test("is no conflict where the section stays as it is", () => {
    const byHand = owned.replace("/bin/awst", "awst");
    const texts = { config: undefined, credentials: `[acct Dev]\n${byHand}${other}` };
    expect(planProfiles(texts, [dev])).toMatchObject({
      conflicts: [],
      upToDate: ["acct Dev"],
      texts,
    });
  });

  test("keeps the header of a section that is removed", () => {
    const credentials = `${x}[acct Dev]\n${owned}${other}`;
    const plan = planProfiles({ config: undefined, credentials }, [], remove);
    expect(plan.removed).toEqual(["acct Dev"]);
    expect(plan.texts.credentials).toBe(`${x}[acct Dev]\n${other}`);
    expect(planProfiles(plan.texts, [], remove)).toMatchObject({ removed: [], texts: plan.texts });
  });

  test.each([
    ["that is not written in this file", "config", "profile acct Dev", dev],
    ["with quotes", "config", 'profile "acct Dev"', dev],
    ["with two spaces", "config", "profile  acct/Dev", slash],
    ["with a tab", "config", "profile\tacct/Dev", slash],
    ["with spaces inside the brackets", "credentials", " acct/Dev ", slash],
  ] as const)("stays in a section that the profile leaves: %s", (_, file, header, wanted) => {
    const texts = { config: undefined, credentials: undefined, [file]: withHeaderInside(header) };
    expectForeignSectionsStay(texts);
    const plan = planProfiles(texts, [wanted]);
    expect(plan.upToDate).toEqual([wanted.name]);
    expect(plan.conflicts).toMatchObject([{ name: wanted.name, file, line: 4 }]);
    expect(plan.texts[file]?.startsWith(texts[file] ?? "-")).toBe(true);
  });

  test.each([
    ["below its role", "role_arn = a\n  [other]\n  k = v\n", /^line 3 is indented/],
    ["below indented settings", "  role_arn = a\n  [other]\n  k = v\n", /^line 3 is indented/],
  ])("is never taken over: %s", (_, body, why) => {
    const texts = { config: `[profile acct/Dev]\n${body}`, credentials: undefined };
    const plan = planTakeOver(texts, [slash, { ...dev, name: "acct/Ops" }]);
    expect(plan.takenOver).toEqual([]);
    expect(plan.skipped).toEqual([{ name: "acct/Dev", why: expect.stringMatching(why) }]);
    expect(plan.texts.config?.startsWith(texts.config)).toBe(true);
  });
});

const ownKeys = "aws_access_key_id = ASIAOWN\naws_secret_access_key = s\naws_session_token = t";
const longTermKey = "aws_access_key_id = AKIAOTHER\naws_secret_access_key = s";
const indent = (lines: string) => lines.replace(/^/gm, "  ");

test("no change of AWS's files changes a section of another source, on random files", () => {
  const parts = [
    ...["[acct Dev]", "[acct/Dev]", "[profile acct/Dev]", "  [acct Dev]", "\t[profile acct/Dev]"],
    ...["[x]", "[profile y]", "  [other]", "    [deep]", "\t[profile tab]", "[default]"],
    ...[`credential_process = ${line}`, `  credential_process = ${line}`, `region = ${region}`],
    ...[
      "  region = a",
      "output = json",
      "  k = v",
      "    n = w",
      "# c",
      "  # c",
      "",
      "role_arn = a",
    ],
    ...[
      "  role_arn = b",
      "sso_session = s",
      "s3 =",
      "[acct Dev]\n# replaced by awst: role_arn = c",
    ],
    ...["\u001c[other]", "\u0085k = v", "[acct Dev]\u001f", "[acct Dev] x", "\u0085[acct Dev]"],
    ...["\u001d", "\uFEFF[other]", "\uFEFFregion = a", "region\u001e = a", "\u0085region = a"],
    ...["[acct Key]", "aws_access_key_id = AKIAOTHER", "  aws_access_key_id = AKIAOTHER"],
    ...["aws_secret_access_key = s", "  aws_secret_access_key = s", "aws_session_token = t"],
    ...[
      ownKeys,
      `[acct Dev]\n${ownKeys}`,
      indent(ownKeys),
      `[acct Key]\n${longTermKey}`,
      indent(longTermKey),
    ],
  ];
  const file = fc
    .tuple(
      fc.constantFrom("", "", "\uFEFF"),
      fc.array(fc.constantFrom(...parts), { maxLength: 14 }),
      fc.constantFrom("\n", "\n", "\r\n"),
      fc.boolean(),
    )
    .map(([mark, lines, end, isOpen]) => mark + lines.join(end) + (isOpen ? "" : end));
  fc.assert(
    fc.property(file, file, (config, credentials) => {
      expectForeignSectionsStay({ config, credentials });
    }),
    { numRuns: 500 },
  );
});
