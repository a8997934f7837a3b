// The keychain's contract on a real Secret Service, and its failures: locked, missing, hanging, stopped between
// two calls.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSystemItem } from "#native";
import { openKeychain } from "../../src/adapters/keychain/open.ts";
import { openSystemStore } from "../../src/adapters/keychain/system-store.ts";
import { partName } from "../../src/model/keychain/item-parts.ts";
import { findBun, findKeyringBinding } from "../../tools/find-bun.mjs";
import { type Bundle, bundleForNode } from "../support/bundle.ts";
import { makeKeychainContext } from "../support/keychain-context.ts";
import { root } from "../support/processes.ts";
import {
  type SecretService,
  secretServiceIsAbsent,
  startSecretService,
} from "../support/secret-service.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { keychainContract } from "./keychain.ts";

const bun = findBun();
const absent = secretServiceIsAbsent();
if (absent !== undefined) console.log(`Secret Service: skipped: not installed (${absent})`);

type Answer = { ok?: unknown; messages?: string[]; code?: string; message?: string; hint?: string };

describe.skipIf(absent !== undefined)("a real Secret Service", () => {
  let service: SecretService;
  beforeAll(async () => {
    service = await startSecretService();
    // The system's library reads it from the process, once.
    process.env.DBUS_SESSION_BUS_ADDRESS = service.env.DBUS_SESSION_BUS_ADDRESS;
  });
  afterAll(() => service?.stop());

  keychainContract("the contract of all keychains", async (around) => {
    const folder = join(around, "awst");
    return { open: () => openKeychain(makeKeychainContext({ backend: "auto", folder })) };
  });

  describe("a value in parts", () => {
    const limit = 300;
    const around = mkdtempSync(join(tmpdir(), "awst-keychain-"));
    afterAll(() => rmSync(around, { recursive: true, force: true }));
    const context = makeKeychainContext({ folder: join(around, "awst") });
    let service = "";
    const open = () => openSystemStore(context.locks, service, limit);
    const partOf = (generation: "a" | "b", number: number) =>
      openSystemItem(service, partName("key/x", generation, number));
    const partsLeft = () => {
      const all = Array.from({ length: 64 }, (_, number) => [
        partOf("a", number).get(),
        partOf("b", number).get(),
      ]);
      return all.flat().filter((part) => part !== undefined).length;
    };
    beforeEach(() => {
      service = `awst-test-${Math.random()}`;
    });

    test("is read, replaced and removed without leftover parts", async () => {
      for (const length of [1000, 2000, 500, 10]) {
        await open().write("key/x", "y".repeat(length));
        expect(await open().read("key/x")).toBe("y".repeat(length));
      }
      expect(partsLeft()).toBe(0);
      await open().write("key/x", "y".repeat(1000));
      expect(partsLeft()).toBe(6);
      await open().remove("key/x");
      expect(partsLeft()).toBe(0);
      expect(await open().read("key/x")).toBeUndefined();
    });

    test("with a missing or changed part, it reads as absent and can be written again", async () => {
      await open().write("key/x", "y".repeat(1000));
      partOf("a", 1).remove();
      expect(await open().read("key/x")).toBeUndefined();
      await open().write("key/x", "z".repeat(1000));
      expect(await open().read("key/x")).toBe("z".repeat(1000));
      partOf("b", 0).set("something else");
      expect(await open().read("key/x")).toBeUndefined();
    });

    test("a write that stops before its head keeps the old value", async () => {
      await open().write("key/x", "y".repeat(1000));
      partOf("b", 0).set("the first part of a new value");
      expect(await open().read("key/x")).toBe("y".repeat(1000));
    });

    test("a value above the maximum is an error, and the old value stays", async () => {
      await open().write("key/x", "old");
      const writing = open().write("key/x", "y".repeat(100_000));
      await expect(writing).rejects.toMatchObject({ code: "KEYCHAIN_TOO_LARGE" });
      expect(await open().read("key/x")).toBe("old");
    });
  });
});

