import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { makeTemporaryFolder } from "../../../test/support/temporary-folder.ts";
import { requireAnsweringBus, socketOf } from "./session-bus.ts";

test.each([
  ["unix:path=/run/user/1000/bus", "/run/user/1000/bus"],
  ["unix:path=/run/user/1000/bus,guid=ab", "/run/user/1000/bus"],
  ["unix:abstract=/tmp/dbus-x,guid=ab", "\0/tmp/dbus-x"],
  ["unix:guid=ab,path=/tmp/b", "/tmp/b"],
  ["tcp:host=h,port=1;unix:path=/tmp/b", "/tmp/b"],
  ["unix:path=/tmp/a%20b", "/tmp/a b"],
  ["unix:tmpdir=/tmp", undefined],
  ["autolaunch:", undefined],
  ["", undefined],
])("%j has the socket %j", (address, socket) => {
  expect(socketOf(address)).toBe(socket);
});

describe.skipIf(process.platform === "win32")("a daemon", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const each of servers.splice(0)) each.close();
  });

  async function listen(answer: string | undefined): Promise<string> {
    const path = join(makeTemporaryFolder("bus"), "bus");
    const server = createServer((socket) => {
      socket.on("error", () => {});
      if (answer !== undefined) socket.write(answer);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return `unix:path=${path}`;
  }

  test("that answers is used", async () => {
    await requireAnsweringBus(await listen("REJECTED EXTERNAL\r\n"), 60_000);
  });

  test("that takes connections and never answers is given up, with what to do", async () => {
    const address = await listen(undefined);
    await expect(requireAnsweringBus(address, 20)).rejects.toMatchObject({
      code: "KEYCHAIN_UNREACHABLE",
      message: expect.stringContaining(address),
      hint: expect.stringContaining("AWST_KEYCHAIN=file"),
    });
  });

  test("that is gone is left to the binding's own error", async () => {
    await requireAnsweringBus("unix:path=/nowhere/bus", 60_000);
  });
});
