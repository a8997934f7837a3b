import { describe, expect, test } from "vitest";
import { AwstError } from "../model/errors.ts";
import { errorText } from "./print-error.ts";

describe("errorText()", () => {
  test("one line that names the cause, one line to paste", () => {
    const error = new AwstError("ROLE_UNKNOWN", 'there is no role "X"', { hint: "awst list" });
    expect(errorText(error, { debug: false })).toBe(
      'awst: error: there is no role "X"\nawst: hint: awst list\n',
    );
  });

  test("every mistake of a file has its own line, and the hint follows", () => {
    const error = new AwstError("CONFIGURATION_INVALID", "a", { more: ["b", "c"], hint: "h" });
    expect(errorText(error, { debug: false })).toBe(
      "awst: error: a\nawst: error: b\nawst: error: c\nawst: hint: h\n",
    );
  });

  test("text quoted in a message can't start a line or move the cursor", () => {
    const error = new AwstError("AWS_FAILED", "AWS says \u001b[2J<html>\r\n  oops\n");
    expect(errorText(error, { debug: false })).toBe("awst: error: AWS says  [2J<html>   oops\n");
  });

  test("cause and stack are printed with --debug only, redacted", () => {
    const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const cause = new Error(`sent secret=${secret}`, { cause: "no error" });
    const error = new AwstError("AWS_FAILED", "it failed", { cause });
    expect(errorText(error, { debug: false })).toBe("awst: error: it failed\n");
    const text = errorText(error, { debug: true });
    expect(text).toContain("awst: debug: caused by: Error: sent secret=[secret]\n");
    expect(text).toMatch(/awst: debug: {5}at .*print-error\.test/);
    expect(text).not.toContain(secret);
  });

  test("a cycle of causes ends", () => {
    const one = new Error("one");
    one.cause = new Error("two", { cause: one });
    expect(errorText(one, { debug: true }).match(/: (one|two)\n/g)).toHaveLength(3);
  });

  test.each([
    [
      "an error of the language",
      new TypeError("x is not a function"),
      "TypeError: x is not a function",
    ],
    [
      "one that ended a run over many users",
      new AwstError("BUG", "ended", { cause: new TypeError("x is none") }),
      "TypeError: x is none",
    ],
    ["a thrown text", "boo", "boo"],
    ["nothing", undefined, "undefined"],
  ])("%s is a bug in awst", (_name, thrown, expected) => {
    const lines = errorText(thrown, { debug: false }).split("\n");
    expect(lines[0]).toBe(`awst: error: this is a bug in awst: ${expected}`);
    expect(lines[1]).toMatch(/^awst: hint: run it again with --debug.*awst \d+\.\d+\.\d+/);
  });
});
