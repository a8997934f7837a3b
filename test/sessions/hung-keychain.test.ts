// A D-Bus daemon that takes connections and never answers: every command that needs the system's keychain gives it up
// with a reason, and no command reports a missing key.

import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countCalls } from "../support/calls.ts";
import { type Home, makeHome } from "../support/home.ts";
import { startProcess } from "../support/processes.ts";

let home: Home;
let daemon: Server;
beforeEach(async () => {
  home = await makeHome();
  daemon = createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => daemon.listen(join(home.around, "bus"), resolve));
});
afterEach(async () => {
  daemon.close();
  await home.remove();
});

const hungBus = () => ({
  AWST_KEYCHAIN: undefined,
  DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(home.around, "bus")}`,
});
const dev = "main-account DeveloperAccess";

/** The note that the first write made: awst's items are in the system's keychain. */
function chooseSystem(): void {
  home.write(".local/state/awst/keychain.json", '{"version":1,"kind":"system"}\n', 0o600);
}

describe("a D-Bus daemon that hangs", () => {
  test.each([
    `assume ${dev}`,
    `assume ${dev} --refresh`,
    `credential-process ${dev}`,
    "credential-process --identity main-account",
    `exec ${dev} -- true`,
    `env ${dev}`,
    `console ${dev} --print`,
    "logout",
    "logout --all",
    "key list",
    "key rotate",
    "key schedule --every 7d",
    "mfa list",
    "mfa code",
    "mfa remove",
    "mfa forget",
  ])("%s: the reason, and no call of AWS", async (line) => {
    chooseSystem();
    const { status, stdout, stderr } = await home.awst(line.split(" "), { env: hungBus() });
    expect(status, stderr).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toContain("the D-Bus daemon at unix:path=");
    expect(stderr).not.toContain("key add");
    expect(countCalls(home.sandbox)).toEqual({});
  });

  test("doctor reports it", async () => {
    chooseSystem();
    const { stdout } = await home.awst(["doctor"], { env: hungBus() });
    expect(stdout).toContain("the D-Bus daemon at unix:path=");
    expect(stdout).not.toContain("key add");
  });

  test("whose queue is full (EAGAIN) is given up too", async () => {
    chooseSystem();
    const path = join(home.around, "full");
    const listen = `require("node:net").createServer().listen({ path: process.argv[1], backlog: 1 }, () => console.log("listening"))`;
    const { child, finished } = startProcess([process.execPath, "-e", listen, path], {
      env: {},
    });
    await once(child.stdout!, "data");
    child.kill("SIGSTOP");
    const connections = Array.from({ length: 4 }, () => connect({ path }).on("error", () => {}));
    const env = { ...hungBus(), DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` };
    try {
      const { status, stderr } = await home.awst(["key", "list"], { env });
      expect(status, stderr).toBe(3);
      expect(stderr).toContain(`the D-Bus daemon at unix:path=${path} hangs`);
    } finally {
      for (const each of connections) each.destroy();
      child.kill("SIGKILL");
      await finished;
    }
  });

  test("before a store was chosen, none is chosen for it", async () => {
    const { status, stderr } = await home.awst(["key", "import"], { env: hungBus() });
    expect(status, stderr).toBe(3);
    expect(stderr).toContain("AWST_KEYCHAIN=file");
    expect(home.read(".local/state/awst/keychain.sealed")).toBeUndefined();
    expect(home.read(".aws/credentials")).toContain(home.sandbox.main.secretAccessKey);
  });

  test.each(["status", `list`, "config check", "profile list"])(
    "%s needs no keychain",
    async (line) => {
      chooseSystem();
      const { status, stderr } = await home.awst(line.split(" "), { env: hungBus() });
      expect(status, stderr).toBe(0);
    },
  );
});
