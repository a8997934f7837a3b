import { expect, test } from "vitest";
import { note, ok, wrong } from "../../model/doctor/findings.ts";
import { colorStyle, plainStyle } from "../style.ts";
import { findingsText } from "./doctor-report.ts";

const findings = [
  ok("configuration", "/c.toml"),
  note("key", "plain text", "awst key import"),
  wrong("aws", "denied\u001b[2J", "awst doctor --online"),
];

test("one line for each finding, its fix below, and a summary", () => {
  expect(findingsText(findings, plainStyle)).toBe(
    [
      "ok     configuration: /c.toml",
      "note   key: plain text",
      "       awst key import",
      "wrong  aws: denied [2J",
      "       awst doctor --online",
      "1 problem found",
      "",
    ].join("\n"),
  );
  expect(findingsText(findings.slice(0, 2), plainStyle)).toMatch(/\nno problems found\n$/);
});

test("on a terminal each state has a symbol and a color, and the columns stay aligned", () => {
  const lines = findingsText(findings, colorStyle).split("\n");
  expect(lines[0]).toBe(`${colorStyle.ok("ok")}     configuration: /c.toml`);
  expect(lines[1]).toBe(`${colorStyle.warn("note")}   key: plain text`);
  expect(lines[3]).toBe(`${colorStyle.fail("wrong")}  aws: denied [2J`);
});
