import { describe, expect, test } from "vitest";
import { readerCases } from "../../../test/support/reader-cases.ts";
import { parseAwsFiles } from "./aws-profiles.ts";
import { findReaderProblems, problemsOfProfiles } from "./reader-problems.ts";

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
});