describe.skipIf(absent !== undefined)("failures of the system's keychain", () => {
  let bundle: Bundle;
  let folder: string;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    bundle = await bundleForNode("test/contract/keychain-probe.ts");
  });
  afterAll(() => bundle?.remove());
  beforeEach(() => {
    folder = join(makeTemporaryFolder("keychain"), "awst");
  });
  afterEach(async () => {
    while (ends.length > 0) await ends.pop()?.();
  });

  function startProbe(env: Record<string, string>, command = [process.execPath, bundle.path]) {
    const [program = "", ...args] = command;
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH, HOME: folder, AWST_TEST_FOLDER: folder, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    ends.push(() => child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return async (...step: readonly string[]): Promise<Answer> => {
      child.stdin.write(`${JSON.stringify(step)}\n`);
      return JSON.parse((await lines.next()).value ?? '"the probe ended"');
    };
  }

  /** The binding is inside a compiled program only. */
  function compileProbe(): string {
    const program = join(folder, "probe");
    const probe = join(root, "test/contract/keychain-probe.ts");
    const args = ["build", probe, "--compile", "--conditions", "bun", "--outfile", program];
    execFileSync(bun ?? "bun", [...args, "--asset", findKeyringBinding()], { stdio: "pipe" });
    return program;
  }

  async function startBus(env: Record<string, string> = {}) {
    const bus = spawn("dbus-daemon", ["--session", "--nofork", "--print-address"], {
      env: { PATH: process.env.PATH, HOME: folder, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    ends.push(() => bus.kill());
    const [address] = await once(bus.stdout, "data");
    return { DBUS_SESSION_BUS_ADDRESS: String(address).trim() };
  }

  const noBus = { DBUS_SESSION_BUS_ADDRESS: "autolaunch:" };

  test("without a keychain, auto chooses the sealed file and keeps this choice", async () => {
    const step = startProbe(noBus);
    expect(await step("read", "key/x")).toEqual({ ok: null });
    expect(await step("kind")).toMatchObject({ ok: null });
    expect(await step("write", "key/x", "value")).toEqual({});
    expect(await step("kind")).toMatchObject({ ok: "file" });
    await using service = await startSecretService();
    const later = startProbe(service.env);
    expect(await later("kind")).toMatchObject({ ok: "file" });
    expect(await later("read", "key/x")).toEqual({ ok: "value" });
  });

  test.skipIf(bun === undefined)(
    "Bun (the stand-alone program) reads what Node wrote",
    async () => {
      await using service = await startSecretService();
      expect(await startProbe(service.env)("write", "key/x", "value")).toEqual({});
      const step = startProbe(service.env, [compileProbe()]);
      expect(await step("read", "key/x")).toEqual({ ok: "value" });
      expect(await step("remove", "key/x")).toEqual({});
      expect(await step("read", "key/x")).toEqual({ ok: null });
    },
  );

  test("a chosen keychain without D-Bus: an error with the reason, and no other store", async () => {
    await using service = await startSecretService();
    expect(await startProbe(service.env)("write", "key/x", "value")).toEqual({});
    const step = startProbe(noBus);
    expect(await step("kind")).toMatchObject({ ok: "system" });
    const unreachable = {
      code: "KEYCHAIN_UNREACHABLE",
      message: "the system's keychain can't be reached: there is no D-Bus session",
    };
    expect(await step("read", "key/x")).toMatchObject(unreachable);
    expect(await step("write", "key/x", "other")).toMatchObject(unreachable);
    expect(await step("remove", "key/x")).toMatchObject(unreachable);
    expect(readdirSync(folder).sort()).toEqual(["keychain.json", "locks"]);
    expect(await startProbe(service.env)("read", "key/x")).toEqual({ ok: "value" });
  });

  test("a named keychain that is missing: an error with the reason, and no file", async () => {
    const step = startProbe({ ...noBus, AWST_KEYCHAIN: "system" });
    expect(await step("write", "key/x", "v")).toMatchObject({ code: "KEYCHAIN_UNREACHABLE" });
    expect(readdirSync(folder)).toEqual(["locks"]);
  });

  test("a bus without a secret service counts as no keychain", async () => {
    const empty = join(folder, "no-services");
    const config = join(folder, "bus.conf");
    mkdirSync(empty, { recursive: true });
    writeFileSync(
      config,
      `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><servicedir>${empty}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
    );
    const bus = spawn("dbus-daemon", [`--config-file=${config}`, "--nofork", "--print-address"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    ends.push(() => bus.kill());
    const [address] = await once(bus.stdout, "data");
    const step = startProbe({ DBUS_SESSION_BUS_ADDRESS: String(address).trim() });
    expect(await step("write", "key/x", "value")).toEqual({});
    expect(await step("kind")).toMatchObject({ ok: "file" });
  });

  test("a locked keychain: an error, and the choice stays", async () => {
    const home = join(folder, "home");
    mkdirSync(join(home, "run"), { recursive: true, mode: 0o700 });
    const paths = { HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: join(home, "run") };
    const bus = { ...(await startBus(paths)), ...paths };
    const keyring = await startKeyring(bus, "--unlock");
    expect(await startProbe(bus)("write", "key/x", "value")).toEqual({});
    await keyring.end();
    await startKeyring(bus, "--start");
    const step = startProbe(bus);
    const locked = { code: "KEYCHAIN_LOCKED", message: "the system's keychain is locked" };
    expect(await step("read", "key/x")).toMatchObject(locked);
    expect(await step("write", "key/x", "other")).toMatchObject(locked);
    expect(await step("kind")).toMatchObject({ ok: "system" });
  });

  test("a service that stops between two calls: an error", async () => {
    const home = join(folder, "home");
    mkdirSync(join(home, "run"), { recursive: true, mode: 0o700 });
    const paths = { HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: join(home, "run") };
    const bus = { ...(await startBus(paths)), ...paths };
    const keyring = await startKeyring(bus, "--unlock");
    const step = startProbe(bus);
    expect(await step("write", "key/x", "value")).toEqual({});
    await keyring.end();
    // The bus starts another one, which is locked.
    expect((await step("read", "key/x")).code).toMatch(/^KEYCHAIN_(LOCKED|UNREACHABLE)$/);
  });

  test("a service that hangs: an error after the library's 2 s", async () => {
    const home = join(folder, "home");
    mkdirSync(join(home, "run"), { recursive: true, mode: 0o700 });
    const paths = { HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: join(home, "run") };
    const bus = { ...(await startBus(paths)), ...paths };
    const keyring = await startKeyring(bus, "--unlock");
    const step = startProbe(bus);
    expect(await step("write", "key/x", "value")).toEqual({});
    keyring.child.kill("SIGSTOP");
    expect(await step("read", "key/x")).toMatchObject({
      code: "KEYCHAIN_UNREACHABLE",
      message: "the system's keychain does not respond",
    });
    keyring.child.kill("SIGCONT");
    expect(await step("read", "key/x")).toEqual({ ok: "value" });
  });

  async function startKeyring(env: Record<string, string>, mode: "--unlock" | "--start") {
    const unlock = mode === "--unlock" ? [mode] : [];
    const args = ["--foreground", "--components=secrets", ...unlock];
    const child = spawn("gnome-keyring-daemon", args, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["pipe", "ignore", "ignore"],
    });
    const end = async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    };
    ends.push(end);
    child.stdin.end("a password of this keyring's\n");
    while (!hasOwner(env)) await new Promise((resolve) => setTimeout(resolve, 20));
    return { child, end };
  }
});

function hasOwner(env: Readonly<Record<string, string>>): boolean {
  const question = ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"];
  const command = ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", ...question];
  const bare = { PATH: process.env.PATH, ...env };
  return execFileSync("dbus-send", command, { env: bare, encoding: "utf8" }).includes(
    "boolean true",
  );
}
