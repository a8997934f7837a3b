// The commands that open a window to ask for a code, or show a notification. The shown text is data: no shell
// and no script interprets it. A code comes back on stdout and is never in a command line.

import { oneLine } from "./one-line.ts";
import { windowsProgramPath } from "./program-paths.ts";

export type DialogKind = "osascript" | "zenity" | "kdialog" | "powershell";
export type NotifierKind = "notify-send" | "osascript" | "powershell";

export interface DesktopCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** Environment variables that carry the text where arguments are not safe. */
  readonly env: Readonly<Record<string, string>>;
}

const title = "awst";

/** `systemFolder`: Windows' own, as `findSystemFolder` returns it. */
export function dialogCommand(
  kind: DialogKind,
  message: string,
  systemFolder: string,
): DesktopCommand {
  const text = oneLine(message).replace(/^-/, "–");
  switch (kind) {
    case "osascript":
      return {
        file: "osascript",
        args: [...appleScript.flatMap((line) => ["-e", line]), text],
        env: {},
      };
    case "zenity":
      return {
        file: "zenity",
        // zenity reads `\` as an escape and `_` as a keyboard shortcut.
        args: [
          "--entry",
          `--title=${title}`,
          `--text=${text.replaceAll(/[\\]/g, "\\\\").replaceAll("_", "__")}`,
        ],
        env: {},
      };
    case "kdialog":
      return {
        file: "kdialog",
        // Qt would read tags as rich text.
        args: ["--title", title, "--inputbox", text.replaceAll("<", "‹").replaceAll(">", "›"), ""],
        env: {},
      };
    case "powershell":
      return {
        file: windowsProgramPath("powershell", systemFolder),
        args: ["-NoProfile", "-NonInteractive", "-STA", "-EncodedCommand", encoded(powerShell)],
        env: { AWST_DIALOG_TEXT: text },
      };
  }
}

const appleScript = [
  "on run argv",
  "activate",
  `set answer to display dialog (item 1 of argv) default answer "" with title "${title}"`,
  "return text returned of answer",
  "end run",
];

// InputBox returns the same for an empty answer and for a closed window.
const powerShell = [
  "Add-Type -AssemblyName Microsoft.VisualBasic",
  `[Microsoft.VisualBasic.Interaction]::InputBox($env:AWST_DIALOG_TEXT, '${title}', '')`,
].join("; ");

/** Returns an ASCII script as PowerShell's -EncodedCommand wants it: base64 of UTF-16, low byte first. */
function encoded(script: string): string {
  return btoa([...script].map((character) => `${character}\0`).join(""));
}

/** `systemFolder`: Windows' own, as `findSystemFolder` returns it. */
export function notifierCommand(
  kind: NotifierKind,
  title: string,
  text: string,
  systemFolder: string,
): DesktopCommand {
  const [head, body] = [title, text].map((each) =>
    oneLine(each).replaceAll(/\s+/g, " ").replace(/^-/, "–"),
  ) as [string, string];
  switch (kind) {
    case "notify-send":
      // notify-send reads the body as markup.
      return { file: kind, args: ["--app-name=awst", "--", head, markup(body)], env: {} };
    case "osascript":
      return {
        file: kind,
        args: [...appleScriptNotifier.flatMap((line) => ["-e", line]), head, body],
        env: {},
      };
    case "powershell":
      return {
        file: windowsProgramPath("powershell", systemFolder),
        args: ["-NoProfile", "-NonInteractive", "-Command", powerShellNotifier],
        env: { AWST_NOTICE_TITLE: head, AWST_NOTICE_TEXT: body },
      };
  }
}

const appleScriptNotifier = [
  "on run argv",
  "display notification (item 2 of argv) with title (item 1 of argv)",
  "end run",
];

// A toast needs a registered program as its sender; PowerShell is one.
const powerShellNotifier = [
  "$m = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]",
  "$x = $m::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)",
  "$t = $x.GetElementsByTagName('text')",
  "$null = $t.Item(0).AppendChild($x.CreateTextNode($env:AWST_NOTICE_TITLE))",
  "$null = $t.Item(1).AppendChild($x.CreateTextNode($env:AWST_NOTICE_TEXT))",
  "$id = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'",
  "$m::CreateToastNotifier($id).Show([Windows.UI.Notifications.ToastNotification]::new($x))",
].join("; ");

function markup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
