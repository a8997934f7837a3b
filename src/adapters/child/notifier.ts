// A word on the desktop, where there is one and it listens: notify-send, osascript, PowerShell. Whatever
// goes wrong, nothing came of it and nothing is lost.

import { withoutOwnSecrets } from "../../model/shell/child-environment.ts";
import { type NotifierKind, notifierWords } from "../../model/text/desktop-commands.ts";
import type { Notifier } from "../../ports/background.ts";
import type { Env } from "../../ports.ts";
import { capture } from "./captured-process.ts";

const patienceMs = 5_000;

export function openNotifier(env: Env, platform = process.platform): Notifier {
  const kind = kindOf(env, platform);
  return {
    show: async (title, text) => {
      if (kind === undefined) return false;
      const words = notifierWords(kind, title, text);
      const shown = await capture(words.file, words.args, {
        env: { ...withoutOwnSecrets(env), ...words.env },
        timeoutMs: patienceMs,
      });
      return shown.status === 0 && !shown.timedOut;
    },
  };
}

/** Without a bus notify-send would start one, for nobody. */
function kindOf(env: Env, platform: NodeJS.Platform): NotifierKind | undefined {
  if (platform === "darwin") return "osascript";
  if (platform === "win32") return "powershell";
  return env["DBUS_SESSION_BUS_ADDRESS"] || env["XDG_RUNTIME_DIR"] ? "notify-send" : undefined;
}
