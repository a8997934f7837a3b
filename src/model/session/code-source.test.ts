import { describe, expect, test } from "vitest";
import { promptSources } from "./code-source.ts";

const identity = { prompt: ["gui", "terminal"] } as const;

describe("promptSources()", () => {
  test.each([
    [undefined, ["dialog", "terminal"]],
    ["", ["dialog", "terminal"]],
    ["terminal", ["terminal"]],
    ["gui", ["dialog"]],
    ["none", []],
  ])("AWST_PROMPT=%s", (asked, sources) => {
    expect(promptSources({ AWST_PROMPT: asked }, identity)).toEqual(sources);
  });

  test.each(["foo", "Terminal", " none", "tty"])("AWST_PROMPT=%s is refused", (asked) => {
    expect(() => promptSources({ AWST_PROMPT: asked }, identity)).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  });
});
