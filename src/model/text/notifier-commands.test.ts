import { describe, expect, test } from "vitest";
import { notifierCommand } from "./desktop-commands.ts";

const nasty = `-it's <b>"all"</b> & $(id) \`id\` %s\\\nend`;

describe("what is shown is data", () => {
  test("notify-send", () => {
    expect(notifierCommand("notify-send", "awst", nasty)).toEqual({
      file: "notify-send",
      args: [
        "--app-name=awst",
        "--",
        "awst",
        `–it's &lt;b&gt;"all"&lt;/b&gt; &amp; $(id) \`id\` %s\\ end`,
      ],
      env: {},
    });
  });

  test("osascript", () => {
    const { args } = notifierCommand("osascript", "awst", nasty);
    expect(args.slice(-2)).toEqual(["awst", `–it's <b>"all"</b> & $(id) \`id\` %s\\ end`]);
    expect(args.slice(0, -2).join(" ")).not.toContain("id");
  });

  test("PowerShell", () => {
    const { args, env } = notifierCommand("powershell", "awst", nasty);
    expect(args.join(" ")).not.toContain("$(id)");
    expect(env).toEqual({
      AWST_NOTICE_TITLE: "awst",
      AWST_NOTICE_TEXT: `–it's <b>"all"</b> & $(id) \`id\` %s\\ end`,
    });
  });
});
