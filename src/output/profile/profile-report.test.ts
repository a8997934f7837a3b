import { expect, test } from "vitest";
import type { ReaderProblem } from "../../model/profile/reader-problems.ts";
import { locateProblem, problemLines } from "./profile-report.ts";

const paths = { awsConfig: "/h/config", awsCredentials: "/h/credentials" };
const problem: ReaderProblem = {
  ...{ file: "config", line: 7, section: "profile p", key: "region" },
  ...{ spoils: "setting", message: "a comment", hint: "delete it" },
};

test("a problem is located as editors open it", () => {
  expect(locateProblem(problem, paths)).toBe("/h/config:7: a comment");
  expect(locateProblem({ ...problem, file: "credentials" }, paths)).toMatch(
    /^\/h\/credentials:7: /,
  );
});

test("three problems are printed, and how many more there are", () => {
  expect(problemLines([], paths)).toEqual([]);
  expect(problemLines([problem], paths)).toEqual(["/h/config:7: a comment; delete it"]);
  const lines = problemLines(Array(5).fill(problem), paths);
  expect(lines).toHaveLength(4);
  expect(lines[3]).toBe("2 more lines that other tools can't read: awst doctor");
});
