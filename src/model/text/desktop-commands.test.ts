import { expect, test } from "vitest";
import { type DialogKind, dialogCommand } from "./desktop-commands.ts";

const hostile = `-MFA code for "a'b" <b>x_y\\n</b> $(id) \n"; quit`;

test("zenity's and kdialog's own signs are taken as signs", () => {
  expect(dialogCommand("zenity", "a_b\\c").args.at(-1)).toBe("--text=a__b\\\\c");
  expect(dialogCommand("kdialog", "<b>").args.at(-2)).toBe("‹b›");
});

test.each<DialogKind>(["osascript", "powershell"])(
  "no word of the text is in %s's script",
  (kind) => {
    const { args } = dialogCommand(kind, hostile);
    const other = dialogCommand(kind, "something else").args;
    const scripts = kind === "osascript" ? args.slice(0, -1) : args;
    expect(scripts).toEqual(kind === "osascript" ? other.slice(0, -1) : other);
  },
);

test("PowerShell finds the text in its environment, its script in UTF-16", () => {
  const { args, env } = dialogCommand("powershell", "MFA code");
  expect(env).toEqual({ AWST_DIALOG_TEXT: "MFA code" });
  expect(Buffer.from(args.at(-1) ?? "", "base64").toString("utf16le")).toContain(
    "InputBox($env:AWST_DIALOG_TEXT, 'awst', '')",
  );
});

test.each<DialogKind>(["osascript", "zenity", "kdialog"])("%s: the text is no option", (kind) => {
  const words = dialogCommand(kind, hostile);
  const carrying = words.args.filter((word) => word.includes("MFA code"));
  expect(carrying).toHaveLength(1);
  expect(carrying[0]).toMatch(/^(--text=)?–MFA/);
});
