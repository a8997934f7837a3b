// How much of a text the search for lines looks at. The lines themselves are compared in ini-plain.test.ts.

import { describe, expect, test, vi } from "vitest";
import { findLineStarts, lineBreaks, splitLines, usualNewline } from "./ini-lines.ts";
import { planProfiles, type WantedProfile } from "./profile-plan.ts";

/** Returns how many characters `indexOf` looked at meanwhile. */
function countSearched(work: () => unknown): number {
  const { indexOf } = String.prototype;
  let searched = 0;
  const spy = vi.spyOn(String.prototype, "indexOf").mockImplementation(function (
    this: string,
    wanted,
    from = 0,
  ) {
    const found = indexOf.call(this, wanted, from);
    searched += (found === -1 ? this.length : found + 1) - Math.min(from, this.length);
    return found;
  });
  try {
    work();
  } finally {
    spy.mockRestore();
  }
  return searched;
}

const count = 2000;
const repeated = (text: string) => text.repeat(count);

const texts: readonly [string, string][] = [
  ["LF", repeated("key = value\n")],
  ["CRLF", repeated("key = value\r\n")],
  ["CR", repeated("key = value\r")],
  ["CR, and one LF at the end", `${repeated("key = value\r")}\n`],
  ["CR, and one LF at the beginning", `\n${repeated("key = value\r")}`],
  ["LF, and one CR at the end", `${repeated("key = value\n")}\r`],
  ["LF, and one CR at the beginning", `\r${repeated("key = value\n")}`],
  ["CR, then LF", repeated("k = v\r") + repeated("k = v\n")],
  ["LF, then CR", repeated("k = v\n") + repeated("k = v\r")],
  ["CR and LF in turns", repeated("k = v\rk = v\n")],
  ["LF before CR", repeated("k = v\n\r")],
  ["empty lines of CR", repeated("\r")],
  ["one line", repeated("key = value")],
];

describe("each character is searched at most once for each kind of line end", () => {
  test.each(texts)("%s", (_, text) => {
    const walk = () => {
      const breaks = lineBreaks(text);
      let lines = 0;
      for (let at = 0; at < text.length; at = breaks.after(breaks.endOf(at))) lines += 1;
      return lines;
    };
    const limit = 2 * text.length + 2;
    expect(countSearched(walk)).toBeLessThanOrEqual(limit);
    expect(countSearched(() => splitLines(text))).toBeLessThanOrEqual(limit);
    expect(countSearched(() => findLineStarts(text, walk()))).toBeLessThanOrEqual(2 * limit);
    expect(countSearched(() => usualNewline(text))).toBeLessThanOrEqual(limit);
  });
});

test.each([
  ["CR", "\r"],
  ["LF", "\n"],
  ["CRLF", "\r\n"],
])("a plan searches twice as much for a file twice as long: %s", (_, end) => {
  const wanted: WantedProfile = {
    ...{ name: "acct Dev", kind: "process", region: "eu-west-1" },
    line: "/bin/awst credential-process acct Dev",
  };
  const search = (lines: number) => {
    const credentials = `[acct Dev]${end}${`key = value${end}`.repeat(lines)}`;
    return countSearched(() => planProfiles({ config: undefined, credentials }, [wanted]));
  };
  expect(search(2 * count) / search(count)).toBeLessThan(2.5);
});
