// Opens a page in a browser. Other users of the machine can read every program's arguments, so the link is in
// a file of mode 0600. awst does not know when the browser has read it: a separate process deletes the file
// after one minute.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import open from "open";
import type { Env } from "../../model/environment.ts";
import { AwstError } from "../../model/errors.ts";
import type { Secret } from "../../model/secret.ts";
import {
  systemProgramEnvironment,
  withoutOwnSecrets,
} from "../../model/shell/child-environment.ts";
import { windowsFolderOf } from "../../model/text/program-paths.ts";
import type { Browser } from "../../ports/console.ts";
import type { Paths } from "../../ports.ts";
import { makeSecretFolder } from "./secret-folder.ts";
import { findSystemFolder, findWindowsProgram, withProcessEnvironment } from "./system-programs.ts";

const prefix = "awst-sign-in-";
const lifetimeSeconds = 60;
/** A run that was killed before it started that process leaves a page, which the next run deletes. */
const sweptMs = 90_000;

export function openBrowser(
  env: Env,
  paths: Pick<Paths, "home" | "runtime">,
  seconds = lifetimeSeconds,
): Browser {
  return {
    isHere: () => hasDesktop(env),
    open: async (page, start) => {
      const folder = makeFolder(paths);
      try {
        const file = join(folder, "sign-in.html");
        writePage(file, page);
        if (start === undefined) await openDesktop(file, env);
        else await run(start(pathToFileURL(file).href), withoutOwnSecrets(env));
        await removeLater(folder, seconds, withoutOwnSecrets(env));
      } catch (error) {
        rmSync(folder, { recursive: true, force: true });
        throw error;
      }
    },
  };
}

function hasDesktop(env: Env): boolean {
  if (process.platform === "win32") return true;
  // Over ssh it would open on another machine's desktop, or not at all.
  const isFar = env["SSH_CONNECTION"] !== undefined;
  if (process.platform === "darwin") return !isFar;
  if (env["DISPLAY"] || env["WAYLAND_DISPLAY"]) return true;
  return !isFar && env["WSL_DISTRO_NAME"] !== undefined;
}

/** Creates a folder of mode 0700. A browser in a snap can read neither /tmp nor hidden files in $HOME. */
function makeFolder({ home, runtime }: Pick<Paths, "home" | "runtime">): string {
  if (process.platform === "linux" && existsSync(join(home, "snap"))) {
    try {
      return makeSecretFolder(home, prefix, sweptMs);
    } catch {
      // $HOME is not writable: use the usual folder.
    }
  }
  if (runtime !== undefined) mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return makeSecretFolder(runtime ?? tmpdir(), prefix, sweptMs);
}

function writePage(file: string, page: Secret): void {
  try {
    writeFileSync(file, page.reveal(), { mode: 0o600, flag: "wx" });
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new AwstError("FILE_UNWRITABLE", `cannot write ${file}: ${reason}`, { cause });
  }
}

/** `open` passes this process's environment, and finds PowerShell by SYSTEMROOT. */
async function openDesktop(file: string, env: Env): Promise<void> {
  const windows = process.platform === "win32" ? windowsFolderOf(findSystemFolder()) : undefined;
  const root = windows === undefined ? {} : { SYSTEMROOT: windows };
  try {
    await withProcessEnvironment(
      { ...systemProgramEnvironment(env, process.platform), ...root },
      () => open(file),
    );
  } catch (cause) {
    throw missing("the desktop's browser cannot be opened", cause);
  }
}

function run([file = "", ...args]: readonly string[], env: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(missing(`${file} cannot be started`, cause));
    try {
      const child = spawn(file, args, { env, detached: true, stdio: "ignore", windowsHide: false });
      child.once("error", fail);
      child.once("spawn", () => resolve());
      child.unref();
    } catch (cause) {
      fail(cause);
    }
  });
}

async function removeLater(folder: string, seconds: number, env: Env): Promise<void> {
  const command =
    process.platform === "win32"
      ? [findWindowsProgram("cmd"), "/d", "/s", "/c", windowsRemoval(folder, seconds)]
      : ["/bin/sh", "-c", 'sleep "$1"; rm -rf -- "$2"', "sh", String(seconds), folder];
  const [file = "", ...args] = command;
  await new Promise<void>((resolve, reject) => {
    const how = { detached: true, windowsHide: true, windowsVerbatimArguments: true };
    const child = spawn(file, args, { ...how, stdio: "ignore", env });
    child.once("error", reject);
    child.once("spawn", () => resolve());
    child.unref();
  });
}

/** `/s` removes the outer quotes; a path in quotes may contain spaces and `&`. */
function windowsRemoval(folder: string, seconds: number): string {
  const wait = `"${findWindowsProgram("ping")}" -n ${seconds + 1} 127.0.0.1 >nul`;
  return `"${wait} & rmdir /s /q "${folder}""`;
}

function missing(message: string, cause: unknown): AwstError {
  const reason = (cause as NodeJS.ErrnoException).code;
  const why = reason === "ENOENT" ? ": no such program" : reason === undefined ? "" : `: ${reason}`;
  return new AwstError("BROWSER_MISSING", `${message}${why}`, {
    hint: "awst console ACCOUNT ROLE --print",
    cause,
  });
}
