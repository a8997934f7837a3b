// A Secret Service of one's own for tests: a D-Bus and a GNOME Keyring, both fresh, the keyring unlocked.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { findProgram } from "./processes.ts";

export interface SecretService extends AsyncDisposable {
  /** What a program needs in its environment to find it. */
  readonly env: { readonly DBUS_SESSION_BUS_ADDRESS: string };
  stop(): Promise<void>;
}

/** Why there can be none here; undefined when there can. */
export function secretServiceIsAbsent(): string | undefined {
  const needed = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"];
  const missing = needed.filter((name) => !findProgram(name));
  return missing.length === 0 ? undefined : `${missing.join(" and ")} not installed`;
}

export async function startSecretService(): Promise<SecretService> {
  const folder = mkdtempSync(join(tmpdir(), "awst-keyring-"));
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: folder,
    XDG_DATA_HOME: join(folder, "data"),
    XDG_RUNTIME_DIR: join(folder, "run"),
  };
  mkdirSync(join(folder, "run"), { mode: 0o700 });
  const bus = spawn("dbus-daemon", ["--session", "--nofork", "--print-address"], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [address] = await once(bus.stdout, "data");
  const found = { DBUS_SESSION_BUS_ADDRESS: String(address).trim() };
  Object.assign(env, found);
  const keyring = spawn(
    "gnome-keyring-daemon",
    ["--foreground", "--unlock", "--components=secrets"],
    { env, stdio: ["pipe", "ignore", "ignore"] },
  );
  keyring.stdin.end("a password of this keyring's\n");
  while (!hasOwner(env)) await setTimeout(20);
  const stop = async () => {
    for (const child of [keyring, bus]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    env: found,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function hasOwner(env: Readonly<Record<string, string>>): boolean {
  const question = ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"];
  const args = ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", ...question];
  return spawnSync("dbus-send", args, { env, encoding: "utf8" }).stdout.includes("boolean true");
}
