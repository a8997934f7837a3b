import { expect, test } from "vitest";
import { readCode } from "./one-time-code.ts";

test.each([
  ["123456", "123456"],
  ["123 456", "123456"],
  [" 000000\n", "000000"],
  ["12345", undefined],
  ["1234567", undefined],
  ["12345a", undefined],
  ["١٢٣٤٥٦", undefined],
  ["", undefined],
  [undefined, undefined],
])("%j reads as %j", (text, code) => {
  expect(readCode(text)?.reveal()).toBe(code);
});
