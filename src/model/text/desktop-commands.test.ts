import { describe, expect, test } from "vitest";
import { type DialogKind, dialogCommand, notifierCommand } from "./desktop-commands.ts";

const system = "C:\\Windows\\System32";
const hostile = `-MFA code for "a'b" <b>x_y\\n</b> $(id) \n"; quit`;

test("special characters of zenity and kdialog are escaped", () => {
  expect(dialogCommand("zenity", "a_b\\c", system).args.at(-1)).toBe("--text=a__b\\\\c");
  expect(dialogCommand("kdialog", "<b>", system).args.at(-2)).toBe("‹b›");
});

test.each<DialogKind>(["osascript", "powershell"])(
  "%s: the script does not contain the text",
  (kind) => {
    const { args } = dialogCommand(kind, hostile, system);
    const other = dialogCommand(kind, "something else", system).args;
    const scripts = kind === "osascript" ? args.slice(0, -1) : args;
    expect(scripts).toEqual(kind === "osascript" ? other.slice(0, -1) : other);
  },
);

test("powershell: the text is in the environment, the script in UTF-16", () => {
  const { args, env } = dialogCommand("powershell", "MFA code", system);
  expect(env).toEqual({ AWST_DIALOG_TEXT: "MFA code" });
  expect(Buffer.from(args.at(-1) ?? "", "base64").toString("utf16le")).toContain(
    "InputBox($env:AWST_DIALOG_TEXT, 'awst', '')",
  );
});

test.each<DialogKind>(["osascript", "zenity", "kdialog"])(
  "%s: the text is never an option",
  (kind) => {
    const { args } = dialogCommand(kind, hostile, system);
    const withText = args.filter((each) => each.includes("MFA code"));
    expect(withText).toHaveLength(1);
    expect(withText[0]).toMatch(/^(--text=)?–MFA/);
  },
);

const notice = `-it's <b>"all"</b> & $(id) \`id\` %s\\\nend`;

describe("a notification's text is data", () => {
  test("notify-send", () => {
    expect(notifierCommand("notify-send", "awst", notice, system)).toEqual({
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
    const { args } = notifierCommand("osascript", "awst", notice, system);
    expect(args.slice(-2)).toEqual(["awst", `–it's <b>"all"</b> & $(id) \`id\` %s\\ end`]);
    expect(args.slice(0, -2).join(" ")).not.toContain("id");
  });

  test("PowerShell", () => {
    const { args, env } = notifierCommand("powershell", "awst", notice, system);
    expect(args.join(" ")).not.toContain("$(id)");
    expect(env).toEqual({
      AWST_NOTICE_TITLE: "awst",
      AWST_NOTICE_TEXT: `–it's <b>"all"</b> & $(id) \`id\` %s\\ end`,
    });
  });
});
