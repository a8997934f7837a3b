// Shows a notification on the desktop: notify-send, osascript, PowerShell. A failure is ignored.

import type { Env } from "../../model/environment.ts";
import { systemProgramEnvironment } from "../../model/shell/child-environment.ts";
import { type NotifierKind, notifierCommand } from "../../model/text/desktop-commands.ts";
import type { Notifier } from "../../ports/background.ts";
import { capture } from "./captured-process.ts";
import { findSystemFolder } from "./system-programs.ts";

const timeLimitMs = 5_000;

export function openNotifier(
  env: Env,
  platform = process.platform,
  systemFolder = findSystemFolder(),
): Notifier {
  const kind = kindOf(env, platform);
  return {
    show: async (title, text) => {
      if (kind === undefined) return false;
      const command = notifierCommand(kind, title, text, systemFolder);
      const shown = await capture(command.file, command.args, {
        env: { ...systemProgramEnvironment(env, process.platform), ...command.env },
        timeoutMs: timeLimitMs,
      });
      return shown.status === 0 && !shown.timedOut;
    },
  };
}

/** Without a session bus, notify-send would start a new bus that no desktop uses. */
function kindOf(env: Env, platform: NodeJS.Platform): NotifierKind | undefined {
  if (platform === "darwin") return "osascript";
  if (platform === "win32") return "powershell";
  return env["DBUS_SESSION_BUS_ADDRESS"] || env["XDG_RUNTIME_DIR"] ? "notify-send" : undefined;
}
