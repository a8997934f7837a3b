import { describe, expect, test } from "vitest";
import { chooseStyle, colorStyle, expiryPaint, plainStyle, successNotes } from "./style.ts";

describe("chooseStyle()", () => {
  const terminal = { color: true, isTerminal: true };
  test.each([
    ["a terminal", {}, terminal, colorStyle],
    ["an empty NO_COLOR", { NO_COLOR: "" }, terminal, colorStyle],
    ["NO_COLOR", { NO_COLOR: "1" }, terminal, plainStyle],
    ["TERM=dumb", { TERM: "dumb" }, terminal, plainStyle],
    ["--no-color", {}, { ...terminal, color: false }, plainStyle],
    ["a pipe or a file", {}, { ...terminal, isTerminal: false }, plainStyle],
  ])("%s", (_what, env, how, style) => {
    expect(chooseStyle(env, how)).toBe(style);
  });
});

test("plain text holds neither symbols nor colors", () => {
  for (const paint of Object.values(plainStyle)) expect(paint("text")).toBe("text");
});

test("symbols come with their color", () => {
  expect(colorStyle.ok("valid")).toBe("\u001b[32m✓ valid\u001b[39m");
  expect(colorStyle.warn("expires")).toBe("\u001b[33m! expires\u001b[39m");
  expect(colorStyle.fail("denied")).toBe("\u001b[31m✗ denied\u001b[39m");
});

test("what expires within 15 minutes is warm", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const paintAt = (time: string) => expiryPaint(colorStyle, new Date(`2026-03-01T${time}Z`), now);
  expect(paintAt("12:14:59")("x")).toBe(colorStyle.warm("x"));
  expect(paintAt("12:15:00")("x")).toBe("x");
  expect(expiryPaint(plainStyle, now, now)("x")).toBe("x");
});

test("successNotes(): only the first line has the symbol, and only in color", () => {
  const notes = successNotes(["rotated the key", "undo is possible"]);
  expect(notes(plainStyle)).toEqual(["rotated the key", "undo is possible"]);
  expect(notes(colorStyle)).toEqual([colorStyle.ok("rotated the key"), "undo is possible"]);
});
