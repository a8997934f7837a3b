// The command lines that open a window asking for a code. What is shown is data: no shell and no script
// reads it, and the code comes back on stdout, never in a command line.

export type DialogKind = "osascript" | "zenity" | "kdialog" | "powershell";

export interface DialogWords {
  readonly file: string;
  readonly args: readonly string[];
  /** Variables that carry the text where arguments can't safely. */
  readonly env: Readonly<Record<string, string>>;
}

const title = "awst";

export function dialogWords(kind: DialogKind, message: string): DialogWords {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const text = message.replaceAll(/[\x00-\x1f\x7f]+/g, " ").replace(/^-/, "–");
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
        // Qt would take tags for rich text.
        args: ["--title", title, "--inputbox", text.replaceAll("<", "‹").replaceAll(">", "›"), ""],
        env: {},
      };
    case "powershell":
      return {
        file: "powershell.exe",
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

// An empty answer and a closed window are the same to InputBox.
const powerShell = [
  "Add-Type -AssemblyName Microsoft.VisualBasic",
  `[Microsoft.VisualBasic.Interaction]::InputBox($env:AWST_DIALOG_TEXT, '${title}', '')`,
].join("; ");

/** As PowerShell wants its scripts: base64 of UTF-16, low byte first. `script` is ASCII. */
function encoded(script: string): string {
  return btoa([...script].map((character) => `${character}\0`).join(""));
}
