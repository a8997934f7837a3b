// The command lines that show a word on the desktop. What is shown is data: no shell and no script reads it.

export type NotifierKind = "notify-send" | "osascript" | "powershell";

export interface NotifierWords {
  readonly file: string;
  readonly args: readonly string[];
  /** Variables that carry the text where arguments can't safely. */
  readonly env: Readonly<Record<string, string>>;
}

export function notifierWords(kind: NotifierKind, title: string, text: string): NotifierWords {
  const [head, body] = [title, text].map((each) =>
    each.replaceAll(/[\s\p{Cc}]+/gu, " ").replace(/^-/, "–"),
  ) as [string, string];
  switch (kind) {
    case "notify-send":
      // The body is markup.
      return { file: kind, args: ["--app-name=awst", "--", head, markup(body)], env: {} };
    case "osascript":
      return {
        file: kind,
        args: [...appleScript.flatMap((line) => ["-e", line]), head, body],
        env: {},
      };
    case "powershell":
      return {
        file: "powershell.exe",
        args: ["-NoProfile", "-NonInteractive", "-Command", powerShell],
        env: { AWST_NOTICE_TITLE: head, AWST_NOTICE_TEXT: body },
      };
  }
}

const appleScript = [
  "on run argv",
  "display notification (item 2 of argv) with title (item 1 of argv)",
  "end run",
];

// A toast needs a registered program to come from; PowerShell itself is one.
const powerShell = [
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
