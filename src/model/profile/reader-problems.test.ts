import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readerCases } from "../../../test/support/reader-cases.ts";
import type { IniDocument } from "./ini-document.ts";
import { parseAwsFiles } from "./profile-sections.ts";
import {
  findProblemsOfProfile,
  findReaderProblems,
  isInProfile,
  problemsOfProfiles,
} from "./reader-problems.ts";

function problemsOf(
  file: "config" | "credentials",
  text: string,
  notUtf8?: readonly (typeof file)[],
) {
  const texts = { config: undefined, credentials: undefined, [file]: text };
  return findReaderProblems(parseAwsFiles(texts), notUtf8);
}

describe("findReaderProblems", () => {
  test.each(readerCases)("$file: $name", ({ file, text, line, spoils, says }) => {
    const found = problemsOf(file, text);
    expect(found.map((each) => [each.line, each.spoils])).toEqual(
      line === undefined ? [] : [[line, spoils]],
    );
    expect(found[0]?.message ?? "").toContain(says ?? "");
  });

  test("a file that is not UTF-8 names its first such line", () => {
    const [found] = problemsOf("credentials", "[p]\nregion = x\n# caf\u00e9\n", ["credentials"]);
    expect(found).toMatchObject({ line: 3, spoils: "file" });
  });

  test("a hint has no problem of its own: the changed line is read by every tool", () => {
    const [found] = problemsOf("credentials", "[profile p]\nregion = x\n");
    expect(problemsOf("credentials", `${found?.hint.replace("write ", "")}\nregion = x\n`)).toEqual(
      [],
    );
  });

  test.each([
    ["one profile's section", "[p\u200b]\nregion = x\n", ["p"], 1],
    ["another profile's section", "[q\u200b]\nregion = x\n", ["p"], 0],
    ["the whole file, for every profile", "[q]\nx\n[p]\nregion = x\n", ["p"], 1],
    ["a remark that no credentials depend on", "[p]\nREGION = x\n", ["p"], 0],
  ])("problemsOfProfiles: %s", (_, text, names, count) => {
    expect(problemsOfProfiles(problemsOf("credentials", text), names)).toHaveLength(count);
  });

  const line = fc.constantFrom(
    ...["[p]", "[q]", "[profile p]", "[profile  p]", '[profile "p"]', "[default]", "[DEFAULT]"],
    ...[
      "[p q]",
      "[profile p q]",
      "[ p]",
      "[p] x",
      "[p",
      "[]",
      " [p]",
      "[p\u2028]",
      "[sso-session s]",
    ],
    ...[
      "region = r",
      "region = r",
      "region=r",
      "REGION = r",
      "region: r",
      "region = r # c",
      "region",
    ],
    ...["  region = r", "s3 =", "  max = 1", "# c", " # c", "", " ", "= r", "export region = r"],
    ...['region = "r"', "region = é", "re\u200bgion = r", "\u00a0region = r", "role_arn = a:b"],
    ...['credential_process = "/a b" c', "credential_process = a", "credential_process = a ; b"],
    ...[`aws_access_key_id = ${"A".repeat(20)}`, "aws_access_key_id = A B", "aws_session_token ="],
  );
  const end = fc.constantFrom("\n", "\n", "\n", "\n", "\r\n", "\r", "");
  const text = fc
    .tuple(
      fc.constantFrom("", "", "", "\uFEFF"),
      fc.array(fc.tuple(line, end), { maxLength: 30 }).map((all) => all.flat().join("")),
    )
    .map((all) => all.join(""));

  const problemsOfLines = (file: "config" | "credentials", text: string) => {
    const documents = parseAwsFiles({ config: undefined, credentials: undefined, [file]: text });
    // Without sections, every line is read.
    const whole: Partial<IniDocument> = { text, lines: documents[file].lines, sectionCount: 0 };
    const all = { ...whole, startOf: () => text.length } as IniDocument;
    return findReaderProblems({ ...documents, [file]: all });
  };

  test.each(["config", "credentials"] as const)(
    "%s: sections that are read as a whole have the problems of their lines",
    (file) => {
      fc.assert(
        fc.property(text, (each) => {
          expect(problemsOf(file, each)).toEqual(problemsOfLines(file, each));
        }),
        { numRuns: 5000 },
      );
    },
  );

  test("the problems of one profile are those of the whole file in its sections", () => {
    const headers = [
      "[pq]",
      "[profile pq]",
      "[p\u200bq]",
      '[profile "pq"]',
      "[profile p\\q]",
      "[a]",
    ];
    const header = fc.constantFrom(
      ...headers,
      "[profile a  b]",
      " [a b]",
      "[profile\tpq]",
      "[pq ]",
      "[x]",
    );
    const problem = fc.constantFrom(
      "",
      "",
      "region",
      "region = r # c",
      "  aws_access_key_id = A",
      "# c",
    );
    const file = fc.array(fc.tuple(header, problem), { maxLength: 6 }).map((all) => {
      return all.map(([first, second]) => `${first}\nregion = r\n${second}\n`).join("");
    });
    const profile = fc.constantFrom("pq", "a b", "a", "x", "y");
    fc.assert(
      fc.property(file, file, profile, (config, credentials, name) => {
        const documents = parseAwsFiles({ config, credentials });
        const all = findReaderProblems(documents).filter((each) => isInProfile(each, [name]));
        expect(findProblemsOfProfile(documents, name)).toEqual(all);
      }),
      { numRuns: 5000 },
    );
  });

  test("a comment that ends with CR alone hides no line", () => {
    const text = "[p]\n# a\rregion\n[q]\nregion = r\n";
    expect(problemsOf("credentials", text)).toEqual(problemsOfLines("credentials", text));
    expect(problemsOf("credentials", text).map(({ line }) => line)).toEqual([1, 3]);
  });
});
